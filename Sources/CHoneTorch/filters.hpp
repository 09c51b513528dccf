#pragma once
// The gradient of a convolution's filters in bfloat16, by products of pairs.

#include <ATen/ATen.h>

namespace hone {

/// Whether the kernel takes these filters on this CPU.
bool pairsServe(const at::Tensor &x, const at::Tensor &weight);

/// `x` and `gradient` are bfloat16 and channels-last; the result is float32, `[O, I, height, width]`, channels-last.
at::Tensor filterGradient(const at::Tensor &x, const at::Tensor &gradient, int64_t height, int64_t width,
                          int64_t stride, int64_t padding);

}  // namespace hone
