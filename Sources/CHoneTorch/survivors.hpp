#pragma once
// Gradients of convolution + ReLU + 2×2 max-pool that multiply only by what survives the pool.

#include <ATen/ATen.h>

namespace hone {

struct SurvivorGradients {
  at::Tensor input, weight, bias;  // `input` only where it was wanted
};

/// Whether the kernels take these sizes on this CPU.
bool survivorsServe(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
                    bool wantsInput);

/// `x` and `g` are channels-last and of one type, `weight` float32; `place` says for every pooled number which of its
/// window's four it came from, or 4 where the ReLU shut it.
SurvivorGradients survivorGradients(const at::Tensor &x, const at::Tensor &g, const at::Tensor &weight,
                                    const at::Tensor &place, int64_t pad, bool wantsInput);

}  // namespace hone
