// The backward pass of a 3×3 convolution behind a ReLU and a 2×2 max-pool, on CPUs with AVX-512.
//
// Behind a 2×2 max-pool and a ReLU at most one of four gradients is not zero, and which one is known since the forward
// pass. libtorch's backward convolutions multiply by all four. These kernels walk over the survivors only: a quarter of
// the multiplications (less where the ReLU is shut), in float32, which leaves dense bfloat16 arithmetic behind.
//
// Layout is channels-last throughout. One thread works on one picture; the weight gradients of the threads are summed
// in a fixed order, so a result depends on the number of threads but not on their timing.

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "cpu.hpp"
#include "parallel.hpp"
#include "survivors.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define HONE_AVX512 1
#else
#define HONE_AVX512 0
#endif

namespace hone {
namespace {

/// Sizes of one call. `h` and `w` count the padded input.
struct Sizes {
  int64_t n, h, w, c, k, pad;
  int64_t rows() const { return (h - 2) / 2; }     // of the pooled output
  int64_t columns() const { return (w - 2) / 2; }
};

#if HONE_AVX512
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))), apply_to = function)

inline __m512 load(const float *p) { return _mm512_loadu_ps(p); }
inline __m512 load(const at::BFloat16 *p) {
  return _mm512_castsi512_ps(
      _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p))), 16));
}
inline void store(float *p, __m512 x) { _mm512_storeu_ps(p, x); }
inline void store(at::BFloat16 *p, __m512 x) {  // round to nearest, ties to even
  __m512i bits = _mm512_castps_si512(x);
  __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  bits = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), _mm512_cvtepi32_epi16(_mm512_srli_epi32(bits, 16)));
}

/// Rows become columns.
inline void transpose(__m512i (&m)[16]) {
  __m512i t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(m[i], m[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(m[i], m[i + 1]);
  }
  for (int i = 0; i < 16; i += 4)
    for (int j = 0; j < 2; j++) {
      m[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + j + 2]);
      m[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + j + 2]);
    }
  for (int i = 0; i < 16; i += 8)
    for (int j = 0; j < 4; j++) {
      t[i + j] = _mm512_shuffle_i32x4(m[i + j], m[i + j + 4], 0x88);
      t[i + j + 4] = _mm512_shuffle_i32x4(m[i + j], m[i + j + 4], 0xdd);
    }
  for (int j = 0; j < 8; j++) {
    m[j] = _mm512_shuffle_i32x4(t[j], t[j + 8], 0x88);
    m[j + 8] = _mm512_shuffle_i32x4(t[j], t[j + 8], 0xdd);
  }
}

/// Gradients of one strip of windows, sorted by output channel: where in the picture, and how much.
struct Survivors {
  std::vector<int32_t> offset, count;
  std::vector<float> value;
  int64_t width;
  Survivors(int64_t k, int64_t windows) : width(windows + 16) {
    offset.resize(k * width);
    value.resize(k * width);
    count.resize(k);
  }
};

template <typename T>
constexpr bool isNarrow = sizeof(T) == 2;

