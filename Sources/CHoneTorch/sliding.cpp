// Depthwise convolutions on the CPU: a window that slides over each channel by itself.
//
// Sixteen channels of one picture at a time. The rows under the window lie as float32 with their zeros around them in a
// ring that the first-level cache holds; each number is read from the picture once and from the ring once for every row of
// the window, for several of its places side by side.

#include "sliding.hpp"

#include <vector>

#include "parallel.hpp"

#pragma clang diagnostic ignored "-Wpsabi"  // whatever passes vectors is inlined

namespace hone {
namespace {

constexpr int64_t lanes = 16;
using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));

HT_INLINE Lanes lanesAt(const float *p) {
  Lanes value;
  std::memcpy(&value, p, sizeof value);
  return value;
}
HT_INLINE void put(float *p, Lanes value) { std::memcpy(p, &value, sizeof value); }

template <class T>
HT_INLINE void spread(const T *source, float *target) {
  for (int64_t i = 0; i < lanes; i++) target[i] = load(source[i]);
}
template <class T>
HT_INLINE void putBounded(T *target, Lanes value, Bounds bounds) {
  float numbers[lanes];
  put(numbers, value);
  for (int64_t i = 0; i < lanes; i++) store(target + i, bounded(numbers[i], bounds));
}

/// One picture's sixteen channels, and what the window makes of them.
struct Plane {
  int64_t channels, height, width, rows, columns, padding;
};

/// The rows of a picture that are under the window.
template <class T, int64_t K>
struct Ring {
  const T *picture;
  Plane plane;
  int64_t width;  // of a row, zeros included
  float *rows;
  int64_t next = 0;  // the picture's row to come, counted from the zeros above

  HT_INLINE float *row(int64_t index) const { return rows + index % K * width * lanes; }

  HT_INLINE void reach(int64_t end) {
    for (; next < end; next++) {
      int64_t y = next - plane.padding;
      float *target = row(next);
      bool outside = y < 0 || y >= plane.height;
      std::memset(target, 0, (outside ? width : plane.padding) * lanes * sizeof(float));
      if (outside) continue;
      target += plane.padding * lanes;
      const T *source = picture + y * plane.width * plane.channels;
      for (int64_t x = 0; x < plane.width; x++) spread(source + x * plane.channels, target + x * lanes);
      int64_t rest = width - plane.padding - plane.width;
      std::memset(target + plane.width * lanes, 0, rest * lanes * sizeof(float));
    }
  }
};

/// Rows that lie as the loops want them, zeros included.
struct Whole {
  const float *rows;
  Plane plane;
  int64_t width;

  HT_INLINE const float *row(int64_t index) const { return rows + index * width * lanes; }
  HT_INLINE void reach(int64_t) const {}
};

/// `weight` has sixteen numbers for each place of the window.
template <int64_t K, int64_t S, class Source, class T>
HT_INLINE void slideOver(Source ring, const float *weight, const float *bias, Bounds bounds, T *result) {
  constexpr int64_t tile = 8;
  const auto &plane = ring.plane;
  for (int64_t y = 0; y < plane.rows; y++) {
    ring.reach(y * S + K);
    for (int64_t x = 0; x < plane.columns; x += tile) {
      Lanes sums[tile];
      for (auto &sum : sums) sum = lanesAt(bias);
      for (int64_t ky = 0; ky < K; ky++) {
        const float *source = ring.row(y * S + ky) + x * S * lanes, *factors = weight + ky * K * lanes;
#pragma clang loop unroll(full)
        for (int64_t j = 0; j < (tile - 1) * S + K; j++) {
          Lanes value = lanesAt(source + j * lanes);
#pragma clang loop unroll(full)
          for (int64_t kx = 0; kx < K; kx++)
            if (j >= kx && (j - kx) % S == 0 && (j - kx) / S < tile)
              sums[(j - kx) / S] += value * lanesAt(factors + kx * lanes);
        }
      }
      T *target = result + (y * plane.columns + x) * plane.channels;
#pragma clang loop unroll(full)
      for (int64_t t = 0; t < tile; t++, target += plane.channels)
        if (x + t < plane.columns) putBounded(target, sums[t], bounds);
    }
  }
}

