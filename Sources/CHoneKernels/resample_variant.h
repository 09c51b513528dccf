/* Loops that weigh rows and columns, included once per instruction set by resample.c with RES(name) naming the variant. */
#include "lanes.h"

static inline uint8_t RES(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

/* LANE_BYTES outputs at once. */
static void RES(weighted_block)(const uint8_t *const *rows, const int32_t *weights, int taps, size_t at, uint8_t *out) {
  LANE(row32) sums[4];
  for (int q = 0; q < 4; q++) sums[q] = (LANE(row32)){} + (1 << (HK_WEIGHT_BITS - 1));
  for (int t = 0; t < taps; t++) {
    LANE(row16) values[4];
    LANE(pair_up)(LANE(get)(rows[t] + at), (LANE(row)){}, values);
    for (int q = 0; q < 4; q++) sums[q] += (LANE(row32))values[q] * weights[t];
  }
  for (int q = 0; q < 4; q++) sums[q] >>= HK_WEIGHT_BITS;
  const LANE(row) made = LANE(pack)(sums);
  __builtin_memcpy(out + at, &made, LANE_BYTES);
}

static void RES(weighted_rows)(const uint8_t *const *rows, const int32_t *weights, int taps, size_t count,
                              uint8_t *restrict out) {
  if (count >= LANE_BYTES) {
    for (size_t i = 0; i < count; i += LANE_BYTES)
      RES(weighted_block)(rows, weights, taps, i + LANE_BYTES <= count ? i : count - LANE_BYTES, out);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    int32_t sum = 1 << (HK_WEIGHT_BITS - 1);
    for (int t = 0; t < taps; t++) sum += rows[t][i] * weights[t];
    out[i] = RES(clamp)(sum >> HK_WEIGHT_BITS);
  }
}

static void RES(resample_column)(const uint8_t *p, ptrdiff_t stride, int rows, int channels, const int32_t *w,
                                int32_t count, uint8_t *out, ptrdiff_t out_stride) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < channels; c++) {
      int32_t sum = 1 << (HK_WEIGHT_BITS - 1);
      for (int32_t t = 0; t < count; t++) sum += p[r * stride + t * channels + c] * w[t];
      out[r * out_stride + c] = RES(clamp)(sum >> HK_WEIGHT_BITS);
    }
}

/* Eight rows lie side by side while they are resampled: pixel i of row r has the four bytes from 32 i + 4 r on. */
enum { RES(span) = 512, RES(chunk) = 128 };

/* `safe` pixels of every row may be read. */
static void RES(stack)(const uint8_t *rows, ptrdiff_t stride, size_t count, size_t safe, uint8_t *out) {
  size_t i = 0;
  for (; i + 4 <= count && i + 6 <= safe; i += 4)
    for (int half = 0; half < 2; half++) {
      LANE(quad) v[4];
      for (int r = 0; r < 4; r++) v[r] = LANE(spread)(rows + (4 * half + r) * stride + 3 * i);
      LANE(turn)(v);
      for (int k = 0; k < 4; k++) __builtin_memcpy(out + 32 * (i + (size_t)k) + 16 * half, &v[k], 16);
    }
  for (; i < count; i++)
    for (int r = 0; r < 8; r++) {
      const uint8_t *p = rows + r * stride + 3 * i;
      const uint8_t pixel[4] = {p[0], p[1], p[2], 0};
      __builtin_memcpy(out + 32 * i + 4 * r, pixel, 4);
    }
}

static void RES(unstack)(const uint8_t *stack, size_t count, uint8_t *out, ptrdiff_t stride) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (int half = 0; half < 2; half++) {
      LANE(quad) v[4];
      for (int k = 0; k < 4; k++) __builtin_memcpy(&v[k], stack + 32 * (i + (size_t)k) + 16 * half, 16);
      LANE(turn)(v);
      for (int r = 0; r < 4; r++) {
        const LANE(bytes) packed = LANE(packed)(v[r]);
        uint8_t *to = out + (4 * half + r) * stride + 3 * i;
        if (i + 6 <= count) __builtin_memcpy(to, &packed, 16);
        else __builtin_memcpy(to, &packed, 12);
      }
    }
  for (; i < count; i++)
    for (int r = 0; r < 8; r++) __builtin_memcpy(out + r * stride + 3 * i, stack + 32 * i + 4 * r, 3);
}