template <typename T>
void sortByChannel(Survivors &s, float *bias, const T *g, const uint8_t *place, int64_t windows, const Sizes &z,
                   int64_t base) {
  std::fill(s.count.begin(), s.count.end(), 0);
  const __m512i steps = _mm512_setr_epi32(0, int(z.c), int(z.w * z.c), int(z.w * z.c + z.c), 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                          0, 0, 0);
  const __m512i closed = _mm512_set1_epi32(shut);
  // Blocks of 16 windows × 16 channels are turned on their side, so that a channel's survivors are packed at once.
  for (int64_t first = 0; first < windows; first += 16)
    for (int64_t i = 0; i < z.k; i += 16) {
      __m512i places[16], values[16];
      __m512 total = load(bias + i);
      for (int64_t j = 0; j < 16; j++) {
        const int64_t at = (first + j) * z.k + i, next = at + windows * z.k;
        const bool inside = first + j < windows;
        _mm_prefetch(reinterpret_cast<const char *>(g + next), _MM_HINT_T0);
        _mm_prefetch(reinterpret_cast<const char *>(place + next), _MM_HINT_T0);
        __m512i where = inside ? _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(place + at)))
                               : closed;
        __m512 value = inside ? load(g + at) : _mm512_setzero_ps();
        total = _mm512_mask_add_ps(total, _mm512_cmpneq_epi32_mask(where, closed), total, value);
        places[j] = where, values[j] = _mm512_castps_si512(value);
        // The lower half of a bfloat16 has room for the place: one block to turn instead of two.
        if constexpr (isNarrow<T>) values[j] = _mm512_or_si512(values[j], where);
      }
      store(bias + i, total);
      transpose(values);
      if constexpr (!isNarrow<T>) transpose(places);
      const __m512i corners = _mm512_add_epi32(
          _mm512_set1_epi32(int(base + first * 2 * z.c)),
          _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                             _mm512_set1_epi32(int(2 * z.c))));
      for (int64_t j = 0; j < 16; j++) {
        int64_t at = (i + j) * s.width + s.count[i + j];
        const __m512i where = isNarrow<T> ? _mm512_and_si512(values[j], _mm512_set1_epi32(0xffff)) : places[j];
        const __m512i value = isNarrow<T> ? _mm512_sub_epi32(values[j], where) : values[j];
        __mmask16 alive = _mm512_cmpneq_epi32_mask(where, closed);
        __m512i offset = _mm512_add_epi32(_mm512_permutexvar_epi32(where, steps), corners);
        _mm512_storeu_si512(s.offset.data() + at, _mm512_maskz_compress_epi32(alive, offset));
        _mm512_storeu_si512(s.value.data() + at, _mm512_maskz_compress_epi32(alive, value));
        s.count[i + j] += _mm_popcnt_u32(alive);
      }
    }
}

/// Adds one channel's survivors to `R` rows of its weight gradient, each row 3·C numbers in `V` registers; `U` of them at
/// once, each with registers of its own, where so few registers would have to wait for one another.
template <int R, int V, int U = 1>
void addWeights(float *weight, const float *x, const int32_t *offset, const float *value, int64_t count,
                int64_t inputRow, int64_t weightRow, __mmask16 last) {
  auto mask = [&](int v) { return v == V - 1 ? last : __mmask16(0xffff); };
  __m512 sum[U][R][V];
  for (int u = 0; u < U; u++)
    for (int r = 0; r < R; r++)
      for (int v = 0; v < V; v++)
        sum[u][r][v] = u ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask(v), weight + r * weightRow + v * 16);
  auto add = [&](__m512 (&to)[R][V], int64_t i) {
    __m512 g = _mm512_set1_ps(value[i]);
    const float *from = x + offset[i];
    for (int r = 0; r < R; r++)
      for (int v = 0; v < V; v++) {
        __m512 pixel = V == 1 ? _mm512_maskz_loadu_ps(last, from + r * inputRow) : load(from + r * inputRow + v * 16);
        to[r][v] = _mm512_fmadd_ps(g, pixel, to[r][v]);
      }
  };
  int64_t i = 0;
  for (; i + U <= count; i += U)
    for (int u = 0; u < U; u++) add(sum[u], i + u);
  for (; i < count; i++) add(sum[0], i);
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) {
      for (int u = 1; u < U; u++) sum[0][r][v] = sum[0][r][v] + sum[u][r][v];
      _mm512_mask_storeu_ps(weight + r * weightRow + v * 16, mask(v), sum[0][r][v]);
    }
}

/// One picture's part of the weight and bias gradients.
template <typename T>
void weightGradient(float *weight, float *bias, const float *x, const T *g, const uint8_t *place, const Sizes &z) {
  const int64_t row = z.w * z.c, taps = 3 * z.c;
  // Four rows of the strip stay in the first-level cache while every channel walks over them.
  const int64_t chunk = std::clamp<int64_t>(32768 / (4 * 8 * z.c), 4, z.columns());
  Survivors s(z.k, chunk);
  for (int64_t py = 0; py < z.rows(); py++)
    for (int64_t px = 0; px < z.columns(); px += chunk) {
      int64_t windows = std::min(chunk, z.columns() - px), at = (py * z.columns() + px) * z.k;
      sortByChannel(s, bias, g + at, place + at, windows, z, 2 * (py * row + px * z.c));
      for (int64_t k = 0; k < z.k; k++) {
        const int32_t *offset = s.offset.data() + k * s.width;
        const float *value = s.value.data() + k * s.width;
        float *w = weight + k * 3 * taps;
        int64_t count = s.count[k];
        if (count == 0) continue;
        switch (z.c) {
          case 16: addWeights<3, 3>(w, x, offset, value, count, row, taps, 0xffff); break;
          case 32: addWeights<3, 6>(w, x, offset, value, count, row, taps, 0xffff); break;
          case 64:
            for (int r = 0; r < 3; r++)
              addWeights<1, 12>(w + r * taps, x + r * row, offset, value, count, row, taps, 0xffff);
            break;
          case 128:
            for (int r = 0; r < 3; r++)
              addWeights<1, 24>(w + r * taps, x + r * row, offset, value, count, row, taps, 0xffff);
            break;
          default: addWeights<3, 1, 4>(w, x, offset, value, count, row, taps, (1 << taps) - 1);  // up to 5 channels
        }
      }
    }
}