/// Adds to sixteen numbers for each place of the window, and to sixteen more for the bias.
template <class T, int64_t K, int64_t S>
HT_INLINE void gatherSlopes(Ring<T, K> ring, const T *gradient, float *row, float *totals) {
  constexpr int64_t tile = 4;
  const auto &plane = ring.plane;
  for (int64_t y = 0; y < plane.rows; y++) {
    ring.reach(y * S + K);
    Lanes total = lanesAt(totals + K * K * lanes);
    for (int64_t x = 0; x < plane.columns; x++) {
      spread(gradient + (y * plane.columns + x) * plane.channels, row + x * lanes);
      total += lanesAt(row + x * lanes);
    }
    put(totals + K * K * lanes, total);
    for (int64_t ky = 0; ky < K; ky++) {
      Lanes sums[K];
#pragma clang loop unroll(full)
      for (int64_t kx = 0; kx < K; kx++) sums[kx] = lanesAt(totals + (ky * K + kx) * lanes);
      for (int64_t x = 0; x < plane.columns; x += tile) {
        const float *source = ring.row(y * S + ky) + x * S * lanes;
        Lanes slopes[tile];
#pragma clang loop unroll(full)
        for (int64_t t = 0; t < tile; t++) slopes[t] = lanesAt(row + (x + t) * lanes);
#pragma clang loop unroll(full)
        for (int64_t j = 0; j < (tile - 1) * S + K; j++) {
          Lanes value = lanesAt(source + j * lanes);
#pragma clang loop unroll(full)
          for (int64_t kx = 0; kx < K; kx++)
            if (j >= kx && (j - kx) % S == 0 && (j - kx) / S < tile) sums[kx] += value * slopes[(j - kx) / S];
        }
      }
#pragma clang loop unroll(full)
      for (int64_t kx = 0; kx < K; kx++) put(totals + (ky * K + kx) * lanes, sums[kx]);
    }
  }
}

#define HT_SLIDE(T, NAME, K, S)                                                                                    \
  HT_CLONES void slide##NAME##K##S(const Ring<T, K> &ring, const float *weight, const float *bias, Bounds bounds,  \
                                   T *result) {                                                                    \
    slideOver<K, S>(ring, weight, bias, bounds, result);                                                           \
  }                                                                                                                \
  HT_CLONES void slopes##NAME##K##S(const Ring<T, K> &ring, const T *gradient, float *row, float *totals) {        \
    gatherSlopes<T, K, S>(ring, gradient, row, totals);                                                            \
  }                                                                                                                \
  struct Window##NAME##K##S {                                                                                      \
    using Element = T;                                                                                             \
    static constexpr auto over = slide##NAME##K##S;                                                                \
    static constexpr auto slopes = slopes##NAME##K##S;                                                             \
  };
#define HT_SLIDES(T, NAME) \
  HT_SLIDE(T, NAME, 3, 1) HT_SLIDE(T, NAME, 3, 2) HT_SLIDE(T, NAME, 5, 1) HT_SLIDE(T, NAME, 5, 2) \
  HT_SLIDE(T, NAME, 7, 1) HT_SLIDE(T, NAME, 7, 2)
HT_SLIDES(float, Float)
HT_SLIDES(uint16_t, BFloat16)

#define HT_SLIDE_WHOLE(K, S)                                                                                            \
  HT_CLONES void slideWhole##K##S(const Whole &rows, const float *weight, const float *bias, Bounds bounds, float *to) { \
    slideOver<K, S>(rows, weight, bias, bounds, to);                                                                    \
  }
HT_SLIDE_WHOLE(3, 1) HT_SLIDE_WHOLE(3, 2) HT_SLIDE_WHOLE(5, 1) HT_SLIDE_WHOLE(5, 2) HT_SLIDE_WHOLE(7, 1)
HT_SLIDE_WHOLE(7, 2)

/// Calls `body` with the window's loops.
template <class Body>
void withWindow(at::ScalarType type, int64_t kernel, int64_t stride, const Body &body) {
#define HT_TRY(NAME, K, S) \
  if (kernel == K && stride == S) return body(Window##NAME##K##S());
#define HT_TRY_ALL(NAME) \
  HT_TRY(NAME, 3, 1) HT_TRY(NAME, 3, 2) HT_TRY(NAME, 5, 1) HT_TRY(NAME, 5, 2) HT_TRY(NAME, 7, 1) HT_TRY(NAME, 7, 2)
  if (type == at::kBFloat16) { HT_TRY_ALL(BFloat16) }
  HT_TRY_ALL(Float)
}

Plane planeOf(const at::Tensor &x, const at::Tensor &y, int64_t padding) {
  return {x.size(1), x.size(2), x.size(3), y.size(2), y.size(3), padding};
}

/// Calls `body(picture, its sixteen channels' first, room for some numbers)` on the engine's threads. The last
/// sixteen channels may be worked on twice, in part: every result is written, never added to.
template <class Body>
void eachBlock(const at::Tensor &x, int64_t numbers, const Body &body) {
  const int64_t channels = x.size(1), blocks = (channels + lanes - 1) / lanes;
  parallel(x.size(0) * blocks, 1, [&](int64_t begin, int64_t end) {
    constexpr uintptr_t line = 64;
    std::vector<float> memory(numbers + line / sizeof(float));
    auto *aligned = reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(memory.data()) + line - 1) / line * line);
    for (int64_t i = begin; i < end; i++)
      body(i / blocks, std::min(i % blocks * lanes, channels - lanes), aligned);
  });
}

}  // namespace

