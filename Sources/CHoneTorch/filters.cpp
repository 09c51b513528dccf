// The gradient of a convolution's filters, on CPUs that add products of bfloat16 pairs.
//
// It is a sum over pictures and places. `vdpbf16ps` adds two products at once into float32: here they are those of the
// same place in two pictures. Laid side by side, number by number, two pictures are as good to walk over as one: what
// lies under a row of the kernel is still one piece of memory, whatever the shift, stride and number of channels, and
// nothing has to be turned or written out. Sums are taken in one order whatever the number of threads.

#include "filters.hpp"

#include <ATen/Parallel.h>

#include <algorithm>

#include "loops.hpp"
#include "parallel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define HONE_PAIRS 1
#else
#define HONE_PAIRS 0
#endif

namespace hone {

#if HONE_PAIRS
namespace {
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))), apply_to = function)

constexpr int64_t filtersAtOnce = 8;
constexpr int64_t cacheBytes = int64_t(600) << 10;  // of pictures and gradients, in one core's second-level cache

/// Sizes in numbers. `x` counts the border too, and `o` is a multiple of `filtersAtOnce`.
struct Sizes {
  int64_t pairs, height, width, c;           // of x
  int64_t rows, columns, o;                  // of the gradient
  int64_t kernelHeight, kernelWidth, stride;

  int64_t row() const { return width * c; }
  int64_t slopeRow() const { return columns * o; }
  int64_t taps() const { return kernelWidth * c; }  // under one row of the kernel
  int64_t filter() const { return kernelHeight * taps(); }
};

/// Adds what some rows of places give to `filtersAtOnce` × 16 `V` numbers of the filters.
template <int V>
void addTile(float *sums, const uint32_t *x, const uint32_t *slopes, int64_t first, int64_t end, const Sizes &z,
             __mmask16 last) {
  __m512 sum[filtersAtOnce][V];
  for (int f = 0; f < filtersAtOnce; f++)
    for (int v = 0; v < V; v++)
      sum[f][v] = _mm512_maskz_loadu_ps(v == V - 1 ? last : 0xffff, sums + f * z.filter() + v * 16);
  for (int64_t row = first; row < end; row++) {
    const uint32_t *from = x + (row / z.rows * z.height + row % z.rows * z.stride) * z.row();
    const uint32_t *slope = slopes + row * z.slopeRow();
    for (int64_t i = 0; i < z.columns; i++, from += z.stride * z.c, slope += z.o) {
      __m512bh pixels[V];
      for (int v = 0; v < V; v++) pixels[v] = (__m512bh)_mm512_loadu_si512(from + v * 16);
      for (int f = 0; f < filtersAtOnce; f++) {
        auto g = (__m512bh)_mm512_set1_epi32(int(slope[f]));
        for (int v = 0; v < V; v++) sum[f][v] = _mm512_dpbf16_ps(sum[f][v], g, pixels[v]);
      }
    }
  }
  for (int f = 0; f < filtersAtOnce; f++)
    for (int v = 0; v < V; v++)
      _mm512_mask_storeu_ps(sums + f * z.filter() + v * 16, v == V - 1 ? last : 0xffff, sum[f][v]);
}

/// The gradient of the filters `begin..<end`.
void addFilters(float *sums, const uint32_t *x, const uint32_t *slopes, int64_t begin, int64_t end, const Sizes &z) {
  constexpr int64_t widest = 48;
  int64_t all = z.pairs * z.rows, bytes = 4 * (z.stride * z.row() + z.slopeRow());
  int64_t chunk = std::max<int64_t>(1, cacheBytes / bytes);
  for (int64_t first = 0; first < all; first += chunk)
    for (int64_t f = begin; f < end; f += filtersAtOnce)
      for (int64_t k = 0; k < z.kernelHeight; k++)
        for (int64_t tap = 0; tap < z.taps(); tap += widest) {
          int64_t count = std::min(widest, z.taps() - tap), vectors = (count + 15) / 16;
          auto add = vectors == 1 ? addTile<1> : vectors == 2 ? addTile<2> : addTile<3>;
          add(sums + f * z.filter() + k * z.taps() + tap, x + k * z.row() + tap, slopes + f, first,
              std::min(first + chunk, all), z, __mmask16(0xffff >> (16 * vectors - count)));
        }
}