/// The survivors of one window and a block of channels, sorted by their place in the window.
struct Window {
  uint16_t channel[4][64];
  float value[4][64];
  int32_t count[4];
};

template <typename T>
void sortByPlace(Window &window, const T *g, const uint8_t *place, int64_t channels) {
  for (int q = 0; q < 4; q++) window.count[q] = 0;
  for (int64_t i = 0; i < channels; i += 16) {
    __m512i where = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(place + i)));
    __m512 gradient = load(g + i);
    __m512i channel = _mm512_add_epi32(_mm512_set1_epi32(int32_t(i)),
                                       _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    for (int q = 0; q < 4; q++) {
      __mmask16 here = _mm512_cmpeq_epi32_mask(where, _mm512_set1_epi32(q));
      int at = window.count[q];
      __mmask16 packed = (__mmask16)((1u << _mm_popcnt_u32(here)) - 1);
      _mm512_mask_storeu_ps(window.value[q] + at, packed, _mm512_maskz_compress_ps(here, gradient));
      _mm512_mask_cvtepi32_storeu_epi16(window.channel[q] + at, packed, _mm512_maskz_compress_epi32(here, channel));
      window.count[q] = at + _mm_popcnt_u32(here);
    }
  }
}

/// Adds the survivors at place (DY, DX) to the window's 4×4 patch of 16 input channels.
template <int DY, int DX>
inline __attribute__((always_inline)) void addPatch(__m512 (&patch)[4][4], const Window &window, const float *weights) {
  constexpr int q = 2 * DY + DX;
  for (int32_t i = 0; i < window.count[q]; i++) {
    const float *w = weights + int64_t(window.channel[q][i]) * 9 * 16;
    __m512 g = _mm512_set1_ps(window.value[q][i]);
    for (int r = 0; r < 3; r++)
      for (int s = 0; s < 3; s++)
        patch[DY + r][DX + s] = _mm512_fmadd_ps(g, load(w + (r * 3 + s) * 16), patch[DY + r][DX + s]);
  }
}

/// One picture's input gradient. `weights` is packed `[c/16][k][9][16]`, `dx` is `[h, w, c]`, zero before.
template <typename T>
void inputGradient(float *dx, const float *weights, const T *g, const uint8_t *place, const Sizes &z) {
  const int64_t row = z.w * z.c, block = std::min<int64_t>(z.k, 64);
  std::vector<Window> strip(z.columns());
  for (int64_t py = 0; py < z.rows(); py++)
    for (int64_t k = 0; k < z.k; k += block) {
      for (int64_t px = 0; px < z.columns(); px++) {
        int64_t at = (py * z.columns() + px) * z.k + k;
        sortByPlace(strip[px], g + at, place + at, std::min(block, z.k - k));
      }
      for (int64_t c = 0; c < z.c; c += 16) {
        const float *w = weights + (c / 16 * z.k + k) * 9 * 16;
        for (int64_t px = 0; px < z.columns(); px++) {
          float *corner = dx + 2 * py * row + 2 * px * z.c + c;
          __m512 patch[4][4];
          for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) patch[i][j] = load(corner + i * row + j * z.c);
          addPatch<0, 0>(patch, strip[px], w);
          addPatch<0, 1>(patch, strip[px], w);
          addPatch<1, 0>(patch, strip[px], w);
          addPatch<1, 1>(patch, strip[px], w);
          for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++) store(corner + i * row + j * z.c, patch[i][j]);
        }
      }
    }
}

