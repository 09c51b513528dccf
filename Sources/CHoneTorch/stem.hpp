#pragma once
// The first layer of a classic network: a 3×3 convolution of a few channels with ReLU and 2×2 max-pool, in one pass.

#include <ATen/ATen.h>

namespace hone {

/// Whether `stem` takes a convolution: in bfloat16, on a processor that multiplies it.
bool stemServes(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
                at::IntArrayRef padding);

/// Writes the pooled numbers of `x`, channels innermost, to `out`, and which of four each one was to `where` (4: the ReLU
/// let nothing through).
void stem(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t padding, const at::Tensor &out,
          const at::Tensor &where);

struct StemGradients {
  at::Tensor weight, bias;  // float32
};

/// What `gradient`, of the pooled numbers, is at a weight of `shape`; the same for any number of threads.
StemGradients stemGradients(const at::Tensor &x, const at::Tensor &gradient, const at::Tensor &where,
                            at::IntArrayRef shape, int64_t padding);

}  // namespace hone
