#pragma once
// 3×3 convolutions in bfloat16 with four ninths of the multiplications, in training and for inference, on CPUs that add
// products of bfloat16 pairs.
//
// A window of 4×4 numbers and the kernel are each mapped to sixteen points, where 2×2 outputs cost one product each. The
// maps add and halve, in float32; what is multiplied is rounded once, after them. Of a layer's output that makes about
// 0.4 % of noise where plain bfloat16 products have 0.25 %.
//
// Source: Lavin & Gray, 2015, arXiv:1509.09308.

#include "windows.hpp"

namespace hone {

/// Whether these kernels take a convolution, and are the faster way.
bool winogradServes(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding);

/// Filters at the sixteen points, as the products read them.
struct MappedFilters {
  at::Tensor forwards, backwards;  // bfloat16; `backwards` turns gradients of outputs into those of inputs
};

/// - `weight` `[O, I, 3, 3]`. `backwards` is undefined unless it is wanted.
MappedFilters mapFilters(const at::Tensor &weight, bool wantsBackwards);

/// The convolution of channels-last bfloat16 pictures.
/// - `bias`: float32, or undefined.
/// - `output`: bfloat16.
void winograd(const at::Tensor &x, const at::Tensor &filters, const at::Tensor &bias, int64_t padding,
              const Output &output);

/// The filters' gradient, float32 and channels-last, from channels-last bfloat16 pictures and gradients.
at::Tensor winogradGradient(const at::Tensor &x, const at::Tensor &gradient, int64_t padding);

}  // namespace hone
