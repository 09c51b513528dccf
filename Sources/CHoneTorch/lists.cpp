// Whole lists of tensors in one call: optimizer steps, averages, clipping. Everything here works in place.

#include "lists.hpp"

using namespace hone;

namespace {

/// One norm over all numbers of all tensors.
double globalNorm(const std::vector<at::Tensor> &tensors, double order) {
  if (tensors.empty()) return 0;
  auto norms = at::_foreach_norm(tensors, order);
  for (auto &norm : norms) norm = norm.to(tensors[0].device(), at::kDouble);
  return at::linalg_vector_norm(at::stack(norms), order).item().toDouble();
}

/// Every axis but the first: what belongs to one filter.
std::vector<int64_t> filterAxes(const at::Tensor &x) {
  std::vector<int64_t> axes;
  for (int64_t axis = 1; axis < x.dim(); axis++) axes.push_back(axis);
  return axes;
}

/// The norm of each filter; of the whole where there are no filters.
at::Tensor filterNorms(const at::Tensor &x) {
  if (x.dim() <= 1) return at::linalg_vector_norm(x, 2);
  return at::linalg_vector_norm(x, 2, filterAxes(x), /*keepdim=*/true);
}

struct NewtonSchulz {
  ht_int steps;
  double a, b, c;
  at::ScalarType type;

  /// The iteration works on a wide matrix: its Gram matrix is the smaller one.
  at::Tensor operator()(const at::Tensor &x) const {
    auto matrix = x.reshape({x.size(0), -1}).to(type);
    const bool isTall = matrix.size(0) > matrix.size(1);
    if (isTall) matrix = matrix.t();
    constexpr double tiny = 1e-7;  // as torch.optim.Muon
    matrix = matrix / matrix.norm().clamp_min(tiny);
    for (ht_int step = 0; step < steps; step++) {
      auto gram = matrix.matmul(matrix.t());
      matrix = at::addmm(matrix, at::addmm(gram, gram, gram, b, c), matrix, a);
    }
    if (isTall) matrix = matrix.t();
    return matrix.to(x.scalar_type()).reshape(x.sizes()).contiguous(x.suggest_memory_format());
  }
};

}  // namespace

void ht_adam(ht_tensor *const *x, ht_tensor *const *gradients, ht_tensor *const *means, ht_tensor *const *squares,
             ht_tensor *const *largest, ht_tensor *const *steps, ht_int count, double rate, double beta1, double beta2,
             double epsilon, double decay, bool decoupled, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto counters = list(steps, count);
    at::_foreach_add_(counters, 1);
    auto step = [&](auto fused) {
      fused(list(x, count), list(gradients, count), list(means, count), list(squares, count), list(largest, count),
            counters);
    };
    const bool amsgrad = largest != nullptr, maximize = false;
    if (decoupled)
      step([&](auto p, auto g, auto m, auto v, auto top, auto &n) {
        at::_fused_adamw_(p, g, m, v, top, n, rate, beta1, beta2, decay, epsilon, amsgrad, maximize);
      });
    else
      step([&](auto p, auto g, auto m, auto v, auto top, auto &n) {
        at::_fused_adam_(p, g, m, v, top, n, rate, beta1, beta2, decay, epsilon, amsgrad, maximize);
      });
  };
}

void ht_sgd(ht_tensor *const *x, ht_tensor *const *gradients, ht_tensor *const *velocities, ht_int count, double rate,
            double momentum, double dampening, double decay, bool nesterov, bool first, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    constexpr bool maximize = false;
    at::_fused_sgd_(list(x, count), list(gradients, count), list(velocities, count), decay, momentum, rate, dampening,
                    nesterov, maximize, first);
  };
}

void ht_rmsprop(ht_tensor *const *x, ht_tensor *const *gradients, ht_tensor *const *squares,
                ht_tensor *const *velocities, ht_int count, double rate, double smoothing, double epsilon,
                double decay, double momentum, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto parameters = list(x, count), slopes = list(gradients, count), averages = list(squares, count);
    if (decay != 0) slopes = at::_foreach_add(slopes, parameters, decay);
    at::_foreach_mul_(averages, smoothing);
    at::_foreach_addcmul_(averages, slopes, slopes, 1 - smoothing);
    auto scale = at::_foreach_sqrt(averages);
    at::_foreach_add_(scale, epsilon);
    if (!velocities) return at::_foreach_addcdiv_(parameters, slopes, scale, -rate);
    auto speeds = list(velocities, count);
    at::_foreach_mul_(speeds, momentum);
    at::_foreach_addcdiv_(speeds, slopes, scale, 1);
    at::_foreach_add_(parameters, speeds, -rate);
  };
}

// Every operation below does nothing to an empty list, which libtorch's would refuse.
#define HT_IN_PLACE(EXPRESSION) \
  HT_LISTS {                    \
    if (count > 0) EXPRESSION;  \
  };
#define HT_NEW_LIST(EXPRESSION)               \
  HT_LISTS {                                  \
    if (count > 0) give(EXPRESSION, results); \
  };