bool slides(at::IntArrayRef shape, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
            at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups) {
  if (shape.size() != 4 || weight.dim() != 4 || !weight.is_cpu()) return false;
  int64_t kernel = weight.size(2);
  bool depthwise = groups == shape[1] && groups == weight.size(0) && weight.size(1) == 1 && groups >= lanes;
  bool square = kernel == weight.size(3) && stride[0] == stride[1] && padding[0] == padding[1];
  bool known = (kernel == 3 || kernel == 5 || kernel == 7) && stride[0] <= 2 && padding[0] < kernel;
  bool fits = std::min(shape[2], shape[3]) + 2 * padding[0] >= kernel;
  return depthwise && square && known && fits && dilation[0] == 1 && dilation[1] == 1 &&
         (type == at::kFloat || type == at::kBFloat16);
}

Taps::Taps(const at::Tensor &weight, const at::Tensor &bias)
    : kernel(weight.size(2)), weight(weight.to(at::kFloat).reshape({weight.size(0), kernel * kernel}).t().contiguous()),
      bias(bias.defined() ? bias.to(at::kFloat).contiguous() : at::zeros({weight.size(0)}, this->weight.options())) {}

int64_t rowWidth(int64_t columns, int64_t kernel, int64_t stride, int64_t padding, int64_t width) {
  constexpr int64_t largestTile = 8;
  int64_t whole = (columns + largestTile - 1) / largestTile * largestTile;
  return std::max((whole - 1) * stride + kernel, width + 2 * padding);
}

void Taps::copy(int64_t channel, float *to) const {
  const float *from = pointer<float>(weight) + channel;
  for (int64_t tap = 0; tap < kernel * kernel; tap++)
    std::memcpy(to + tap * lanes, from + tap * weight.size(1), lanes * sizeof(float));
}

void slide(const at::Tensor &x, const Taps &taps, int64_t stride, int64_t padding, Bounds bounds,
           const at::Tensor &result) {
  const int64_t channels = x.size(1), kernel = taps.kernel, count = kernel * kernel;
  const auto plane = planeOf(x, result, padding);
  const int64_t width = rowWidth(plane.columns, kernel, stride, padding, plane.width), ring = kernel * width * lanes;
  withWindow(x.scalar_type(), kernel, stride, [&](auto window) {
    using Window = decltype(window);
    using T = typename Window::Element;
    eachBlock(x, ring + count * lanes, [&](int64_t picture, int64_t first, float *memory) {
      float *factors = memory + ring;
      taps.copy(first, factors);
      const T *source = pointer<T>(x) + picture * plane.height * plane.width * channels + first;
      T *target = pointer<T>(result) + picture * plane.rows * plane.columns * channels + first;
      Window::over({source, plane, width, memory}, factors, pointer<float>(taps.bias) + first, bounds, target);
    });
  });
}

void slideRows(const SlideRows &rows, const Taps &taps, int64_t channel, int64_t stride, Bounds bounds, float *result) {
  constexpr decltype(&slideWhole31) loops[3][2] = {
      {slideWhole31, slideWhole32}, {slideWhole51, slideWhole52}, {slideWhole71, slideWhole72}};
  float factors[7 * 7 * lanes];
  taps.copy(channel, factors);
  const Plane plane{lanes, 0, 0, rows.places, rows.columns, 0};
  loops[taps.kernel / 2 - 1][stride - 1]({rows.numbers, plane, rows.width}, factors,
                                         pointer<float>(taps.bias) + channel, bounds, result);
}

SlideGradients slideGradients(const at::Tensor &x, const at::Tensor &gradient, int64_t kernel, int64_t stride,
                              int64_t padding) {
  const int64_t channels = x.size(1), taps = kernel * kernel;
  auto parts = at::empty({x.size(0), taps + 1, channels}, x.options().dtype(at::kFloat).requires_grad(false)
                                                              .memory_format(at::MemoryFormat::Contiguous));
  const auto plane = planeOf(x, gradient, padding);
  const int64_t width = rowWidth(plane.columns, kernel, stride, padding, plane.width);
  const int64_t ring = kernel * width * lanes, row = (plane.columns + lanes) * lanes;
  withWindow(x.scalar_type(), kernel, stride, [&](auto window) {
    using Window = decltype(window);
    using T = typename Window::Element;
    eachBlock(x, ring + row + (taps + 1) * lanes, [&](int64_t picture, int64_t first, float *memory) {
      float *totals = memory + ring + row;
      std::fill(memory + ring, totals + (taps + 1) * lanes, 0.0f);
      const T *source = pointer<T>(x) + picture * plane.height * plane.width * channels + first;
      const T *slopes = pointer<T>(gradient) + picture * plane.rows * plane.columns * channels + first;
      Window::slopes({source, plane, width, memory}, slopes, memory + ring, totals);
      float *target = pointer<float>(parts) + picture * (taps + 1) * channels + first;
      for (int64_t tap = 0; tap <= taps; tap++)
        std::memcpy(target + tap * channels, totals + tap * lanes, lanes * sizeof(float));
    });
  });
  auto sums = parts.sum(0);
  return {sums.narrow(0, 0, taps).t().reshape({channels, 1, kernel, kernel}), sums[taps]};
}

}  // namespace hone
