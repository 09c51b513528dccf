#pragma once
// A channels-last tensor as rows of numbers, for loops that do the same to every pixel.

#include <ATen/ATen.h>

#include <algorithm>

#include "loops.hpp"
#include "parallel.hpp"

namespace hone {

/// A channels-last tensor as rows of numbers, in blocks for the threads; the same blocks whatever their number, so that
/// sums are too. A row is a pixel, or several side by side where channels are few.
struct Rows {
  int64_t pixels = 1, count, channels, block;

  explicit Rows(const at::Tensor &x) : count(x.numel() / x.size(1)), channels(x.size(1)) {
    constexpr int64_t longest = 64, blockNumbers = 1 << 17;
    for (; channels * 2 <= longest && count % 2 == 0; channels *= 2, count /= 2) pixels *= 2;
    block = std::max<int64_t>(16, blockNumbers / channels);
  }

  int64_t blocks() const { return (count + block - 1) / block; }

  /// A number per channel as a float for each number of a row.
  at::Tensor spread(const at::Tensor &values) const { return values.to(at::kFloat).repeat(pixels); }

  /// Sums of rows' numbers as sums of channels, in float64.
  at::Tensor total(const at::Tensor &sums) const {
    return sums.view({blocks() * pixels, channels / pixels}).sum(at::IntArrayRef{0}, false, at::kDouble);
  }

  /// Calls `body(index of the block, its first number, its rows)`.
  template <class Body>
  void each(const Body &body) const {
    parallel(blocks(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) body(i, i * block * channels, std::min(block, count - i * block));
    });
  }
};

struct ChannelSums {
  at::Tensor sums, more;  // [blocks, C]
  ChannelSums(const Rows &rows, const at::TensorOptions &options)
      : sums(at::empty({rows.blocks(), rows.channels}, options)), more(at::empty_like(sums)) {}
  float *sum(int64_t block) { return pointer<float>(sums) + block * sums.size(1); }
  float *another(int64_t block) { return pointer<float>(more) + block * sums.size(1); }
};

}  // namespace hone