static void RES(resample_stack)(const uint8_t *stack, int32_t origin, const int32_t *starts, const int32_t *counts,
                               const int32_t *weights, int taps, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i++, weights += taps, out += 32) {
    const uint8_t *p = stack + 32 * (starts[i] - origin);
    LANE(sums) sums[4];
    for (int q = 0; q < 4; q++) sums[q] = (LANE(sums)){} + (1 << (HK_WEIGHT_BITS - 1));
    for (int32_t t = 0; t < counts[i]; t++, p += 32)
      for (int q = 0; q < 4; q++) sums[q] += LANE(load)(p + 8 * q) * weights[t];
    for (int q = 0; q < 4; q++) sums[q] >>= HK_WEIGHT_BITS;
    LANE(store)(sums, out);
  }
}

/* Outputs from `first` on whose inputs fit a stack, at most a chunk of them; their inputs' range. */
static size_t RES(fitting)(const int32_t *starts, const int32_t *counts, size_t count, int32_t *low, int32_t *high) {
  size_t n = 0;
  *low = starts[0], *high = starts[0];
  for (; n < count && n < RES(chunk); n++) {
    const int32_t left = starts[n] < *low ? starts[n] : *low, end = starts[n] + counts[n];
    const int32_t right = end > *high ? end : *high;
    if (right - left > RES(span)) break;
    *low = left, *high = right;
  }
  return n;
}

/* Eight rows of three channels; `readable` bytes from the last row's beginning on. */
static void RES(resample_eight)(const uint8_t *rows, ptrdiff_t stride, ptrdiff_t readable, const int32_t *starts,
                               const int32_t *counts, const int32_t *weights, int taps, size_t count, uint8_t *out) {
  uint8_t stack[32 * RES(span)], made[32 * RES(chunk)];
  const ptrdiff_t out_stride = 3 * (ptrdiff_t)count;
  size_t n;
  for (size_t i = 0; i < count; i += n) {
    const int32_t *w = weights + i * (size_t)taps;
    int32_t low, high;
    n = RES(fitting)(starts + i, counts + i, count - i, &low, &high);
    if (n > 0) {
      RES(stack)(rows + 3 * low, stride, (size_t)(high - low), (size_t)(readable / 3 - low), stack);
      RES(resample_stack)(stack, low, starts + i, counts + i, w, taps, n, made);
      RES(unstack)(made, n, out + 3 * i, out_stride);
    } else {
      n = 1;
      RES(resample_column)(rows + 3 * (ptrdiff_t)starts[i], stride, 8, 3, w, counts[i], out + 3 * i, out_stride);
    }
  }
}

#if LANE_BYTES == 64
/* Sixteen bytes of a row at once: where the 64 source bytes begin among which they look, which of these belongs to each,
 * and for every tap, the taps' bytes being `channels` apart, its weights. Space holds blocks of 64 (1 + taps) bytes, then
 * where they begin. */
static int RES(plan_blocks)(const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps, int used,
                            size_t length, int channels, uint8_t *space, int32_t *bases) {
  for (size_t b = 0; b * 16 < length; b++, space += 64 * (1 + used)) {
    const size_t first = b * 16 + 16 <= length ? b * 16 : length - 16;
    int32_t base = INT32_MAX;
    for (size_t k = 0; k < 16; k++) {
      const int32_t start = starts[(first + k) / (size_t)channels];
      base = start < base ? start : base;
    }
    bases[b] = base * channels;
    for (size_t k = 0; k < 16; k++) {
      const size_t pixel = (first + k) / (size_t)channels, channel = (first + k) % (size_t)channels;
      const int32_t place = (starts[pixel] - base) * channels + (int32_t)channel;
      if (place > 63) return 0;
      const uint8_t index[4] = {(uint8_t)place, 0, 0, 0};
      __builtin_memcpy(space + 4 * k, index, 4);
      for (int t = 0; t < used; t++) {
        const int32_t weight = t < counts[pixel] ? weights[pixel * (size_t)taps + (size_t)t] : 0;
        __builtin_memcpy(space + 64 * (1 + t) + 4 * k, &weight, 4);
      }
    }
  }
  return 1;
}

