#pragma once
// Depthwise convolutions on the CPU: a window that slides over each channel by itself.

#include <ATen/ATen.h>

#include "loops.hpp"

namespace hone {

/// Whether the loops take a convolution of an input of this shape: depthwise, a square window of 3, 5 or 7, one stride of
/// 1 or 2, enough channels.
bool slides(at::IntArrayRef shape, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
            at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups);

/// A window's weights as the loops read them, float32.
struct Taps {
  int64_t kernel;
  at::Tensor weight, bias;  // [k · k, C], [C]

  /// - `weight` `[C, 1, k, k]`, `bias` `[C]` or undefined.
  Taps(const at::Tensor &weight, const at::Tensor &bias);
  /// The weights of sixteen channels, place after place.
  void copy(int64_t channel, float *to) const;
};

/// What a window gives at each of its places, cut off at the bounds.
///
/// - `x`, `result`: channels-last, both float32 or both bfloat16.
void slide(const at::Tensor &x, const Taps &taps, int64_t stride, int64_t padding, Bounds bounds,
           const at::Tensor &result);

/// Pixels of a row that the loops may touch: for whole tiles of places, zeros around included.
int64_t rowWidth(int64_t columns, int64_t kernel, int64_t stride, int64_t padding, int64_t width);

/// Sixteen channels of a picture's part with its zeros: `width` pixels a row, under a window at `places` rows of `columns`.
struct SlideRows {
  const float *numbers;
  int64_t width, places, columns;
};

/// What the window gives there for the channels from `channel` on, pixel after pixel.
void slideRows(const SlideRows &rows, const Taps &taps, int64_t channel, int64_t stride, Bounds bounds, float *result);

struct SlideGradients {
  at::Tensor weight, bias;  // float32
};

/// The gradients of weight and bias.
SlideGradients slideGradients(const at::Tensor &x, const at::Tensor &gradient, int64_t kernel, int64_t stride,
                              int64_t padding);

}  // namespace hone
