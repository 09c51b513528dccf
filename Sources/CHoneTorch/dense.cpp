// A large dense layer in bfloat16 on CPUs that multiply it (AVX-512 BF16).
//
// Under autocast libtorch converts the whole weight at every step, and its gradient back: that moves more memory than
// the products themselves. Here the weight is read as float32 and rounded on its way into the registers, and its gradient
// leaves as float32 at once. Numbers are rounded where autocast rounds them, but for the weight's gradient, which is not.

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define HONE_BF16 1
#else
#define HONE_BF16 0
#endif

namespace hone {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

#if HONE_BF16
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))), apply_to = function)

using bfloat16 = uint16_t;

inline __m512bh load32(const void *p) { return (__m512bh)_mm512_loadu_si512(p); }

/// 32 numbers, rounded.
inline __m512bh round32(const float *p) {
  return _mm512_cvtne2ps_pbh(_mm512_loadu_ps(p + 16), _mm512_loadu_ps(p));
}

/// Two halves of 16 numbers as 16 pairs.
inline __m512i interleave(__m512i halves) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, halves);
}
inline __m512i pairs(const float *first, const float *second) {
  return interleave((__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(second), _mm512_loadu_ps(first)));
}
inline __m512i pairs(const bfloat16 *first, const bfloat16 *second) {
  auto low = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(first));
  auto high = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(second));
  return interleave(_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1));
}

inline void fetch(const float *p) { _mm_prefetch(reinterpret_cast<const char *>(p), _MM_HINT_T1); }

/// The sums of N vectors of numbers, one or four.
template <int N>
inline void sumEach(const __m512 (&v)[N], float (&sums)[N]) {
  if constexpr (N == 1) {
    sums[0] = _mm512_reduce_add_ps(v[0]);
  } else {
    __m512 first = _mm512_unpacklo_ps(v[0], v[1]) + _mm512_unpackhi_ps(v[0], v[1]);
    __m512 second = _mm512_unpacklo_ps(v[2], v[3]) + _mm512_unpackhi_ps(v[2], v[3]);
    __m512 all = (__m512)_mm512_unpacklo_pd((__m512d)first, (__m512d)second) +
                 (__m512)_mm512_unpackhi_pd((__m512d)first, (__m512d)second);
    __m256 half = _mm512_castps512_ps256(all) + _mm512_extractf32x8_ps(all, 1);
    _mm_storeu_ps(sums, _mm256_castps256_ps128(half) + _mm256_extractf128_ps(half, 1));
  }
}

/// Products of N rows of x with R rows of rounded weights, into `out`; meanwhile `ahead` comes from the memory.
template <int N, int R>
void dots(const bfloat16 *x, int64_t inputs, const bfloat16 *weights, int64_t count, const float *ahead, float *out,
          int64_t outputs) {
  __m512 sums[R][N];
  for (auto &row : sums)
    for (auto &sum : row) sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < count; i += 32) {
    fetch(ahead + i), fetch(ahead + i + 16);
    __m512bh values[N];
    for (int n = 0; n < N; n++) values[n] = load32(x + n * inputs + i);
    for (int r = 0; r < R; r++) {
      __m512bh w = load32(weights + r * count + i);
      for (int n = 0; n < N; n++) sums[r][n] = _mm512_dpbf16_ps(sums[r][n], values[n], w);
    }
  }
  for (int r = 0; r < R; r++) {
    float each[N];
    sumEach(sums[r], each);
    for (int n = 0; n < N; n++) out[n * outputs + r] = each[n];
  }
}

/// R outputs of all pictures, from `count` inputs.
template <int R>
void outputsOf(const bfloat16 *x, const float *weight, bfloat16 *rounded, int64_t pictures, int64_t inputs,
               int64_t count, float *out, int64_t outputs) {
  for (int r = 0; r < R; r++)
    for (int64_t i = 0; i < count; i += 32)
      _mm512_storeu_si512(rounded + r * count + i, (__m512i)round32(weight + r * inputs + i));
  // Every pass over the pictures fetches one of the rows that come next.
  auto ahead = [&](int64_t pass) { return weight + (R + pass % R) * inputs; };
  int64_t n = 0;
  for (; n + 4 <= pictures; n += 4)
    dots<4, R>(x + n * inputs, inputs, rounded, count, ahead(n / 4), out + n * outputs, outputs);
  for (; n < pictures; n++)
    dots<1, R>(x + n * inputs, inputs, rounded, count, ahead(n), out + n * outputs, outputs);
}