void ht_lerp_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double weight, ht_error **error) {
  HT_IN_PLACE(at::_foreach_lerp_(list(x, count), list(y, count), weight))
}
void ht_add_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error) {
  HT_IN_PLACE(at::_foreach_add_(list(x, count), list(y, count), scale))
}
void ht_add_sign_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error) {
  HT_IN_PLACE(at::_foreach_add_(list(x, count), at::_foreach_sign(list(y, count)), scale))
}
void ht_add_product_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count, double scale,
                         ht_error **error) {
  HT_IN_PLACE(at::_foreach_addcmul_(list(x, count), list(y, count), list(z, count), scale))
}
void ht_add_quotient_list(ht_tensor *const *x, ht_tensor *const *y, ht_tensor *const *z, ht_int count, double scale,
                          ht_error **error) {
  HT_IN_PLACE(at::_foreach_addcdiv_(list(x, count), list(y, count), list(z, count), scale))
}
void ht_mul_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error) {
  HT_IN_PLACE(at::_foreach_mul_(list(x, count), list(y, count)))
}
void ht_div_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error) {
  HT_IN_PLACE(at::_foreach_div_(list(x, count), list(y, count)))
}
void ht_maximum_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error) {
  HT_IN_PLACE(at::_foreach_maximum_(list(x, count), list(y, count)))
}
void ht_copy_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error) {
  HT_IN_PLACE(at::_foreach_copy_(list(x, count), list(y, count)))
}
void ht_shift_list(ht_tensor *const *x, ht_int count, double amount, ht_error **error) {
  HT_IN_PLACE(at::_foreach_add_(list(x, count), amount))
}
void ht_scale_list(ht_tensor *const *x, ht_int count, double scale, ht_error **error) {
  HT_IN_PLACE(at::_foreach_mul_(list(x, count), scale))
}
void ht_scale_each(ht_tensor *const *x, ht_int count, const double *scales, ht_error **error) {
  HT_IN_PLACE(at::_foreach_mul_(list(x, count), std::vector<at::Scalar>(scales, scales + count)))
}
void ht_clamp_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto tensors = list(x, count);
    at::_foreach_clamp_min_(tensors, -limit);
    at::_foreach_clamp_max_(tensors, limit);
  };
}
void ht_clamp_min_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error) {
  HT_IN_PLACE(at::_foreach_clamp_min_(list(x, count), limit))
}
void ht_center_list(ht_tensor *const *x, ht_int count, ht_error **error) {
  HT_LISTS {
    for (auto &tensor : list(x, count))
      if (tensor.dim() > 1) tensor.sub_(tensor.mean(filterAxes(tensor), /*keepdim=*/true));
  };
}
void ht_agree_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_error **error) {
  HT_LISTS {
    constexpr double least = 1e-3;  // as in timm: where nothing agrees, nothing explodes
    for (ht_int i = 0; i < count; i++) {
      auto mask = of(x[i]).mul(of(y[i])).gt(0).to(of(x[i]).scalar_type());
      of(x[i]).mul_(mask.div_(mask.mean().clamp_min(least)));
    }
  };
}
void ht_clip_units(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double limit, double epsilon,
                   ht_error **error) {
  HT_LISTS {
    constexpr double tiny = 1e-6;  // as timm.utils.agc
    for (ht_int i = 0; i < count; i++) {
      auto most = filterNorms(of(y[i])).clamp_min(epsilon).mul(limit);
      auto norms = filterNorms(of(x[i]));
      of(x[i]).mul_(at::where(norms < most, at::ones_like(norms), most / norms.clamp_min(tiny)));
    }
  };
}
double ht_norm_list(ht_tensor *const *x, ht_int count, double order, ht_error **error) {
  HT_LISTS { return globalNorm(list(x, count), order); };
}
double ht_clip_norm_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error) {
  HT_LISTS {
    auto tensors = list(x, count);
    double norm = globalNorm(tensors, 2);
    constexpr double tiny = 1e-6;  // as torch.nn.utils.clip_grad_norm_
    if (norm + tiny > limit) at::_foreach_mul_(tensors, limit / (norm + tiny));
    return norm;
  };
}
void ht_norms(ht_tensor *const *x, ht_int count, double *norms, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto found = at::stack(at::_foreach_norm(list(x, count), 2)).to(at::kCPU, at::kDouble).contiguous();
    std::copy_n(found.data_ptr<double>(), count, norms);
  };
}

void ht_clone_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error) {
  HT_LISTS {
    for (ht_int i = 0; i < count; i++) results[i] = wrap(of(x[i]).clone());
  };
}
void ht_sqrt_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error) {
  HT_NEW_LIST(at::_foreach_sqrt(list(x, count)))
}
void ht_sign_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error) {
  HT_NEW_LIST(at::_foreach_sign(list(x, count)))
}
void ht_abs_list(ht_tensor *const *x, ht_int count, ht_tensor **results, ht_error **error) {
  HT_NEW_LIST(at::_foreach_abs(list(x, count)))
}
void ht_mean_list(ht_tensor *const *x, ht_int count, ht_int axis, ht_tensor **results, ht_error **error) {
  HT_LISTS {
    for (ht_int i = 0; i < count; i++) results[i] = wrap(of(x[i]).mean(axis, /*keepdim=*/true));
  };
}
void ht_matmul_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, ht_tensor **results, ht_error **error) {
  HT_LISTS {
    for (ht_int i = 0; i < count; i++) results[i] = wrap(at::matmul(of(x[i]), of(y[i])));
  };
}
void ht_orthogonal_list(ht_tensor *const *x, ht_int count, ht_int steps, double a, double b, double c, ht_dtype dtype,
                        ht_tensor **results, ht_error **error) {
  HT_LISTS {
    NewtonSchulz iteration{steps, a, b, c, scalarType(dtype)};
    for (ht_int i = 0; i < count; i++) results[i] = wrap(iteration(of(x[i])));
  };
}
