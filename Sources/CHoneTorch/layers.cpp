// Layers and losses.

#include "bridge.hpp"

using namespace hone;

namespace {

at::Reduction::Reduction reductionOf(ht_reduction reduction) {
  switch (reduction) {
    case HT_NONE: return at::Reduction::None;
    case HT_MEAN: return at::Reduction::Mean;
    case HT_SUM: return at::Reduction::Sum;
  }
  return at::Reduction::Mean;
}

/// Multiplications of a layer: each output is made with one filter, or one row of a matrix.
double productsOf(const at::Tensor &weight, const at::Tensor &y) {
  return double(y.numel()) * weight.numel() / weight.size(0);
}

at::Tensor dropout(const at::Tensor &x, double chance, bool features, uint64_t seed) {
  TORCH_CHECK(chance >= 0 && chance <= 1, "a chance lies in 0...1, not ", chance);
  if (chance == 0) return x;
  auto shape = x.sizes().vec();
  for (size_t axis = 2; features && axis < shape.size(); axis++) shape[axis] = 1;
  auto mask = at::empty(shape, x.options().requires_grad(false).memory_format(at::MemoryFormat::Contiguous));
  if (chance == 1) return x * mask.zero_();
  mask.bernoulli_(1 - chance, generator(x.device(), seed)).div_(1 - chance);
  return x * mask;
}

}  // namespace

at::Tensor hone::curved(const at::Tensor &x, ht_curve curve) {
  switch (curve) {
    case HT_NO_CURVE: return x;
    case HT_RELU: return at::relu(x);
    case HT_RELU6: return at::relu6(x);
    case HT_SILU: return at::silu(x);
    case HT_HARD_SWISH: return at::hardswish(x);
    case HT_GELU: return hone::gelu(x);
  }
  return x;
}

ht_tensor *ht_conv2d(ht_tensor *x, ht_tensor *weight, ht_tensor *bias, const ht_int stride[2], const ht_int padding[2],
                     const ht_int dilation[2], ht_int groups, ht_error **error) {
  HT_DO(x, weight, bias) {
    auto y = convolution(of(x), of(weight), maybe(bias), pair(stride), pair(padding), pair(dilation), groups);
    countMultiplyAdds(productsOf(of(weight), y));
    return wrap(y);
  };
}
ht_tensor *ht_linear(ht_tensor *x, ht_tensor *weight, ht_tensor *bias, ht_error **error) {
  HT_DO(x, weight, bias) {
    auto y = dense(of(x), of(weight), maybe(bias));
    countMultiplyAdds(productsOf(of(weight), y));
    return wrap(y);
  };
}
ht_tensor *ht_batch_norm(ht_tensor *x, ht_tensor *weight, ht_tensor *bias, ht_tensor *mean, ht_tensor *variance,
                         bool training, double momentum, double epsilon, ht_tensor *addend, ht_curve curve,
                         ht_error **error) {
  HT_DO(x, weight, bias, mean, variance, addend) {
    Norm norm{maybe(weight), maybe(bias), maybe(mean), maybe(variance), training, momentum, epsilon};
    return wrap(batchNorm(of(x), norm, maybe(addend), curve));
  };
}
ht_tensor *ht_layer_norm(ht_tensor *x, const ht_int *shape, ht_int rank, ht_tensor *weight, ht_tensor *bias,
                         double epsilon, ht_error **error) {
  HT_RETURN(layerNorm(of(x), ints(shape, rank), maybe(weight), maybe(bias), epsilon), x, weight, bias);
}
ht_tensor *ht_group_norm(ht_tensor *x, ht_int groups, ht_tensor *weight, ht_tensor *bias, double epsilon,
                         ht_error **error) {
  HT_RETURN(at::group_norm(of(x), groups, maybe(weight), maybe(bias), epsilon), x, weight, bias);
}
ht_tensor *ht_max_pool2d(ht_tensor *x, const ht_int kernel[2], const ht_int stride[2], const ht_int padding[2],
                         bool ceiling, ht_error **error) {
  HT_RETURN(maxPool(of(x), pair(kernel), pair(stride), pair(padding), ceiling), x);
}
ht_tensor *ht_avg_pool2d(ht_tensor *x, const ht_int kernel[2], const ht_int stride[2], const ht_int padding[2],
                         bool ceiling, bool counts_padding, ht_error **error) {
  HT_RETURN(at::avg_pool2d(of(x), pair(kernel), pair(stride), pair(padding), ceiling, counts_padding), x);
}
ht_tensor *ht_adaptive_avg_pool2d(ht_tensor *x, const ht_int size[2], ht_error **error) {
  HT_RETURN(at::adaptive_avg_pool2d(of(x), pair(size)), x);
}
ht_tensor *ht_adaptive_max_pool2d(ht_tensor *x, const ht_int size[2], ht_error **error) {
  HT_RETURN(std::get<0>(at::adaptive_max_pool2d(of(x), pair(size))), x);
}
ht_tensor *ht_dropout(ht_tensor *x, double chance, bool features, uint64_t seed, ht_error **error) {
  HT_RETURN(dropout(of(x), chance, features, seed), x);
}
ht_tensor *ht_interpolate(ht_tensor *x, const ht_int size[2], ht_interpolation mode, bool antialias, ht_error **error) {
  HT_DO(x) {
    auto target = pair(size);
    if (mode == HT_NEAREST) return wrap(at::upsample_nearest2d(of(x), target));
    if (mode == HT_BILINEAR)
      return wrap(antialias ? at::_upsample_bilinear2d_aa(of(x), target, false)
                            : at::upsample_bilinear2d(of(x), target, false));
    return wrap(antialias ? at::_upsample_bicubic2d_aa(of(x), target, false)
                          : at::upsample_bicubic2d(of(x), target, false));
  };
}
ht_tensor *ht_embedding(ht_tensor *weight, ht_tensor *indices, ht_error **error) {
  HT_RETURN(at::embedding(of(weight), of(indices)), weight, indices);
}
ht_tensor *ht_attention(ht_tensor *query, ht_tensor *key, ht_tensor *value, ht_tensor *mask, bool causal,
                        ht_error **error) {
  HT_DO(query, key, value, mask) {
    auto y = attention(of(query), of(key), of(value), maybe(mask), causal);
    countMultiplyAdds(2.0 * y.numel() * of(key).size(-2));
    return wrap(y);
  };
}