/// `[chunks, pictures, outputs]`: what each chunk of inputs adds to the outputs.
at::Tensor products(const at::Tensor &x, const at::Tensor &weight) {
  constexpr int64_t chunk = 1024;  // of a row: six rounded ones stay in the first-level cache
  constexpr int rows = 6;
  const int64_t pictures = x.size(0), inputs = x.size(1), outputs = weight.size(0);
  const int64_t chunks = (inputs + chunk - 1) / chunk;
  auto parts = at::empty({chunks, pictures, outputs}, weight.options().requires_grad(false));
  parallel(chunks, 1, [&](int64_t begin, int64_t end) {
    std::vector<bfloat16> rounded(rows * chunk);
    for (int64_t c = begin; c < end; c++) {
      const int64_t first = c * chunk, count = std::min(chunk, inputs - first);
      const bfloat16 *from = pointer<bfloat16>(x) + first;
      const float *w = pointer<float>(weight) + first;
      float *out = pointer<float>(parts) + c * pictures * outputs;
      int64_t o = 0;
      for (; o + rows <= outputs; o += rows)
        outputsOf<rows>(from, w + o * inputs, rounded.data(), pictures, inputs, count, out + o, outputs);
      for (; o < outputs; o++)
        outputsOf<1>(from, w + o * inputs, rounded.data(), pictures, inputs, count, out + o, outputs);
    }
  });
  return parts;
}

/// N pictures' gradients at 32 inputs; `weights` has 32 pairs for every two outputs, a pair being the two's. Meanwhile a
/// line of every other row from `ahead` on comes from the memory.
template <int N>
void inputTile(const bfloat16 *gradient, int64_t outputs, const uint32_t *weights, const float *ahead, bfloat16 *result,
               int64_t inputs) {
  __m512 sums[N][2];
  for (auto &row : sums) row[0] = row[1] = _mm512_setzero_ps();
  for (int64_t o = 0; o < outputs; o += 2, weights += 32, ahead += 2 * inputs) {
    fetch(ahead);
    __m512bh left = load32(weights), right = load32(weights + 16);
    for (int n = 0; n < N; n++) {
      int32_t both;
      std::memcpy(&both, gradient + n * outputs + o, sizeof both);
      auto g = (__m512bh)_mm512_set1_epi32(both);
      sums[n][0] = _mm512_dpbf16_ps(sums[n][0], g, left);
      sums[n][1] = _mm512_dpbf16_ps(sums[n][1], g, right);
    }
  }
  for (int n = 0; n < N; n++)
    _mm512_storeu_si512(result + n * inputs, (__m512i)_mm512_cvtne2ps_pbh(sums[n][1], sums[n][0]));
}

void inputGradient(const at::Tensor &gradient, const at::Tensor &weight, const at::Tensor &result) {
  constexpr int64_t tile = 32, strip = 4;  // tiles: this strip and the next stay in the second-level cache
  const int64_t pictures = gradient.size(0), outputs = weight.size(0), inputs = weight.size(1), tiles = inputs / tile;
  const auto *g = pointer<bfloat16>(gradient);
  const float *w = pointer<float>(weight);
  parallel((tiles + strip - 1) / strip, 1, [&](int64_t begin, int64_t end) {
    std::vector<uint32_t> packed(strip * tile * outputs / 2);
    for (int64_t first = begin * strip; first < std::min(tiles, end * strip); first += strip) {
      const int64_t count = std::min(strip, tiles - first);
      for (int64_t o = 0; o < outputs; o += 2)
        for (int64_t i = 0; i < count * tile; i += 16) {
          const float *from = w + o * inputs + first * tile + i;
          _mm512_storeu_si512(packed.data() + i / tile * tile * outputs / 2 + o / 2 * tile + i % tile,
                              pairs(from, from + inputs));
        }
      for (int64_t t = 0; t < count; t++) {
        const uint32_t *weights = packed.data() + t * tile * outputs / 2;
        bfloat16 *to = pointer<bfloat16>(result) + (first + t) * tile;
        // Two lines of two rows, one in each of four passes, are the next strip's.
        const float *next = w + (first + strip + t) * tile;
        auto ahead = [&](int64_t pass) { return next + pass / 2 % 2 * inputs + pass % 2 * 16; };
        int64_t n = 0;
        for (; n + 8 <= pictures; n += 8)
          inputTile<8>(g + n * outputs, outputs, weights, ahead(n / 8), to + n * inputs, inputs);
        for (; n < pictures; n++)
          inputTile<1>(g + n * outputs, outputs, weights, ahead(n), to + n * inputs, inputs);
      }
    }
  });
}

/// R rows of the weight's gradient at V·16 inputs. `x` has a row of `width` pairs for every two pictures, `gradient` of
/// R rows a pair for every two pictures.
template <int R, int V>
void weightTile(const uint32_t *x, int64_t width, const uint32_t *gradient, int64_t couples, float *result,
                int64_t inputs) {
  __m512 sums[R][V];
  for (auto &row : sums)
    for (auto &sum : row) sum = _mm512_setzero_ps();
  for (int64_t p = 0; p < couples; p++) {
    __m512bh g[R];
    for (int r = 0; r < R; r++) g[r] = (__m512bh)_mm512_set1_epi32(int32_t(gradient[r * couples + p]));
    for (int v = 0; v < V; v++) {
      __m512bh value = load32(x + p * width + v * 16);
      for (int r = 0; r < R; r++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], value, g[r]);
    }
  }
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) _mm512_stream_ps(result + r * inputs + v * 16, sums[r][v]);
}

