// What Adam and its kin do to whole lists, in one walk over memory where libtorch's single operations make five.

#include "lists.hpp"
#include "loops.hpp"
#include "parallel.hpp"

using namespace hone;

namespace {

using List = std::vector<at::Tensor>;

/// Whether tensors lie in memory alike, as numbers that the loops below know.
bool areAlike(std::initializer_list<const List *> lists) {
  const List &first = **lists.begin();
  for (size_t i = 0; i < first.size(); i++) {
    if (!first[i].is_cpu() || !first[i].is_non_overlapping_and_dense()) return false;
    for (const List *list : lists)
      if ((*list)[i].scalar_type() != at::kFloat || (*list)[i].strides() != first[i].strides() ||
          (*list)[i].sizes() != first[i].sizes())
        return false;
  }
  return true;
}

/// Calls `body(tensor, begin, end)` for pieces of all tensors of a list, on every thread.
template <class Body>
void inPieces(const List &list, const Body &body) {
  constexpr int64_t size = 1 << 14;
  struct Piece {
    size_t tensor;
    int64_t begin, end;
  };
  std::vector<Piece> pieces;
  for (size_t i = 0; i < list.size(); i++)
    for (int64_t begin = 0; begin < list[i].numel(); begin += size)
      pieces.push_back({i, begin, std::min(begin + size, list[i].numel())});
  parallel(int64_t(pieces.size()), 1, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) body(pieces[i].tensor, pieces[i].begin, pieces[i].end);
  });
}

HT_CLONES void average(float *mean, float *square, const float *gradient, int64_t count, double beta1, double beta2,
                       float scale) {
  const float kept = float(beta2), rest1 = float(1 - beta1), rest2 = float(1 - beta2);
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i] * scale;
    mean[i] += rest1 * (g - mean[i]);
    square[i] = kept * square[i] + rest2 * g * g;
  }
}

/// target ← kept · target + scale · x ÷ (√square · factor + epsilon)
HT_CLONES void divide(float *target, const float *x, const float *square, int64_t count, float kept, float scale,
                      float factor, float epsilon) {
  for (int64_t i = 0; i < count; i++) {
    float step = scale * x[i] / (__builtin_elementwise_sqrt(square[i]) * factor + epsilon);
    target[i] = (kept == 0 ? 0 : kept * target[i]) + step;  // what is not kept may be anything
  }
}

struct Roots {
  double factor, epsilon;

  List of(const List &squares) const {
    auto roots = at::_foreach_sqrt(squares);
    at::_foreach_mul_(roots, factor);
    at::_foreach_add_(roots, epsilon);
    return roots;
  }

  void add(const List &targets, const List &x, const List &squares, float kept, double scale) const {
    inPieces(targets, [&](size_t i, int64_t begin, int64_t end) {
      divide(pointer<float>(targets[i]) + begin, pointer<float>(x[i]) + begin, pointer<float>(squares[i]) + begin,
             end - begin, kept, scale, factor, epsilon);
    });
  }
};

}  // namespace

void ht_average_moments(ht_tensor *const *x, ht_tensor *const *squares, ht_tensor *const *gradients, ht_int count,
                        double beta1, double beta2, double scale, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto means = list(x, count), seconds = list(squares, count), slopes = list(gradients, count);
    if (areAlike({&means, &seconds, &slopes}))
      return inPieces(means, [&](size_t i, int64_t begin, int64_t end) {
        average(pointer<float>(means[i]) + begin, pointer<float>(seconds[i]) + begin,
                pointer<float>(slopes[i]) + begin, end - begin, beta1, beta2, scale);
      });
    if (scale != 1) slopes = at::_foreach_mul(slopes, scale);
    at::_foreach_lerp_(means, slopes, 1 - beta1);
    at::_foreach_mul_(seconds, beta2);
    at::_foreach_addcmul_(seconds, slopes, slopes, 1 - beta2);
  };
}

void ht_add_root_quotient_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *squares, ht_int count,
                               double scale, double factor, double epsilon, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto targets = list(x, count), numerators = list(y, count), seconds = list(squares, count);
    Roots roots{factor, epsilon};
    if (areAlike({&targets, &numerators, &seconds})) return roots.add(targets, numerators, seconds, 1, scale);
    at::_foreach_addcdiv_(targets, numerators, roots.of(seconds), scale);
  };
}

void ht_root_quotient_list(ht_tensor *const *x, ht_tensor *const *squares, ht_int count, double scale, double factor,
                           double epsilon, ht_tensor **results, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto numerators = list(x, count), seconds = list(squares, count);
    Roots roots{factor, epsilon};
    List quotients;
    if (areAlike({&numerators, &seconds})) {
      for (auto &numerator : numerators) quotients.push_back(at::empty_like(numerator));
      roots.add(quotients, numerators, seconds, 0, scale);
    } else {
      quotients = at::_foreach_div(numerators, roots.of(seconds));
      at::_foreach_mul_(quotients, scale);
    }
    give(std::move(quotients), results);
  };
}
