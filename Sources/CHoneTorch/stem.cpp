// A 3×3 convolution of pictures, bias, ReLU and 2×2 max-pool, in bfloat16 on CPUs that multiply it (AVX-512 BF16).
//
// With three channels libtorch's convolution spends as long on its output, 32 numbers for every three that it reads, as on
// its products, and the pool reads all of it again. Here four places and 32 filters stay in registers until the largest
// of the four is known: only that is written.
//
// On the way back a pooled number's gradient goes to one of its four places. Lanes are filters: for each tap the four
// pixels that lie under it are one small table, out of which every filter takes its own in one instruction.

#include "stem.hpp"

#include <algorithm>
#include <vector>

#include "loops.hpp"
#include "parallel.hpp"
#include "survivors.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define HONE_STEM 1
#else
#define HONE_STEM 0
#endif

namespace hone {

#if HONE_STEM
namespace {
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))), apply_to = function)

using bfloat16 = uint16_t;

constexpr int64_t lanes = 16;

/// Asks the memory for what is needed soon: rows of several pictures in turn are more streams than the processor follows.
inline void fetch(const void *p) { _mm_prefetch(static_cast<const char *>(p), _MM_HINT_T0); }

/// Sizes in numbers; a row of the kernel is so many pairs, the last of which may look at a number again, times zero.
struct Sizes {
  int64_t width, channels, filters, pairs;

  explicit Sizes(const at::Tensor &x, int64_t filters)
      : width(x.size(3)), channels(x.size(1)), filters(filters), pairs((3 * channels + 1) / 2) {}
  int64_t row() const { return width * channels; }
  int64_t first(int64_t pair) const { return std::min(2 * pair, 3 * channels - 2); }
};

/// `[filters / 16, 3, pairs, 16]` pairs of rounded weights.
std::vector<uint32_t> packed(const at::Tensor &weight, const Sizes &z) {
  auto rounded = weight.to(at::kBFloat16).permute({0, 2, 3, 1}).contiguous();
  const auto *from = pointer<bfloat16>(rounded);
  std::vector<uint32_t> result(z.filters * 3 * z.pairs);
  for (int64_t f = 0; f < z.filters; f++)
    for (int64_t r = 0; r < 3; r++)
      for (int64_t p = 0; p < z.pairs; p++) {
        const bfloat16 *both = from + (f * 3 + r) * 3 * z.channels + z.first(p);
        uint32_t low = z.first(p) == 2 * p ? both[0] : 0, high = both[1];
        result[((f / lanes * 3 + r) * z.pairs + p) * lanes + f % lanes] = low | high << 16;
      }
  return result;
}

/// The first largest of four places with its bias, if it is above zero; a NaN is never lost.
inline void pool(const __m512 (&places)[4], __m512 bias, bfloat16 *out, uint8_t *where) {
  __m512 best = places[0];
  __m512i which = _mm512_setzero_si512();
  auto wins = [](__m512 x, __m512 y) -> __mmask16 {
    return _mm512_cmp_ps_mask(x, y, _CMP_GT_OQ) | _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
  };
  for (int i = 1; i < 4; i++) {
    __mmask16 take = wins(places[i], best);
    best = _mm512_mask_mov_ps(best, take, places[i]);
    which = _mm512_mask_mov_epi32(which, take, _mm512_set1_epi32(i));
  }
  best = best + bias;
  __mmask16 passes = wins(best, _mm512_setzero_ps());
  which = _mm512_mask_mov_epi32(_mm512_set1_epi32(shut), passes, which);
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(out), (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_mov_ps(passes, best)));
  _mm_storeu_si128(reinterpret_cast<__m128i *>(where), _mm512_cvtepi32_epi8(which));
}