/// Two rows of numbers, number by number.
void pairUp(uint32_t *to, const uint16_t *a, const uint16_t *b, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = uint32_t(a[i]) | uint32_t(b[i]) << 16;
}

#pragma clang attribute pop

/// Channels-last pictures in pairs, `[pairs, H + 2 · padding, W + 2 · padding, channels]`; an odd one goes with zeros.
at::Tensor paired(const at::Tensor &x, int64_t padding, int64_t channels) {
  constexpr int64_t overrun = 16;  // the last vector of a row of taps reads on
  int64_t count = x.size(0), own = x.size(1), height = x.size(2), width = x.size(3), pairs = (count + 1) / 2;
  int64_t row = (width + 2 * padding) * channels, rows = height + 2 * padding;
  auto result = at::empty({pairs * rows * row + overrun}, x.options().dtype(at::kInt));
  auto none = at::zeros({width * own}, x.options());
  auto *from = pointer<uint16_t>(x), *zeros = pointer<uint16_t>(none);
  parallel(pairs * rows, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      int64_t y = i % rows - padding, picture = i / rows * 2;
      auto *to = pointer<uint32_t>(result) + i * row;
      bool isBorder = y < 0 || y >= height;
      if (isBorder || padding > 0 || channels != own) std::fill(to, to + row, 0);
      if (isBorder) continue;
      auto *a = from + (picture * height + y) * width * own;
      auto *b = picture + 1 < count ? a + height * width * own : zeros;
      if (channels == own) pairUp(to + padding * own, a, b, width * own);
      else
        for (int64_t j = 0; j < width; j++)
          pairUp(to + (padding + j) * channels, a + j * own, b + j * own, own);
    }
  });
  return result;
}

}  // namespace

bool pairsServe(const at::Tensor &x, const at::Tensor &weight) {
  // Whole tiles are faster, where there are any.
  const bool cpu = roundsToBFloat16() && !multipliesTiles();
  return cpu && x.numel() > 0 && weight.size(2) * weight.size(3) > 1;
}

at::Tensor filterGradient(const at::Tensor &x, const at::Tensor &gradient, int64_t height, int64_t width,
                          int64_t stride, int64_t padding) {
  int64_t filters = gradient.size(1), blocks = (filters + filtersAtOnce - 1) / filtersAtOnce;
  Sizes z{(x.size(0) + 1) / 2, x.size(2) + 2 * padding, x.size(3) + 2 * padding, x.size(1),
          gradient.size(2),    gradient.size(3),        blocks * filtersAtOnce,  height,
          width,               stride};
  auto pictures = paired(x, padding, z.c), slopes = paired(gradient, 0, z.o);
  auto sums = at::zeros({z.o, height, width, z.c}, x.options().dtype(at::kFloat));
  // Few, large shares: each walks over all pictures.
  int64_t threads = at::get_num_threads(), least = std::max<int64_t>(1, blocks / (2 * threads));
  parallel(blocks, least, [&](int64_t begin, int64_t end) {
    addFilters(pointer<float>(sums), pointer<uint32_t>(pictures), pointer<uint32_t>(slopes), begin * filtersAtOnce,
               end * filtersAtOnce, z);
  });
  return sums.narrow(0, 0, filters).permute({0, 3, 1, 2});
}

#else

bool pairsServe(const at::Tensor &, const at::Tensor &) { return false; }

at::Tensor filterGradient(const at::Tensor &, const at::Tensor &, int64_t, int64_t, int64_t, int64_t) { return {}; }

#endif

}  // namespace hone
