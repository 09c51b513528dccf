#pragma once
// An inverted residual in one: a convolution that expands, a depthwise and a 1×1 one, of which only the last one's result
// is written out.

#include "sliding.hpp"
#include "windows.hpp"

namespace hone {

/// The three convolutions, and where the first two are cut off.
struct Bottleneck {
  const Direct &expand;
  const Taps &taps;
  const Direct &project;
  int64_t stride, padding;
  Bounds expanded, slid;

  /// Whether it is the faster way: there is work for every thread.
  bool suits(const at::Tensor &x, const at::Tensor &result) const;

  /// - `x`: float32, in any layout.
  void operator()(const at::Tensor &x, const Output &output) const;
};

}  // namespace hone