/// `N` pooled pixels of 16 `V` filters, from the pixel in their upper left corner on.
template <int N, int V>
void windows(const bfloat16 *x, const uint32_t *weights, const float *bias, bfloat16 *out, uint8_t *where,
             const Sizes &z) {
  __m512 sums[N][V][4];
  for (auto &window : sums)
    for (auto &vector : window)
      for (auto &sum : vector) sum = _mm512_setzero_ps();
  for (int64_t r = 0; r < 3; r++)
    for (int64_t p = 0; p < z.pairs; p++) {
      const uint32_t *pair = weights + (r * z.pairs + p) * lanes;
      __m512bh w[V];
      for (int v = 0; v < V; v++) w[v] = (__m512bh)_mm512_loadu_si512(pair + v * 3 * z.pairs * lanes);
      const bfloat16 *from = x + r * z.row() + z.first(p);
      for (int n = 0; n < N; n++)
        for (int i = 0; i < 4; i++) {
          int32_t both;
          std::memcpy(&both, from + i / 2 * z.row() + (2 * n + i % 2) * z.channels, sizeof both);
          auto pixel = (__m512bh)_mm512_set1_epi32(both);
          for (int v = 0; v < V; v++) sums[n][v][i] = _mm512_dpbf16_ps(sums[n][v][i], w[v], pixel);
        }
    }
  for (int n = 0; n < N; n++)
    for (int v = 0; v < V; v++)
      pool(sums[n][v], _mm512_loadu_ps(bias + v * lanes), out + n * z.filters + v * lanes,
           where + n * z.filters + v * lanes);
}

/// A row of pooled pixels.
template <int V>
void pooledRow(const bfloat16 *x, const uint32_t *weights, const float *bias, bfloat16 *out, uint8_t *where,
               int64_t columns, const Sizes &z) {
  int64_t i = 0;
  auto take = [&](auto kernel, int64_t count) {
    for (int r = 4; r < 6; r++) fetch(x + r * z.row() + 2 * i * z.channels);
    kernel(x + 2 * i * z.channels, weights, bias, out + i * z.filters, where + i * z.filters, z);
    i += count;
  };
  while (i + 2 <= columns) take(windows<2, V>, 2);
  while (i < columns) take(windows<1, V>, 1);
}

constexpr int64_t tableWords = 8;  // of one tap: four places of two windows

/// How many tables there are for a row of the kernel, in whole vectors of four.
constexpr int64_t tablesOfRow(int64_t channels) { return (3 * channels + 3) / 4 * 4; }

/// Tables of one row of pooled pixels, two by two: `[pairs of windows, 3, tablesOfRow, 8]`.
template <int C>
void tabulate(const bfloat16 *x, int64_t columns, int64_t width, bfloat16 *tables) {
  constexpr int64_t vectors = tablesOfRow(C) / 4;
  bfloat16 order[vectors][32];
  for (int64_t i = 0; i < vectors * 32; i++) {
    const int64_t tap = std::min<int64_t>(i / tableWords, 3 * C - 1), place = i % tableWords;
    const int64_t pixel = place / 4 * 2 + place % 2 + tap / C, isLower = place % 4 / 2;
    order[i / 32][i % 32] = bfloat16(isLower * 32 + pixel * C + tap % C);
  }
  for (int64_t i = 0; i < columns; i += 2) {
    const int64_t pixels = std::min<int64_t>(6, width - 2 * i);
    const auto inside = __mmask32((uint64_t(1) << pixels * C) - 1);
    for (int r = 4; r < 6; r++) fetch(x + (r * width + 2 * i) * C);
    __m512i rows[4];
    for (int r = 0; r < 4; r++) rows[r] = _mm512_maskz_loadu_epi16(inside, x + (r * width + 2 * i) * C);
    for (int r = 0; r < 3; r++)
      for (int64_t v = 0; v < vectors; v++, tables += 32)
        _mm512_storeu_si512(tables, _mm512_permutex2var_epi16(rows[r], _mm512_loadu_si512(order[v]), rows[r + 1]));
  }
}

