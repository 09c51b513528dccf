#pragma once
// Convolutions that train in bfloat16 on the CPU.

#include <ATen/ATen.h>

#include <utility>

namespace hone {

/// The gradients of the input, undefined unless it is wanted, and of the filters.
///
/// `gradient`, `x` and `weight` are channels-last and of one type; the filters' gradient may be float32.
std::pair<at::Tensor, at::Tensor> convolutionGradients(const at::Tensor &gradient, const at::Tensor &x,
                                                       const at::Tensor &weight, at::IntArrayRef stride,
                                                       at::IntArrayRef padding, bool wantsInput);

}  // namespace hone
