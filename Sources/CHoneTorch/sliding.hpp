#pragma once
// Depthwise convolutions on the CPU: a window that slides over each channel by itself.

#include <ATen/ATen.h>

#include "loops.hpp"

namespace hone {

/// Whether the loops take a convolution: depthwise, a square window of 3, 5 or 7, one stride of 1 or 2, enough channels.
bool slides(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
            at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups);

/// What a window gives at each of its places, cut off at the bounds.
///
/// - `x`, `result`: channels-last, both float32 or both bfloat16; `weight` `[C, 1, k, k]`, `bias` `[C]` or undefined.
void slide(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t stride, int64_t padding,
           Bounds bounds, const at::Tensor &result);

struct SlideGradients {
  at::Tensor weight, bias;  // float32
};

/// The gradients of weight and bias.
SlideGradients slideGradients(const at::Tensor &x, const at::Tensor &gradient, int64_t kernel, int64_t stride,
                              int64_t padding);

}  // namespace hone