/// Adds to the sums of 16 filters, `[9 C + 1, 16]`, the last of which are the biases', what one row of pooled pixels gives
/// to `R` rows of the kernel from `first` on.
template <int C, int R>
void addRow(float *sums, const bfloat16 *tables, const bfloat16 *gradient, const uint8_t *where, int64_t columns,
            int64_t filters, int first) {
  __m512 taps[R * 3 * C], bias = _mm512_loadu_ps(sums + 9 * C * lanes);
  float *own = sums + first * 3 * C * lanes;
  for (int t = 0; t < R * 3 * C; t++) taps[t] = _mm512_loadu_ps(own + t * lanes);
  tables += first * tablesOfRow(C) * tableWords;
  for (int64_t i = 0; i < columns; i += 2, gradient += 2 * filters, where += 2 * filters) {
    const bool isPair = i + 1 < columns;
    for (int64_t next = columns; next < columns + 2; next++)
      fetch(gradient + next * filters), fetch(where + next * filters);
    auto widen = [](const bfloat16 *p) {
      return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
    };
    auto placesAt = [](const uint8_t *p) {
      return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
    };
    const __m512i closed = _mm512_set1_epi32(shut);
    const __m512i one = placesAt(where), other = isPair ? placesAt(where + filters) : closed;
    __m512i slopes = _mm512_maskz_mov_epi32(_mm512_cmpneq_epi32_mask(one, closed), widen(gradient));
    if (isPair) {
      const __m512i upper = _mm512_slli_epi32(widen(gradient + filters), 16);
      slopes = _mm512_mask_or_epi32(slopes, _mm512_cmpneq_epi32_mask(other, closed), slopes, upper);
    }
    const __m512i places =
        _mm512_or_si512(one, _mm512_slli_epi32(_mm512_add_epi32(other, _mm512_set1_epi32(tableWords / 2)), 16));
    const auto g = (__m512bh)slopes;
    bias = _mm512_dpbf16_ps(bias, g, (__m512bh)_mm512_set1_epi32(0x3f803f80));  // two ones
    for (int r = 0; r < R; r++, tables += tablesOfRow(C) * tableWords)
      for (int t = 0; t < 3 * C; t++) {
        auto table = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i *>(tables + t * tableWords)));
        auto pixels = (__m512bh)_mm512_permutexvar_epi16(places, table);
        taps[r * 3 * C + t] = _mm512_dpbf16_ps(taps[r * 3 * C + t], g, pixels);
      }
    tables += (3 - R) * tablesOfRow(C) * tableWords;
  }
  for (int t = 0; t < R * 3 * C; t++) _mm512_storeu_ps(own + t * lanes, taps[t]);
  if (first == 0) _mm512_storeu_ps(sums + 9 * C * lanes, bias);
}

/// One picture's sums, `[filters / 16, 9 C + 1, 16]`.
template <int C>
void pictureGradient(float *sums, bfloat16 *tables, const bfloat16 *x, const bfloat16 *gradient, const uint8_t *where,
                     int64_t rows, int64_t columns, const Sizes &z) {
  for (int64_t y = 0; y < rows; y++, gradient += columns * z.filters, where += columns * z.filters) {
    tabulate<C>(x + 2 * y * z.row(), columns, z.width, tables);
    for (int64_t f = 0; f < z.filters; f += lanes) {
      auto add = [&](auto kernel, int first) {
        kernel(sums + f * (9 * C + 1), tables, gradient + f, where + f, columns, z.filters, first);
      };
      if constexpr (C <= 3) add(addRow<C, 3>, 0);  // more taps have no room among the registers
      else
        for (int r = 0; r < 3; r++) add(addRow<C, 1>, r);
    }
  }
}

#pragma clang attribute pop

at::Tensor bordered(const at::Tensor &x, int64_t padding) {
  auto pictures = padding == 0 ? x : at::constant_pad_nd(x, {padding, padding, padding, padding});
  return pictures.contiguous(at::MemoryFormat::ChannelsLast);
}
}  // namespace