/* `readable` bytes may be read, which is asked only where `edge` says that it matters. */
static inline __attribute__((always_inline)) void RES(resample_blocks)(const uint8_t *row, ptrdiff_t readable, int edge,
                                                                       const uint8_t *space, const int32_t *bases,
                                                                       int used, size_t length, int channels,
                                                                       uint8_t *out) {
  for (size_t b = 0; b * 16 < length; b++, space += 64 * (1 + used)) {
    const uint8_t *from = row + bases[b];
    const __m512i places = _mm512_loadu_si512(space);
    __m512i sums = _mm512_set1_epi32(1 << (HK_WEIGHT_BITS - 1));
    for (int t = 0; t < used; t++, from += channels) {
      const ptrdiff_t left = readable - (from - row);
      const __mmask64 there = left >= 64 ? ~0ull : left > 0 ? (1ull << left) - 1 : 0;
      const __m512i bytes = edge ? _mm512_maskz_loadu_epi8(there, from) : _mm512_loadu_si512(from);
      const __m512i levels = _mm512_maskz_permutexvar_epi8(0x1111111111111111ull, places, bytes);
      sums = _mm512_add_epi32(sums, _mm512_mullo_epi32(levels, _mm512_loadu_si512(space + 64 * (1 + t))));
    }
    sums = _mm512_max_epi32(_mm512_srai_epi32(sums, HK_WEIGHT_BITS), _mm512_setzero_si512());
    const size_t at = b * 16 + 16 <= length ? b * 16 : length - 16;
    _mm_storeu_si128((__m128i *)(out + at), _mm512_cvtusepi32_epi8(sums));
  }
}

/* Whether it could be done in blocks: only where inputs lie near each other. */
static int RES(in_blocks)(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                          const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps, size_t count,
                          uint8_t *space, uint8_t *out) {
  const size_t length = count * (size_t)channels;
  int used = 0;
  for (size_t i = 0; i < count; i++) used = counts[i] > used ? counts[i] : used;
  int32_t *bases = (int32_t *)(space + (length + 15) / 16 * 64 * (1 + (size_t)used));
  if (length < 16 || rows < 4 || !RES(plan_blocks)(starts, counts, weights, taps, used, length, channels, space, bases))
    return 0;
  ptrdiff_t reach = 0;
  for (size_t b = 0; b * 16 < length; b++) reach = bases[b] > reach ? bases[b] : reach;
  reach += used * channels + 64;
  for (size_t y = 0; y < rows; y++, out += length, pixels += stride, readable -= (size_t)stride) {
    if ((ptrdiff_t)readable < reach)
      RES(resample_blocks)(pixels, (ptrdiff_t)readable, 1, space, bases, used, length, channels, out);
    else if (used == 2)
      RES(resample_blocks)(pixels, 0, 0, space, bases, 2, length, channels, out);
    else
      RES(resample_blocks)(pixels, 0, 0, space, bases, used, length, channels, out);
  }
  return 1;
}
#endif

static void RES(resample_rows)(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                              const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps,
                              size_t count, void *space, uint8_t *out) {
#if LANE_BYTES == 64
  if (RES(in_blocks)(pixels, stride, rows, readable, channels, starts, counts, weights, taps, count, space, out)) return;
#else
  (void)space;
#endif
  const ptrdiff_t out_stride = (ptrdiff_t)count * channels;
  for (size_t y = 0; y < rows; y += 8) {
    const size_t block = rows < 8 ? rows : 8, first = y + block > rows ? rows - block : y;
    const uint8_t *from = pixels + (ptrdiff_t)first * stride;
    uint8_t *to = out + (ptrdiff_t)first * out_stride;
    const ptrdiff_t left = (ptrdiff_t)readable - (ptrdiff_t)(first + block - 1) * stride;
    if (channels == 3 && block == 8) {
      RES(resample_eight)(from, stride, left, starts, counts, weights, taps, count, to);
    } else {
      for (size_t i = 0; i < count; i++)
        RES(resample_column)(from + (ptrdiff_t)starts[i] * channels, stride, (int)block, channels,
                            weights + i * (size_t)taps, counts[i], to + (ptrdiff_t)i * channels, out_stride);
    }
  }
}
static const resample_kernels RES(loops) = {RES(weighted_rows), RES(resample_rows)};
