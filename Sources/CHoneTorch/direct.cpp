// Convolutions for inference in float32, as products of what lies under their windows with weights known beforehand.

#include <ATen/Parallel.h>

#include <algorithm>

#include "parallel.hpp"
#include "windows.hpp"

namespace hone {
namespace {

/// A row of a picture into one that is channels-last.
void copyRow(const float *from, at::IntArrayRef steps, int64_t channels, int64_t width, float *to) {
  if (steps[1] == 1 && steps[3] == channels) {
    std::memcpy(to, from, width * channels * sizeof(float));
    return;
  }
  for (int64_t c = 0; c < channels; c++)
    for (int64_t x = 0; x < width; x++) to[x * channels + c] = from[c * steps[1] + x * steps[3]];
}

/// Pictures with zeros around them, channels-last.
at::Tensor padded(const at::Tensor &x, at::IntArrayRef zeros) {
  constexpr int64_t leastRows = 16;
  const int64_t channels = x.size(1), height = x.size(2) + 2 * zeros[0], width = x.size(3) + 2 * zeros[1];
  auto result = empty({x.size(0), channels, height, width}, x, at::kFloat);
  const int64_t margin = zeros[1] * channels;
  parallel(x.size(0) * height, leastRows, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      float *to = pointer<float>(result) + i * width * channels;
      const int64_t y = i % height - zeros[0];
      const bool outside = y < 0 || y >= x.size(2);
      std::memset(to, 0, (outside ? width * channels : margin) * sizeof(float));
      if (outside) continue;
      const float *from = pointer<float>(x) + i / height * x.stride(0) + y * x.stride(2);
      copyRow(from, x.strides(), channels, x.size(3), to + margin);
      std::memset(to + margin + x.size(3) * channels, 0, margin * sizeof(float));
    }
  });
  return result;
}

/// Work in blocks of a result's rows and groups of panels, enough of them for all threads.
struct Grid {
  static constexpr int64_t mostRows = 256;
  int64_t rows, panels, blocks, groups;

  /// - `each`: numbers of the input that a row of the result brings with it; a block of them stays in the second-level
  ///   cache.
  Grid(int64_t rows, int64_t panels, int64_t each) : rows(rows), panels(panels) {
    constexpr int64_t mostNumbers = 1 << 16, perThread = 4, fewestRows = 8;
    const int64_t block = std::clamp(mostNumbers / each, fewestRows, mostRows), wanted = perThread * at::get_num_threads();
    blocks = (rows + block - 1) / block;
    groups = std::clamp<int64_t>((wanted + blocks - 1) / blocks, 1, panels);
  }

  struct Part {
    int64_t firstRow, endRow, firstPanel, endPanel;
  };
  int64_t count() const { return blocks * groups; }
  Part operator[](int64_t index) const {
    const int64_t block = index / groups, group = index % groups;
    return {rows * block / blocks, rows * (block + 1) / blocks, panels * group / groups, panels * (group + 1) / groups};
  }
};

}  // namespace

at::Tensor wholeBias(const at::Tensor &bias, int64_t outputs) {
  constexpr int64_t lanes = 16;
  auto result = at::zeros({(outputs + lanes - 1) / lanes * lanes}, at::kFloat);
  if (bias.defined()) result.narrow(0, 0, outputs).copy_(bias);
  return result;
}

Direct::Direct(const at::Tensor &weight, const at::Tensor &bias, at::IntArrayRef stride, at::IntArrayRef padding)
    : panels(weight.permute({2, 3, 1, 0}).reshape({-1, weight.size(0)})), bias(wholeBias(bias, weight.size(0))),
      height(weight.size(2)), width(weight.size(3)), stride(stride.vec()), padding(padding.vec()) {}

Places Direct::places(const at::Tensor &x) const {
  return {(x.size(2) + 2 * padding[0] - height) / stride[0] + 1, (x.size(3) + 2 * padding[1] - width) / stride[1] + 1};
}

at::Tensor Direct::prepared(const at::Tensor &x) const {
  const bool isSo = padding[0] == 0 && padding[1] == 0 && x.is_contiguous(at::MemoryFormat::ChannelsLast);
  return isSo ? x : padded(x, padding);
}

std::vector<int64_t> Direct::offsets(int64_t columns) const {
  std::vector<int64_t> result(columns);
  for (int64_t i = 0; i < columns; i++) result[i] = i * stride[1] * panels.inputs / (height * width);
  return result;
}

RowRuns Direct::under(const at::Tensor &pictures, int64_t picture, int64_t row,
                      const std::vector<int64_t> &offsets) const {
  const int64_t channels = pictures.size(1), wide = pictures.size(3) * channels;
  const float *first = pointer<float>(pictures) + (picture * pictures.size(2) + row * stride[0]) * wide;
  return {first, offsets.data(), int64_t(offsets.size()), height, width * channels, wide};
}

void Direct::operator()(const at::Tensor &x, const Output &output) const {
  const auto pictures = prepared(x);
  const auto &y = output.result;
  const int64_t channels = x.size(1), row = pictures.size(3) * channels, picture = pictures.size(2) * row;
  const int64_t columns = y.size(3), places = y.size(2) * columns;
  const auto offset = [&](int64_t place) {
    const int64_t within = place % places;
    return place / places * picture + within / columns * stride[0] * row + within % columns * stride[1] * channels;
  };
  const Grid grid(y.size(0) * places, panels.count(), channels * stride[0] * stride[1]);
  const Ending ending{pointer<float>(bias), output.bounds};
  const float *addend = output.addend.defined() ? pointer<float>(output.addend) : nullptr;
  parallel(grid.count(), 1, [&](int64_t begin, int64_t end) {
    int64_t offsets[Grid::mostRows];
    for (int64_t i = begin; i < end; i++) {
      const auto part = grid[i];
      for (int64_t r = part.firstRow; r < part.endRow; r++) offsets[r - part.firstRow] = offset(r);
      const RowRuns rows{pointer<float>(pictures), offsets, part.endRow - part.firstRow, height, width * channels, row};
      const int64_t place = part.firstRow * y.size(1);
      const auto target = Target::rows(pointer<float>(y) + place, addend ? addend + place : nullptr, y.size(1));
      for (int64_t p = part.firstPanel; p < part.endPanel; p++) multiply(rows, panels, p, ending, target);
    }
  });
}

}  // namespace hone
