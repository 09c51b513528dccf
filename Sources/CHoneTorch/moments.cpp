// What Adam and its kin do to whole lists, in one walk over memory where libtorch's single operations make five.

#include <numeric>

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

/// A part of one tensor.
struct Piece {
  size_t tensor;
  int64_t begin, count;

  float *in(const List &list) const { return pointer<float>(list[tensor]) + begin; }
};

std::vector<Piece> pieces(const List &list) {
  constexpr int64_t size = 1 << 14;
  std::vector<Piece> pieces;
  for (size_t i = 0; i < list.size(); i++)
    for (int64_t begin = 0; begin < list[i].numel(); begin += size)
      pieces.push_back({i, begin, std::min(size, list[i].numel() - begin)});
  return pieces;
}

/// Calls `body(piece)` for pieces of all tensors of a list, on every thread.
template <class Body>
void inPieces(const List &list, const Body &body) {
  auto all = pieces(list);
  parallel(int64_t(all.size()), 1, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) body(all[i]);
  });
}

/// The sum of what `body(piece)` gives, the same for any number of threads.
template <class Body>
double sumOfPieces(const List &list, const Body &body) {
  auto all = pieces(list);
  std::vector<double> sums(all.size());
  parallel(int64_t(all.size()), 1, [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) sums[i] = body(all[i]);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// The sum over all tensors of a list, read together: a device is waited for once.
double sum(const List &list) {
  List sums;
  for (auto &tensor : list) sums.push_back(tensor.sum().to(at::kDouble));
  return at::stack(sums).sum().item().toDouble();
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

HT_CLONES void averageAhead(float *mean, float *change, float *square, float *former, const float *gradient,
                            int64_t count, double beta1, double beta2, double beta3) {
  const float ahead = float(beta2), kept = float(beta3);
  const float rest1 = float(1 - beta1), rest2 = float(1 - beta2), rest3 = float(1 - beta3);
  for (int64_t i = 0; i < count; i++) {
    float g = gradient[i], difference = g - former[i];
    former[i] = g;
    mean[i] += rest1 * (g - mean[i]);
    change[i] += rest2 * (difference - change[i]);
    float at = g + ahead * difference;
    square[i] = kept * square[i] + rest3 * at * at;
  }
}

/// Σ x · (y − z)
HT_CLONES double dot(const float *x, const float *y, const float *z, int64_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += double(x[i] * (y[i] - z[i]));
  return sum;
}

/// x ← kept · x + scale · y, and Σ |x|
HT_CLONES double accumulate(float *x, const float *y, int64_t count, float kept, float scale) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (int64_t i = 0; i < count; i++) {
    x[i] = kept * x[i] + scale * y[i];
    sum += double(std::abs(x[i]));
  }
  return sum;
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
    inPieces(targets, [&](Piece piece) {
      divide(piece.in(targets), piece.in(x), piece.in(squares), piece.count, kept, scale, factor, epsilon);
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
      return inPieces(means, [&](Piece piece) {
        average(piece.in(means), piece.in(seconds), piece.in(slopes), piece.count, beta1, beta2, scale);
      });
    if (scale != 1) slopes = at::_foreach_mul(slopes, scale);
    at::_foreach_lerp_(means, slopes, 1 - beta1);
    at::_foreach_mul_(seconds, beta2);
    at::_foreach_addcmul_(seconds, slopes, slopes, 1 - beta2);
  };
}

void ht_average_ahead(ht_tensor *const *x, ht_tensor *const *changes, ht_tensor *const *squares,
                      ht_tensor *const *former, ht_tensor *const *gradients, ht_int count, double beta1, double beta2,
                      double beta3, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto means = list(x, count), differences = list(changes, count), seconds = list(squares, count);
    auto last = list(former, count), slopes = list(gradients, count);
    if (areAlike({&means, &differences, &seconds, &last, &slopes}))
      return inPieces(means, [&](Piece piece) {
        averageAhead(piece.in(means), piece.in(differences), piece.in(seconds), piece.in(last), piece.in(slopes),
                     piece.count, beta1, beta2, beta3);
      });
    auto change = at::_foreach_sub(slopes, last);
    at::_foreach_copy_(last, slopes);
    at::_foreach_lerp_(means, slopes, 1 - beta1);
    at::_foreach_lerp_(differences, change, 1 - beta2);
    auto ahead = at::_foreach_add(slopes, change, beta2);
    at::_foreach_mul_(seconds, beta3);
    at::_foreach_addcmul_(seconds, ahead, ahead, 1 - beta3);
  };
}

double ht_dot_difference_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count,
                              ht_error **error) {
  HT_LISTS {
    if (count == 0) return 0.0;
    auto factors = list(x, count), ends = list(y, count), starts = list(z, count);
    if (areAlike({&factors, &ends, &starts}))
      return sumOfPieces(factors, [&](Piece piece) {
        return dot(piece.in(factors), piece.in(ends), piece.in(starts), piece.count);
      });
    return sum(at::_foreach_mul(factors, at::_foreach_sub(ends, starts)));
  };
}

double ht_accumulate_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double kept, double scale,
                          ht_error **error) {
  HT_LISTS {
    if (count == 0) return 0.0;
    auto targets = list(x, count), others = list(y, count);
    if (areAlike({&targets, &others}))
      return sumOfPieces(targets, [&](Piece piece) {
        return accumulate(piece.in(targets), piece.in(others), piece.count, kept, scale);
      });
    at::_foreach_mul_(targets, kept);
    at::_foreach_add_(targets, others, scale);
    return sum(at::_foreach_abs(targets));
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
