#pragma once
// Convolutions for inference in float32, as products of what lies under their windows with weights known beforehand.

#include <ATen/ATen.h>

#include "products.hpp"

namespace hone {

/// A convolution's output, and what is done on the way into it.
struct Output {
  const at::Tensor &result;  // channels-last
  const at::Tensor &addend;  // of the same shape and layout, or undefined
  Bounds bounds;
};

/// A bias for whole registers; zeros where there is none.
at::Tensor wholeBias(const at::Tensor &bias, int64_t outputs);

/// Where a window fits into a picture.
struct Places {
  int64_t rows, columns;
};

/// The numbers under each window as they lie in the picture, times the weights. Any kernel and stride, one group.
class Direct {
 public:
  /// - `weight` `[O, C, h, w]`, `bias` `[O]` or undefined.
  Direct(const at::Tensor &weight, const at::Tensor &bias, at::IntArrayRef stride, at::IntArrayRef padding);
  /// - `x`: float32, in any layout.
  void operator()(const at::Tensor &x, const Output &output) const;

  const Panels panels;
  const at::Tensor bias;

  Places places(const at::Tensor &x) const;
  /// Pictures as they are read: channels-last, zeros around them.
  at::Tensor prepared(const at::Tensor &x) const;
  /// Where the windows of a row of so many begin, from its first.
  std::vector<int64_t> offsets(int64_t columns) const;
  /// What lies under a row of windows of one of the prepared pictures.
  RowRuns under(const at::Tensor &pictures, int64_t picture, int64_t row, const std::vector<int64_t> &offsets) const;

 private:
  int64_t height, width;
  std::vector<int64_t> stride, padding;
};

/// 3×3 convolutions with a quarter of the multiplications: windows' squares of 6×6 and the kernel are each mapped to where
/// a convolution is one product per place, 36 in place of 144 for 4×4 outputs.
///
/// Source: Lavin & Gray, 2015, arXiv:1509.09308; the points of interpolation are 0, ±1/√2, ±√2 and ∞, whose rounding errors
/// are smaller than those of whole numbers.
class Winograd {
 public:
  /// Whether it is the faster way: enough windows for each of the 36 matrices that are to be read.
  static bool suits(const at::Tensor &weight, const at::Tensor &result, at::IntArrayRef stride);

  Winograd(const at::Tensor &weight, const at::Tensor &bias, at::IntArrayRef padding);
  /// - `x`: float32, channels-last.
  void operator()(const at::Tensor &x, const Output &output) const;

 private:
  std::vector<int64_t> padding;
  std::vector<Panels> panels;
  at::Tensor bias;
};

}  // namespace hone