bool stemServes(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
                at::IntArrayRef padding) {
  const int64_t pad = padding[0];
  bool shapes = weight.size(1) <= 4 && weight.size(0) % lanes == 0 && weight.size(2) == 3 && weight.size(3) == 3;
  bool steps = stride[0] == 1 && stride[1] == 1 && padding[1] == pad;
  bool sizes = x.size(2) + 2 * pad >= 4 && x.size(3) + 2 * pad >= 4;
  return roundsToBFloat16() && type == at::kBFloat16 && weight.scalar_type() == at::kFloat && shapes && steps && sizes;
}

void stem(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, int64_t padding, const at::Tensor &out,
          const at::Tensor &where) {
  const auto pictures = bordered(x, padding);
  const Sizes z(pictures, weight.size(0));
  const auto weights = packed(weight, z);
  const int64_t height = pictures.size(2), rows = out.size(2), columns = out.size(3);
  const auto *from = pointer<bfloat16>(pictures);
  const auto *biases = pointer<float>(bias);
  parallel(out.size(0) * rows, 8, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; y++)
      for (int64_t f = 0; f < z.filters;) {
        const bool isWide = f + 2 * lanes <= z.filters;
        const auto row = isWide ? pooledRow<2> : pooledRow<1>;
        const int64_t at = y * columns * z.filters + f;
        row(from + (y / rows * height + y % rows * 2) * z.row(), weights.data() + f * 3 * z.pairs, biases + f,
            pointer<bfloat16>(out) + at, pointer<uint8_t>(where) + at, columns, z);
        f += isWide ? 2 * lanes : lanes;
      }
  });
}

StemGradients stemGradients(const at::Tensor &x, const at::Tensor &gradient, const at::Tensor &where,
                            at::IntArrayRef shape, int64_t padding) {
  const auto pictures = bordered(x, padding);
  const Sizes z(pictures, shape[0]);
  const int64_t count = x.size(0), rows = where.size(2), columns = where.size(3), taps = 9 * z.channels;
  const int64_t picture = pictures.size(2) * z.row(), pooled = rows * columns * z.filters;
  const int64_t tableCount = (columns + 1) / 2 * 3 * tablesOfRow(z.channels);
  auto sums = at::zeros({count, z.filters / lanes, taps + 1, lanes}, x.options().dtype(at::kFloat));
  using Kernel = decltype(&pictureGradient<1>);
  const Kernel kernels[] = {pictureGradient<1>, pictureGradient<2>, pictureGradient<3>, pictureGradient<4>};
  parallel(count, 1, [&](int64_t begin, int64_t end) {
    std::vector<bfloat16> tables(tableCount * tableWords);
    for (int64_t i = begin; i < end; i++)
      kernels[z.channels - 1](pointer<float>(sums) + i * z.filters * (taps + 1), tables.data(),
                              pointer<bfloat16>(pictures) + i * picture, pointer<bfloat16>(gradient) + i * pooled,
                              pointer<uint8_t>(where) + i * pooled, rows, columns, z);
  });
  auto all = sums.sum(0).transpose(1, 2).reshape({z.filters, taps + 1});
  auto weight = all.narrow(1, 0, taps).reshape({z.filters, 3, 3, z.channels}).permute({0, 3, 1, 2});
  return {weight, all.select(1, taps).contiguous()};
}

#else

bool stemServes(const at::Tensor &, const at::Tensor &, at::ScalarType, at::IntArrayRef, at::IntArrayRef) {
  return false;
}

void stem(const at::Tensor &, const at::Tensor &, const at::Tensor &, int64_t, const at::Tensor &, const at::Tensor &) {}

StemGradients stemGradients(const at::Tensor &, const at::Tensor &, const at::Tensor &, at::IntArrayRef, int64_t) {
  return {};
}

#endif

}  // namespace hone
