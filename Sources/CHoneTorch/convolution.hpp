#pragma once
// Convolutions that train in bfloat16 on the CPU.

#include <ATen/ATen.h>

#include <optional>
#include <utility>
#include <vector>

namespace hone {

/// Filters as a convolution in training multiplies with them.
struct TrainingFilters {
  at::Tensor plain;              // of the convolution's type, channels-last
  at::Tensor ahead, behind;      // mapped, where Winograd's way serves: for the outputs, for the input's gradient
  std::vector<int64_t> stride, padding;

  /// - `wantsInput`: whether the input's gradient will be asked for.
  TrainingFilters(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
                  at::IntArrayRef padding, bool wantsInput);
  /// As they were, in the backward pass.
  TrainingFilters(at::Tensor plain, at::Tensor behind, at::IntArrayRef stride, at::IntArrayRef padding)
      : plain(std::move(plain)), behind(std::move(behind)), stride(stride.vec()), padding(padding.vec()) {}

  /// The convolution of channels-last pictures of the filters' type.
  at::Tensor operator()(const at::Tensor &x, const std::optional<at::Tensor> &bias = {}) const;

  struct Gradients {
    at::Tensor input, filters;  // `input` is undefined unless it is wanted; `filters` may be float32
  };
  /// - `gradient`, `x`: channels-last, of the filters' type.
  Gradients gradients(const at::Tensor &gradient, const at::Tensor &x, bool wantsInput) const;
};

}  // namespace hone
