// 3×3 convolutions with a quarter of the multiplications, in float32.
//
// With points of interpolation 0, ±a, ±b and ∞ each of the three maps is a product with a small matrix from both sides;
// they are written so that ±a and ±b share what they have in common.

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <vector>

#include "parallel.hpp"
#include "windows.hpp"

#pragma clang diagnostic ignored "-Wpsabi"  // whatever passes vectors is inlined

namespace hone {
namespace {

constexpr int64_t side = 4, square = 6, products = square * square, lanes = 16;
constexpr float a = 0.70710678118654752f, b = 1.41421356237309505f;  // a · b = 1
constexpr float a2 = 0.5f, b2 = 2;

using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));

HT_INLINE Lanes lanesAt(const float *p) {
  Lanes value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
HT_INLINE void put(float *p, Lanes value) { std::memcpy(p, &value, sizeof value); }

/// Six numbers of a picture to their values at the points.
HT_INLINE void mapInput(const Lanes d[square], Lanes to[square]) {
  Lanes evenA = d[4] - b2 * d[2], oddA = d[3] - b2 * d[1], evenB = d[4] - a2 * d[2], oddB = d[3] - a2 * d[1];
  to[0] = d[4] - (a2 + b2) * d[2] + a2 * b2 * d[0];
  to[1] = evenA + a * oddA;
  to[2] = evenA - a * oddA;
  to[3] = evenB + b * oddB;
  to[4] = evenB - b * oddB;
  to[5] = d[5] - (a2 + b2) * d[3] + a2 * b2 * d[1];
}

/// Products at the points to four outputs.
HT_INLINE void mapOutput(const Lanes m[square], Lanes to[side]) {
  Lanes evenA = m[1] + m[2], oddA = m[1] - m[2], evenB = m[3] + m[4], oddB = m[3] - m[4];
  to[0] = m[0] + evenA + evenB;
  to[1] = a * oddA + b * oddB;
  to[2] = a2 * evenA + b2 * evenB;
  to[3] = m[5] + a * a2 * oddA + b * b2 * oddB;
}

/// The kernel's three numbers to their values at the points, each divided as interpolation asks: `[6, 3]`.
at::Tensor kernelMap() {
  const double p = a2 * (a2 - b2) * 2, q = b2 * (b2 - a2) * 2, x = std::sqrt(double(a2)), y = std::sqrt(double(b2));
  const std::vector<double> rows = {1 / (a2 * b2), 0,      0,      1 / p, x / p,  a2 / p, 1 / p, -x / p, a2 / p,
                                    1 / q,         y / q,  b2 / q, 1 / q, -y / q, b2 / q, 0,     0,      1};
  return at::tensor(rows, at::kDouble).view({square, 3});
}

/// Where the 6×6 numbers of a window are; those outside the picture lie among zeros.
using Places = std::array<const float *, products>;

/// `to`: of each product the rows of all windows of a block, `step` apart.
HT_INLINE void mapWindowInline(const Places &places, int64_t channels, float *to, int64_t step) {
  for (int64_t c = 0; c < channels; c += lanes) {
    Lanes half[square][square];  // [place along the row][point along the column]
#pragma clang loop unroll(full)
    for (int64_t x = 0; x < square; x++) {
      Lanes column[square];
      for (int64_t y = 0; y < square; y++) column[y] = lanesAt(places[y * square + x] + c);
      mapInput(column, half[x]);
    }
#pragma clang loop unroll(full)
    for (int64_t y = 0; y < square; y++) {
      Lanes row[square], whole[square];
      for (int64_t x = 0; x < square; x++) row[x] = half[x][y];
      mapInput(row, whole);
      for (int64_t x = 0; x < square; x++) put(to + (y * square + x) * step + c, whole[x]);
    }
  }
}

/// Where a window's outputs go: those that lie within the picture.
struct Outputs {
  float *result;
  const float *addend;  // or null
  int64_t rows, columns, row, pixel;  // how many; from one to the next
};

HT_INLINE Lanes bounded(Lanes x, Bounds bounds) {  // a NaN stays
  x = x < bounds.low ? Lanes{} + bounds.low : x;
  return x > bounds.high ? Lanes{} + bounds.high : x;
}

/// Sixteen channels' products to 4×4 outputs.
HT_INLINE void mapProductsInline(const float *from, int64_t step, const float *bias, Bounds bounds,
                                 const Outputs &target) {
  Lanes half[square][side];  // [point along the row][output along the column]
#pragma clang loop unroll(full)
  for (int64_t x = 0; x < square; x++) {
    Lanes column[square];
    for (int64_t y = 0; y < square; y++) column[y] = lanesAt(from + (y * square + x) * step);
    mapOutput(column, half[x]);
  }
  for (int64_t y = 0; y < target.rows; y++) {
    Lanes row[square], whole[side];
    for (int64_t x = 0; x < square; x++) row[x] = half[x][y];
    mapOutput(row, whole);
    for (int64_t x = 0; x < target.columns; x++) {
      const int64_t place = y * target.row + x * target.pixel;
      Lanes sum = whole[x] + lanesAt(bias);
      if (target.addend) sum += lanesAt(target.addend + place);
      put(target.result + place, bounded(sum, bounds));
    }
  }
}

HT_CLONES void mapWindow(const Places &places, int64_t channels, float *to, int64_t step) {
  mapWindowInline(places, channels, to, step);
}
HT_CLONES void mapProducts(const float *from, int64_t step, const float *bias, Bounds bounds, const Outputs &target) {
  mapProductsInline(from, step, bias, bounds, target);
}

/// Which square of which picture a window begins at.
struct Windows {
  int64_t pictures, rows, columns;  // of windows

  explicit Windows(const at::Tensor &result)
      : pictures(result.size(0)), rows((result.size(2) + side - 1) / side), columns((result.size(3) + side - 1) / side) {}
  int64_t count() const { return pictures * rows * columns; }
  struct Place {
    int64_t picture, y, x;  // of its first output
  };
  Place operator[](int64_t index) const {
    return {index / (rows * columns), index / columns % rows * side, index % columns * side};
  }
};

/// Some windows, from the pictures to the result.
struct Block {
  const at::Tensor &x;
  const Output &output;
  const Windows &windows;
  at::IntArrayRef padding;
  int64_t first, count;

  void mapInputs(float *to, const float *zeros) const {
    const int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
    for (int64_t i = 0; i < count; i++) {
      const auto place = windows[first + i];
      const float *picture = pointer<float>(x) + place.picture * height * width * channels;
      Places places;
      for (int64_t p = 0; p < products; p++) {
        const int64_t row = place.y - padding[0] + p / square, column = place.x - padding[1] + p % square;
        const bool inside = row >= 0 && row < height && column >= 0 && column < width;
        places[p] = inside ? picture + (row * width + column) * channels : zeros;
      }
      mapWindow(places, channels, to + i * channels, count * channels);
    }
  }

  void mapOutputs(const float *from, const float *bias) const {
    const int64_t filters = output.result.size(1);
    for (int64_t i = 0; i < count; i++) {
      const auto window = outputs(windows[first + i]);
      for (int64_t f = 0; f < filters; f += lanes) {
        auto some = window;
        some.result += f;
        if (some.addend) some.addend += f;
        mapProducts(from + i * filters + f, count * filters, bias + f, output.bounds, some);
      }
    }
  }

 private:
  Outputs outputs(Windows::Place place) const {
    const auto &y = output.result;
    const int64_t first = ((place.picture * y.size(2) + place.y) * y.size(3) + place.x) * y.size(1);
    return {pointer<float>(y) + first, output.addend.defined() ? pointer<float>(output.addend) + first : nullptr,
            std::min(side, y.size(2) - place.y), std::min(side, y.size(3) - place.x), y.size(3) * y.size(1), y.size(1)};
  }
};

/// So many windows together that reading the matrices is worth it, and not so many that the caches overflow.
constexpr int64_t mostWindows = 32;

}  // namespace

