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

/// Where the ReLU shut a window of a pool: its gradient goes to none of the four.
constexpr uint8_t shut = 4;

/// `x` and `g` are channels-last and of one type, `weight` float32; `place` says for every pooled number which of its
/// window's four it came from, or `shut`.
SurvivorGradients survivorGradients(const at::Tensor &x, const at::Tensor &g, const at::Tensor &weight,
                                    const at::Tensor &place, int64_t pad, bool wantsInput);

}  // namespace hone
