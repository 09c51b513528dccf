// The largest number of each window on the CPU, where nobody asks which one it was.

#include <algorithm>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

namespace hone {
namespace {

/// A window along one axis.
struct Axis {
  int64_t kernel, stride, padding, length;

  int64_t begin(int64_t place) const { return std::max<int64_t>(0, place * stride - padding); }
  int64_t end(int64_t place) const { return std::min(length, place * stride - padding + kernel); }
  int64_t places() const { return (length + 2 * padding - kernel) / stride + 1; }
};

/// One row of results; a NaN is larger than everything.
template <class T>
HT_INLINE void largest(const T *picture, Axis rows, Axis columns, int64_t y, int64_t channels, T *to) {
  for (int64_t x = 0; x < columns.places(); x++, to += channels) {
    const T *first = picture + (rows.begin(y) * columns.length + columns.begin(x)) * channels;
    std::memcpy(to, first, channels * sizeof(T));
    for (int64_t row = rows.begin(y); row < rows.end(y); row++)
      for (int64_t column = columns.begin(x); column < columns.end(x); column++) {
        const T *from = picture + (row * columns.length + column) * channels;
        for (int64_t c = 0; c < channels; c++) {
          const float found = load(from[c]);
          to[c] = found > load(to[c]) || found != found ? from[c] : to[c];
        }
      }
  }
}

HT_CLONES void largestFloat(const float *picture, Axis rows, Axis columns, int64_t y, int64_t channels, float *to) {
  largest(picture, rows, columns, y, channels, to);
}
HT_CLONES void largestBFloat16(const uint16_t *picture, Axis rows, Axis columns, int64_t y, int64_t channels,
                               uint16_t *to) {
  largest(picture, rows, columns, y, channels, to);
}

template <class T, class Loop>
at::Tensor pooled(const at::Tensor &x, Axis rows, Axis columns, const Loop &loop) {
  const int64_t channels = x.size(1), height = rows.places(), row = columns.places() * channels;
  auto y = empty({x.size(0), channels, height, columns.places()}, x, x.scalar_type());
  parallel(x.size(0) * height, 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      loop(pointer<T>(x) + i / height * rows.length * columns.length * channels, rows, columns, i % height, channels,
           pointer<T>(y) + i * row);
  });
  return y;
}

}  // namespace

at::Tensor maxPool(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                   bool ceiling) {
  const bool records = at::GradMode::is_enabled() && x.requires_grad();
  const auto type = x.scalar_type();
  auto axis = [&](int64_t i) { return Axis{kernel[i], stride[i], padding[i], x.size(2 + i)}; };
  auto fits = [&](int64_t i) { return x.size(2 + i) + 2 * padding[i] >= kernel[i] && 2 * padding[i] <= kernel[i]; };
  if (records || ceiling || !x.is_cpu() || x.dim() != 4 || !x.is_contiguous(at::MemoryFormat::ChannelsLast) ||
      (type != at::kFloat && type != at::kBFloat16) || !fits(0) || !fits(1))
    return at::max_pool2d(x, kernel, stride, padding, {1, 1}, ceiling);
  if (type == at::kFloat) return pooled<float>(x, axis(0), axis(1), largestFloat);
  return pooled<uint16_t>(x, axis(0), axis(1), largestBFloat16);
}

}  // namespace hone