bool Winograd::suits(const at::Tensor &weight, const at::Tensor &result, at::IntArrayRef stride) {
  constexpr int64_t mostWeights = 256 * 256;
  const int64_t windows = Windows(result).count(), filters = weight.size(0), channels = weight.size(1);
  const bool isSquare = weight.size(2) == 3 && weight.size(3) == 3 && stride[0] == 1 && stride[1] == 1;
  const bool isWhole = channels % lanes == 0 && filters % lanes == 0;
  const bool wastesLittle = 2 * windows * side * side <= 3 * result.numel() / filters;
  return isSquare && isWhole && wastesLittle && channels * filters <= mostWeights && windows >= mostWindows;
}

Winograd::Winograd(const at::Tensor &weight, const at::Tensor &bias, at::IntArrayRef padding)
    : padding(padding.vec()), bias(wholeBias(bias, weight.size(0))) {
  auto map = kernelMap();
  auto mapped = at::einsum("ik,ockl,jl->ijco", {map, weight.to(at::kDouble), map}).flatten(0, 1);
  for (int64_t i = 0; i < products; i++) panels.emplace_back(mapped[i]);
}

void Winograd::operator()(const at::Tensor &x, const Output &output) const {
  const Windows windows(output.result);
  const int64_t channels = x.size(1), filters = output.result.size(1), threads = at::get_num_threads();
  const int64_t wanted = (windows.count() + mostWindows - 1) / mostWindows;
  const int64_t blocks = (wanted + threads - 1) / threads * threads;  // as many for each thread
  const int64_t most = (windows.count() + blocks - 1) / blocks;
  const std::vector<float> zeros(channels);
  parallel(blocks, 1, [&](int64_t begin, int64_t end) {
    auto memory = at::empty({products * most * (channels + filters)}, at::kFloat);
    float *inputs = pointer<float>(memory), *outputs = inputs + products * most * channels;
    int64_t offsets[mostWindows];
    for (int64_t i = 0; i < most; i++) offsets[i] = i * channels;
    for (int64_t i = begin; i < end; i++) {
      const int64_t first = windows.count() * i / blocks, count = windows.count() * (i + 1) / blocks - first;
      const Block block{x, output, windows, padding, first, count};
      block.mapInputs(inputs, zeros.data());
      for (int64_t p = 0; p < products; p++)
        for (int64_t panel = 0; panel < panels[p].count(); panel++)
          multiply({inputs + p * count * channels, offsets, count, 1, channels, 0}, panels[p], panel, {},
                   Target::rows(outputs + p * count * filters, nullptr, filters));
      block.mapOutputs(outputs, pointer<float>(bias));
    }
  });
}

}  // namespace hone