template <int R>
void weightRows(const uint32_t *x, int64_t width, const uint32_t *gradient, int64_t couples, float *result,
                int64_t inputs) {
  int64_t i = 0;
  for (; i + 128 <= width; i += 128) weightTile<R, 8>(x + i, width, gradient, couples, result + i, inputs);
  for (; i < width; i += 16) weightTile<R, 1>(x + i, width, gradient, couples, result + i, inputs);
}

/// Pictures two by two, so that their products are summed in one instruction: `[outputs, couples]`.
std::vector<uint32_t> couple(const bfloat16 *gradient, int64_t pictures, int64_t outputs) {
  const int64_t couples = (pictures + 1) / 2;
  std::vector<uint32_t> result(outputs * couples);
  for (int64_t n = 0; n < pictures; n++)
    for (int64_t o = 0; o < outputs; o++)
      result[o * couples + n / 2] |= uint32_t(gradient[n * outputs + o]) << (n % 2 * 16);
  return result;
}

void weightGradient(const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &result) {
  const int64_t pictures = x.size(0), inputs = x.size(1), outputs = gradient.size(1), couples = (pictures + 1) / 2;
  // Of inputs: the pictures' part stays in the first-level cache where they are few.
  const int64_t strip = std::clamp<int64_t>(8192 / couples / 128 * 128, 128, 1024);
  const auto *from = pointer<bfloat16>(x);
  const auto coupled = couple(pointer<bfloat16>(gradient), pictures, outputs);
  const std::vector<bfloat16> zeros(strip);
  parallel((inputs + strip - 1) / strip, 1, [&](int64_t begin, int64_t end) {
    std::vector<uint32_t> packed(couples * strip);
    for (int64_t first = begin * strip; first < std::min(inputs, end * strip); first += strip) {
      const int64_t width = std::min(strip, inputs - first);
      for (int64_t p = 0; p < couples; p++)
        for (int64_t i = 0; i < width; i += 16) {
          const bfloat16 *one = from + 2 * p * inputs + first + i;
          const bfloat16 *other = 2 * p + 1 < pictures ? one + inputs : zeros.data();
          _mm512_storeu_si512(packed.data() + p * width + i, pairs(one, other));
        }
      float *to = pointer<float>(result) + first;
      int64_t o = 0;
      for (; o + 3 <= outputs; o += 3)
        weightRows<3>(packed.data(), width, coupled.data() + o * couples, couples, to + o * inputs, inputs);
      for (; o < outputs; o++)
        weightRows<1>(packed.data(), width, coupled.data() + o * couples, couples, to + o * inputs, inputs);
    }
    _mm_sfence();
  });
}

#pragma clang attribute pop

struct LargeDense : torch::autograd::Function<LargeDense> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto x = input.to(at::kBFloat16).contiguous();
    context->save_for_backward({x, weight});
    context->saved_data["biased"] = bias.has_value();
    auto y = products(x, weight).sum(0);
    return (bias ? y.add_(*bias) : y).to(at::kBFloat16);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &weight = saved[1];
    auto gradient = gradients[0].to(at::kBFloat16).contiguous();
    at::Tensor dx, dw, db;
    if (context->needs_input_grad(0)) inputGradient(gradient, weight, dx = at::empty_like(x));
    if (context->needs_input_grad(1)) weightGradient(gradient, x, dw = at::empty_like(weight));
    if (context->saved_data["biased"].toBool()) db = gradient.sum(at::IntArrayRef{0}, false, at::kFloat);
    return {dx, dw, db};
  }
};

bool serves(const at::Tensor &x, const at::Tensor &weight) {
  constexpr int64_t large = 1 << 20, mostPictures = 128;  // beyond, libtorch's blocking wins
  bool types = computeType(x) == at::kBFloat16 && weight.scalar_type() == at::kFloat;
  bool shapes = x.dim() == 2 && weight.dim() == 2 && x.size(1) == weight.size(1) && x.size(0) <= mostPictures;
  bool places = x.is_cpu() && weight.is_cpu() && weight.is_contiguous();
  bool sizes = weight.numel() >= large && weight.size(0) % 2 == 0 && weight.size(1) % 32 == 0;
  return roundsToBFloat16() && types && shapes && places && sizes;
}
#endif

}  // namespace

at::Tensor dense(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
#if HONE_BF16
  if (serves(x, weight)) return LargeDense::apply(x, weight, bias);
#endif
  return at::linear(x, weight, bias);
}

}  // namespace hone