ht_tensor *ht_cross_entropy(ht_tensor *x, ht_tensor *target, ht_tensor *weight, double smoothing,
                            ht_reduction reduction, ht_error **error) {
  constexpr int64_t ignored = -100;
  HT_RETURN(at::cross_entropy_loss(of(x), of(target), maybe(weight), reductionOf(reduction), ignored, smoothing), x,
            target, weight);
}
ht_tensor *ht_binary_cross_entropy(ht_tensor *x, ht_tensor *target, ht_tensor *weight, ht_tensor *positive_weight,
                                   ht_reduction reduction, ht_error **error) {
  HT_RETURN(at::binary_cross_entropy_with_logits(of(x), of(target), maybe(weight), maybe(positive_weight),
                                                 reductionOf(reduction)),
            x, target, weight, positive_weight);
}
ht_tensor *ht_nll(ht_tensor *x, ht_tensor *target, ht_tensor *weight, ht_reduction reduction, ht_error **error) {
  HT_RETURN(at::nll_loss(of(x), of(target), maybe(weight), reductionOf(reduction)), x, target, weight);
}
ht_tensor *ht_mse(ht_tensor *x, ht_tensor *target, ht_reduction reduction, ht_error **error) {
  HT_RETURN(at::mse_loss(of(x), of(target), reductionOf(reduction)), x, target);
}
ht_tensor *ht_smooth_l1(ht_tensor *x, ht_tensor *target, double beta, ht_reduction reduction, ht_error **error) {
  HT_RETURN(at::smooth_l1_loss(of(x), of(target), reductionOf(reduction), beta), x, target);
}
ht_tensor *ht_kl_div(ht_tensor *x, ht_tensor *target, bool log_target, ht_reduction reduction, ht_error **error) {
  HT_RETURN(at::kl_div(of(x), of(target), reductionOf(reduction), log_target), x, target);
}