/// A picture `[h, w, c]` of any element type to float32 inside a border of zeros, and back.
template <typename T>
void widen(float *to, const T *from, const Sizes &z) {
  const int64_t width = (z.w - 2 * z.pad) * z.c;
  for (int64_t y = 0; y < z.h - 2 * z.pad; y++) {
    const T *source = from + y * width;
    float *target = to + ((y + z.pad) * z.w + z.pad) * z.c;
    int64_t i = 0;
    for (; i + 16 <= width; i += 16) store(target + i, load(source + i));
    for (; i < width; i++) target[i] = float(source[i]);
  }
}
template <typename T>
void narrow(T *to, const float *from, const Sizes &z) {
  const int64_t width = (z.w - 2 * z.pad) * z.c;
  for (int64_t y = 0; y < z.h - 2 * z.pad; y++) {
    const float *source = from + ((y + z.pad) * z.w + z.pad) * z.c;
    T *target = to + y * width;
    for (int64_t i = 0; i < width; i += 16) store(target + i, load(source + i));
  }
}

#pragma clang attribute pop
#endif

#if HONE_AVX512
template <typename T>
void backward(const Sizes &z, const at::Tensor &x, const at::Tensor &g, const at::Tensor &weight,
              const at::Tensor &place, at::Tensor *dx, at::Tensor &dw, at::Tensor &db) {
  const int64_t threads = std::min<int64_t>(at::get_num_threads(), z.n), picture = z.h * z.w * z.c;
  const int64_t pooled = z.rows() * z.columns() * z.k, input = (z.h - 2 * z.pad) * (z.w - 2 * z.pad) * z.c;
  auto options = weight.options();
  at::Tensor weights = at::zeros({threads, z.k * 9 * z.c}, options), biases = at::zeros({threads, z.k}, options);
  at::Tensor buffers = at::zeros({threads, picture + 64}, options), gradients;
  at::Tensor packed;
  if (dx) {
    gradients = at::empty({threads, picture}, options);
    packed = weight.permute({1, 0, 2, 3}).reshape({z.c / 16, 16, z.k, 9}).permute({0, 2, 3, 1}).contiguous();
  }
  // A fixed share for each thread: the same sums whatever the timing.
  const int64_t share = (z.n + threads - 1) / threads;
  parallel(threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; t++)
      for (int64_t i = t * share; i < std::min(z.n, (t + 1) * share); i++) {
        const T *gi = g.data_ptr<T>() + i * pooled;
        const uint8_t *pi = place.data_ptr<uint8_t>() + i * pooled;
        float *wide = buffers.data_ptr<float>() + t * (picture + 64);
        widen(wide, x.data_ptr<T>() + i * input, z);
        weightGradient(weights.data_ptr<float>() + t * z.k * 9 * z.c, biases.data_ptr<float>() + t * z.k, wide, gi, pi,
                       z);
        if (dx) {
          float *to = gradients.data_ptr<float>() + t * picture;
          std::fill(to, to + picture, 0.0f);
          inputGradient(to, packed.data_ptr<float>(), gi, pi, z);
          narrow(dx->data_ptr<T>() + i * input, to, z);
        }
      }
  });
  dw = weights.sum(0).view({z.k, 3, 3, z.c}).permute({0, 3, 1, 2});
  db = biases.sum(0);
}
#endif

}  // namespace

bool survivorsServe(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
                    bool wantsInput) {
#if HONE_AVX512
  int64_t c = weight.size(1), k = weight.size(0), pad = padding[0];
  // Input gradients of a few channels are the first layer's, which nobody asks for outside saliency maps.
  bool channels = c == 16 || c == 32 || c == 64 || c == 128 || (c <= 5 && !wantsInput);
  bool sizes = x.size(2) + 2 * pad >= 4 && x.size(3) + 2 * pad >= 4;
  bool window = weight.size(2) == 3 && weight.size(3) == 3 && stride[0] == 1 && stride[1] == 1;
  return hasWideRegisters() && channels && sizes && window && k % 16 == 0 && pad <= 1 && padding[1] == pad;
#else
  return false;
#endif
}

SurvivorGradients survivorGradients(const at::Tensor &x, const at::Tensor &g, const at::Tensor &weight,
                                    const at::Tensor &place, int64_t pad, bool wantsInput) {
  SurvivorGradients result;
#if HONE_AVX512
  Sizes z{x.size(0), x.size(2) + 2 * pad, x.size(3) + 2 * pad, x.size(1), weight.size(0), pad};
  if (wantsInput) result.input = at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
  auto run = x.scalar_type() == at::kFloat ? backward<float> : backward<at::BFloat16>;
  run(z, x, g, weight.contiguous(), place, wantsInput ? &result.input : nullptr, result.weight, result.bias);
#endif
  return result;
}

}  // namespace hone
