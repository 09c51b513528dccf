// Whole lists of tensors in one call: optimizer steps, averages, clipping. Everything here works in place.

#include "bridge.hpp"

#include <ATen/core/grad_mode.h>

using namespace hone;

namespace {

/// One norm over all numbers of all tensors.
double globalNorm(const std::vector<at::Tensor> &tensors, double order) {
  if (tensors.empty()) return 0;
  auto norms = at::_foreach_norm(tensors, order);
  for (auto &norm : norms) norm = norm.to(tensors[0].device(), at::kDouble);
  return at::linalg_vector_norm(at::stack(norms), order).item().toDouble();
}

struct ListGuard : Guard {
  at::NoGradGuard off;
};

}  // namespace

// `HT_LISTS { … };` is the body of a C function on lists: no gradients, and the first tensor's shape in its error.
#define HT_LISTS return ListGuard{{__func__, error, {count > 0 ? x[0] : nullptr}}, {}}->*[&]

void ht_adam(ht_tensor *const *x, ht_tensor *const *gradients, ht_tensor *const *means, ht_tensor *const *squares,
             ht_tensor *const *steps, ht_int count, double rate, double beta1, double beta2, double epsilon,
             double decay, bool decoupled, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto counters = list(steps, count);
    at::_foreach_add_(counters, 1);
    auto step = [&](auto fused) {
      fused(list(x, count), list(gradients, count), list(means, count), list(squares, count), counters);
    };
    constexpr bool amsgrad = false, maximize = false;
    if (decoupled)
      step([&](auto p, auto g, auto m, auto v, auto &n) {
        at::_fused_adamw_(p, g, m, v, {}, n, rate, beta1, beta2, decay, epsilon, amsgrad, maximize);
      });
    else
      step([&](auto p, auto g, auto m, auto v, auto &n) {
        at::_fused_adam_(p, g, m, v, {}, n, rate, beta1, beta2, decay, epsilon, amsgrad, maximize);
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

void ht_lerp_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double weight, ht_error **error) {
  HT_LISTS {
    if (count > 0) at::_foreach_lerp_(list(x, count), list(y, count), weight);
  };
}
void ht_add_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error) {
  HT_LISTS {
    if (count > 0) at::_foreach_add_(list(x, count), list(y, count), scale);
  };
}
void ht_add_sign_list(ht_tensor *const *x, ht_tensor *const *y, ht_int count, double scale, ht_error **error) {
  HT_LISTS {
    if (count > 0) at::_foreach_add_(list(x, count), at::_foreach_sign(list(y, count)), scale);
  };
}
void ht_scale_list(ht_tensor *const *x, ht_int count, double scale, ht_error **error) {
  HT_LISTS {
    if (count > 0) at::_foreach_mul_(list(x, count), scale);
  };
}
void ht_clamp_list(ht_tensor *const *x, ht_int count, double limit, ht_error **error) {
  HT_LISTS {
    if (count == 0) return;
    auto tensors = list(x, count);
    at::_foreach_clamp_min_(tensors, -limit);
    at::_foreach_clamp_max_(tensors, limit);
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
