/* The loops, included once per instruction set by kernels.c with HK(name) naming the variant. */
#include "lanes.h"

static inline uint8_t HK(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

/* Thirty-two pixels' new channel. */
static inline __attribute__((always_inline)) void HK(matrix_row)(const LANE(sums) * r, const LANE(sums) * g,
                                                                 const LANE(sums) * b, const int32_t m[4],
                                                                 uint8_t *out) {
  LANE(sums) sums[4];
  for (int q = 0; q < 4; q++)
    sums[q] = (r[q] * m[0] + g[q] * m[1] + b[q] * m[2] + (m[3] + (1 << (HK_MATRIX_BITS - 1)))) >> HK_MATRIX_BITS;
  LANE(store)(sums, out);
}

static void HK(matrix)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count,
                       const int32_t m[12]) {
  const int grey = !__builtin_memcmp(m, m + 4, 16) && !__builtin_memcmp(m, m + 8, 16);
  const int32_t half = 1 << (HK_MATRIX_BITS - 1);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    LANE(sums) x[4], y[4], z[4];
    for (int q = 0; q < 4; q++) {
      x[q] = LANE(load)(r + i + 8 * q);
      y[q] = LANE(load)(g + i + 8 * q);
      z[q] = LANE(load)(b + i + 8 * q);
    }
    HK(matrix_row)(x, y, z, m, r + i);
    if (grey) {
      __builtin_memcpy(g + i, r + i, 32);
      __builtin_memcpy(b + i, r + i, 32);
    } else {
      HK(matrix_row)(x, y, z, m + 4, g + i);
      HK(matrix_row)(x, y, z, m + 8, b + i);
    }
  }
  for (; i < count; i++) {
    const int32_t x = r[i], y = g[i], z = b[i];
    r[i] = HK(clamp)((m[0] * x + m[1] * y + m[2] * z + m[3] + half) >> HK_MATRIX_BITS);
    g[i] = HK(clamp)((m[4] * x + m[5] * y + m[6] * z + m[7] + half) >> HK_MATRIX_BITS);
    b[i] = HK(clamp)((m[8] * x + m[9] * y + m[10] * z + m[11] + half) >> HK_MATRIX_BITS);
  }
}

/* With chroma c, a hue of h sixths makes a channel v - clamp(min(k, 4c - k), 0, c), k = (n + h) c mod 6c. All terms are
 * multiples of c, so no division is needed; 3 fraction bits keep everything within 16 bits. */
static inline int16_t HK(hue_channel)(int16_t v, int16_t c, int16_t k) {
  const int16_t down = (int16_t)(4 * c - k);
  int16_t drop = k < down ? k : down;
  drop = drop < 0 ? 0 : drop;
  drop = drop > c ? c : drop;
  return (int16_t)((v - drop + 4) >> 3);
}

static void HK(hue)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count, int shift) {
  const int32_t turn = shift; /* sixths of the circle, 8 fraction bits */
  for (size_t i = 0; i < count; i++) {
    const int16_t x = r[i], y = g[i], z = b[i];
    int16_t high = x > y ? x : y, low = x < y ? x : y;
    high = high > z ? high : z;
    low = low < z ? low : z;
    const int16_t c = (int16_t)((high - low) * 8), c2 = (int16_t)(2 * c), c6 = (int16_t)(3 * c2);
    const int16_t from_red = (int16_t)((y - z) * 8);
    const int16_t from_green = (int16_t)(c2 + (z - x) * 8);
    const int16_t from_blue = (int16_t)(2 * c2 + (x - y) * 8);
    int16_t hue = high == x ? from_red : high == y ? from_green : from_blue;
    hue = (int16_t)(hue + (int16_t)(((high - low) * turn + 16) >> 5));
    hue = hue < 0 ? (int16_t)(hue + c6) : hue;
    hue = hue >= c6 ? (int16_t)(hue - c6) : hue; /* 0 ..< 6c */
    int16_t kr = (int16_t)(hue - c); /* 5c - 6c */
    kr = kr < 0 ? (int16_t)(kr + c6) : kr;
    int16_t kg = (int16_t)(hue - 3 * c);
    kg = kg < 0 ? (int16_t)(kg + c6) : kg;
    int16_t kb = (int16_t)(hue - 5 * c);
    kb = kb < 0 ? (int16_t)(kb + c6) : kb;
    const int16_t v = (int16_t)(high * 8);
    r[i] = (uint8_t)HK(hue_channel)(v, c, kr);
    g[i] = (uint8_t)HK(hue_channel)(v, c, kg);
    b[i] = (uint8_t)HK(hue_channel)(v, c, kb);
  }
}

static void HK(blend)(uint8_t *restrict a, const uint8_t *restrict b, size_t count, int32_t weight) {
  for (size_t i = 0; i < count; i++)
    a[i] = HK(clamp)(a[i] + ((((int32_t)b[i] - a[i]) * weight + 32768) >> 16));
}

static uint64_t HK(luma_sum)(const uint8_t *restrict r, const uint8_t *restrict g, const uint8_t *restrict b,
                             size_t count) {
  uint64_t total = 0;
  for (size_t start = 0; start < count; start += 4096) {
    const size_t end = count - start < 4096 ? count : start + 4096;
    uint32_t sum = 0;
    for (size_t i = start; i < end; i++) sum += (r[i] * 19595u + g[i] * 38470u + b[i] * 7471u + 0x8000u) >> 16;
    total += sum;
  }
  return total;
}

static void HK(normalize_float32)(const uint8_t *restrict values, size_t count, float scale, float bias,
                                  float *restrict out) {
  for (size_t i = 0; i < count; i++) out[i] = (float)values[i] * scale + bias;
}

static inline uint16_t HK(bfloat16)(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16); /* to nearest, ties to even; no NaN comes here */
}
static inline float HK(from_bfloat16)(uint16_t value) {
  const uint32_t bits = (uint32_t)value << 16;
  float out;
  __builtin_memcpy(&out, &bits, 4);
  return out;
}

static void HK(normalize_bfloat16)(const uint8_t *restrict values, size_t count, float scale, float bias,
                                   uint16_t *restrict out) {
  for (size_t i = 0; i < count; i++) out[i] = HK(bfloat16)((float)values[i] * scale + bias);
}

/* 32 outputs at once. */
static void HK(weighted_block)(const uint8_t *const *rows, const int32_t *weights, int taps, size_t at, uint8_t *out) {
  LANE(sums) sums[4];
  for (int q = 0; q < 4; q++) sums[q] = (LANE(sums)){} + (1 << (HK_WEIGHT_BITS - 1));
  for (int t = 0; t < taps; t++)
    for (int q = 0; q < 4; q++) sums[q] += LANE(load)(rows[t] + at + 8 * q) * weights[t];
  for (int q = 0; q < 4; q++) sums[q] >>= HK_WEIGHT_BITS;
  LANE(store)(sums, out + at);
}

static void HK(weighted_rows)(const uint8_t *const *rows, const int32_t *weights, int taps, size_t count,
                              uint8_t *restrict out) {
  if (count >= 32) {
    for (size_t i = 0; i + 32 <= count; i += 32) HK(weighted_block)(rows, weights, taps, i, out);
    if (count % 32) HK(weighted_block)(rows, weights, taps, count - 32, out);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    int32_t sum = 1 << (HK_WEIGHT_BITS - 1);
    for (int t = 0; t < taps; t++) sum += rows[t][i] * weights[t];
    out[i] = HK(clamp)(sum >> HK_WEIGHT_BITS);
  }
}

static void HK(resample_column)(const uint8_t *p, ptrdiff_t stride, int rows, int channels, const int32_t *w,
                                int32_t count, uint8_t *out, ptrdiff_t out_stride) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < channels; c++) {
      int32_t sum = 1 << (HK_WEIGHT_BITS - 1);
      for (int32_t t = 0; t < count; t++) sum += p[r * stride + t * channels + c] * w[t];
      out[r * out_stride + c] = HK(clamp)(sum >> HK_WEIGHT_BITS);
    }
}

/* Eight rows lie side by side while they are resampled: pixel i of row r has the four bytes from 32 i + 4 r on. */
enum { HK(span) = 512, HK(chunk) = 128 };

/* `safe` pixels of every row may be read. */
static void HK(stack)(const uint8_t *rows, ptrdiff_t stride, size_t count, size_t safe, uint8_t *out) {
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

static void HK(unstack)(const uint8_t *stack, size_t count, uint8_t *out, ptrdiff_t stride) {
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

static void HK(resample_stack)(const uint8_t *stack, int32_t origin, const int32_t *starts, const int32_t *counts,
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
static size_t HK(fitting)(const int32_t *starts, const int32_t *counts, size_t count, int32_t *low, int32_t *high) {
  size_t n = 0;
  *low = starts[0], *high = starts[0];
  for (; n < count && n < HK(chunk); n++) {
    const int32_t left = starts[n] < *low ? starts[n] : *low, end = starts[n] + counts[n];
    const int32_t right = end > *high ? end : *high;
    if (right - left > HK(span)) break;
    *low = left, *high = right;
  }
  return n;
}

/* Eight rows of three channels; `readable` bytes from the last row's beginning on. */
static void HK(resample_eight)(const uint8_t *rows, ptrdiff_t stride, ptrdiff_t readable, const int32_t *starts,
                               const int32_t *counts, const int32_t *weights, int taps, size_t count, uint8_t *out) {
  uint8_t stack[32 * HK(span)], made[32 * HK(chunk)];
  const ptrdiff_t out_stride = 3 * (ptrdiff_t)count;
  size_t n;
  for (size_t i = 0; i < count; i += n) {
    const int32_t *w = weights + i * (size_t)taps;
    int32_t low, high;
    n = HK(fitting)(starts + i, counts + i, count - i, &low, &high);
    if (n > 0) {
      HK(stack)(rows + 3 * low, stride, (size_t)(high - low), (size_t)(readable / 3 - low), stack);
      HK(resample_stack)(stack, low, starts + i, counts + i, w, taps, n, made);
      HK(unstack)(made, n, out + 3 * i, out_stride);
    } else {
      n = 1;
      HK(resample_column)(rows + 3 * (ptrdiff_t)starts[i], stride, 8, 3, w, counts[i], out + 3 * i, out_stride);
    }
  }
}

static void HK(resample_rows)(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                              const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps,
                              size_t count, uint8_t *out) {
  const ptrdiff_t out_stride = (ptrdiff_t)count * channels;
  for (size_t y = 0; y < rows; y += 8) {
    const size_t block = rows < 8 ? rows : 8, first = y + block > rows ? rows - block : y;
    const uint8_t *from = pixels + (ptrdiff_t)first * stride;
    uint8_t *to = out + (ptrdiff_t)first * out_stride;
    const ptrdiff_t left = (ptrdiff_t)readable - (ptrdiff_t)(first + block - 1) * stride;
    if (channels == 3 && block == 8) {
      HK(resample_eight)(from, stride, left, starts, counts, weights, taps, count, to);
    } else {
      for (size_t i = 0; i < count; i++)
        HK(resample_column)(from + (ptrdiff_t)starts[i] * channels, stride, (int)block, channels,
                            weights + i * (size_t)taps, counts[i], to + (ptrdiff_t)i * channels, out_stride);
    }
  }
}

static inline const uint8_t *HK(at)(const hk_source *s, int32_t x, int32_t y) {
  if (x < s->left || x >= s->right || y < s->top || y >= s->bottom) {
    if (s->border == HK_CONSTANT) return s->fill;
    x = s->left + hk_border_index(x - s->left, s->right - s->left, s->border);
    y = s->top + hk_border_index(y - s->top, s->bottom - s->top, s->border);
  }
  return s->pixels + (ptrdiff_t)y * s->stride + (ptrdiff_t)x * s->channels;
}

/* The weighted mean of four pixels: first downwards with 7 fraction bits kept, then across. */
static inline void HK(bilinear_pixel)(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, int32_t fx,
                                      int32_t fy, int channels, uint8_t *restrict out) {
  for (int k = 0; k < channels; k++) {
    const int32_t left = (a[k] * (256 - fy) + c[k] * fy) >> 1, right = (b[k] * (256 - fy) + d[k] * fy) >> 1;
    out[k] = (uint8_t)((left * (256 - fx) + right * fx + 16384) >> 15);
  }
}

enum { HK(block) = 16, HK(partly) = 0, HK(inside) = 1, HK(outside) = 2 };

/* Where a block's pixels begin; whether all of them with their neighbours (`reach` right and down) lie inside and may be
 * read in eights, or all outside. */
static inline __attribute__((always_inline)) int HK(block_place)(const hk_source *s, const int32_t *x, const int32_t *y,
                                                                 int32_t reach, int32_t *offsets) {
  const int32_t left = s->left, top = s->top, right = s->right - 1, bottom = s->bottom - 1, stride = (int32_t)s->stride;
  const int32_t nudge = reach ? 0 : 1 << (HK_COORDINATE_BITS - 1);
  int32_t any = 0, all = -1, furthest = 0;
  for (int i = 0; i < HK(block); i++) {
    const int32_t ix = (x[i] + nudge) >> HK_COORDINATE_BITS, iy = (y[i] + nudge) >> HK_COORDINATE_BITS;
    any |= (ix - left) | (right - reach - ix) | (iy - top) | (bottom - reach - iy);
    all &= (ix - left + reach) | (right - ix) | (iy - top + reach) | (bottom - iy);
    offsets[i] = (int32_t)((uint32_t)iy * (uint32_t)stride + (uint32_t)ix * 3u);
    furthest = offsets[i] > furthest ? offsets[i] : furthest;
  }
  if (any >= 0 && (int64_t)furthest + reach * stride + 8 <= (int64_t)bottom * stride + s->right * 3) return HK(inside);
  return all < 0 ? HK(outside) : HK(partly);
}

/* Two pixels whose four neighbours lie inside, three channels: 8 bytes are read at each neighbour and written in all. */
static inline __attribute__((always_inline)) void HK(bilinear_two)(const uint8_t *p, const uint8_t *q, ptrdiff_t stride,
                                                                   const int32_t *across, const int32_t *down,
                                                                   uint8_t *out) {
  typedef uint16_t unsigned_words __attribute__((vector_size(32)));
  LANE(bytes) upper, lower;
  __builtin_memcpy(&upper, p, 8);
  __builtin_memcpy((uint8_t *)&upper + 8, q, 8);
  __builtin_memcpy(&lower, p + stride, 8);
  __builtin_memcpy((uint8_t *)&lower + 8, q + stride, 8);
  const int32_t d0 = down[0], d1 = down[1], a0 = across[0], a1 = across[1];
  const LANE(sums) parts = {d0, d0, d0, d0, d1, d1, d1, d1}, weights = {a0, a0, a0, a0, a1, a1, a1, a1};
  const unsigned_words a = __builtin_convertvector(upper, unsigned_words);
  const unsigned_words b = __builtin_convertvector(lower, unsigned_words);
  const unsigned_words mixed = ((a << 8) + (b - a) * (unsigned_words)parts) >> 1;
  const LANE(words) pairs = (LANE(words))__builtin_shufflevector(mixed, mixed, 0, 3, 1, 4, 2, 5, 0, 3, 8, 11, 9, 12, 10,
                                                                 13, 8, 11);
  LANE(sums) sum = (LANE(sums)){} + 16384;
  LANE(add_pairs)(&sum, &pairs, (const LANE(words) *)&weights);
  const LANE(eight) made = __builtin_convertvector(sum >> 15, LANE(eight));
  const LANE(eight) packed = __builtin_shufflevector(made, made, 0, 1, 2, 4, 5, 6, 6, 6);
  __builtin_memcpy(out, &packed, 8);
}

/* A block of pixels with all neighbours inside, two at a time. */
static inline void HK(bilinear_block)(const uint8_t *pixels, ptrdiff_t stride, const int32_t *offsets, const int32_t *x,
                                      const int32_t *y, uint8_t *out) {
  int32_t across[HK(block)], down[HK(block)];
  uint8_t made[3 * HK(block) + 2];
  for (int i = 0; i < HK(block); i++) {
    const int32_t fx = x[i] & 255, fy = y[i] & 255;
    across[i] = (256 - fx) | fx << 16;
    down[i] = fy | fy << 16;
  }
  for (int i = 0; i < HK(block); i += 2)
    HK(bilinear_two)(pixels + offsets[i], pixels + offsets[i + 1], stride, across + i, down + i, made + 3 * i);
  __builtin_memcpy(out, made, 3 * HK(block));
}

/* A block of pixels inside. */
static inline void HK(nearest_block)(const uint8_t *pixels, const int32_t *offsets, uint8_t *out) {
  uint8_t made[3 * HK(block) + 1];
  for (int i = 0; i < HK(block); i++) __builtin_memcpy(made + 3 * i, pixels + offsets[i], 4);
  __builtin_memcpy(out, made, 3 * HK(block));
}

static inline void HK(bilinear_any)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                                    uint8_t *restrict out) {
  const uint32_t inner_width = (uint32_t)(s->right - s->left - 1), inner_height = (uint32_t)(s->bottom - s->top - 1);
  for (size_t i = 0; i < count; i++, out += channels) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    const int32_t fx = x[i] & 255, fy = y[i] & 255;
    if ((uint32_t)(ix - s->left) < inner_width && (uint32_t)(iy - s->top) < inner_height) {
      const uint8_t *p = s->pixels + (ptrdiff_t)iy * s->stride + (ptrdiff_t)ix * channels;
      HK(bilinear_pixel)(p, p + channels, p + s->stride, p + s->stride + channels, fx, fy, channels, out);
    } else if (s->border == HK_CONSTANT && (ix < s->left - 1 || ix >= s->right || iy < s->top - 1 || iy >= s->bottom)) {
      for (int k = 0; k < channels; k++) out[k] = s->fill[k];
    } else {
      HK(bilinear_pixel)(HK(at)(s, ix, iy), HK(at)(s, ix + 1, iy), HK(at)(s, ix, iy + 1), HK(at)(s, ix + 1, iy + 1), fx,
                         fy, channels, out);
    }
  }
}

static inline void HK(nearest_any)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                                   uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++, out += channels) {
    const uint8_t *p = HK(at)(s, (x[i] + 128) >> HK_COORDINATE_BITS, (y[i] + 128) >> HK_COORDINATE_BITS);
    for (int k = 0; k < channels; k++) out[k] = p[k];
  }
}

/* Three channels, block by block: those wholly inside or wholly outside are quick. */
static inline __attribute__((always_inline)) void HK(remap3)(const hk_source *s, const int32_t *x, const int32_t *y,
                                                             size_t count, int bilinear, uint8_t *restrict out) {
  const int small = (int64_t)s->bottom * s->stride < INT32_MAX;
  uint8_t empty[3 * HK(block)];
  for (int i = 0; i < 3 * HK(block); i++) empty[i] = s->fill[i % 3];
  for (size_t i = 0; i < count; i += HK(block), x += HK(block), y += HK(block), out += 3 * HK(block)) {
    const size_t n = i > 0 || count - i >= HK(block) ? HK(block) : count - i;
    const ptrdiff_t back = i + n > count ? (ptrdiff_t)(i + n - count) : 0; /* the last block begins within the one before */
    x -= back, y -= back, out -= 3 * back;
    int32_t offsets[HK(block)];
    const int place = small && n == HK(block) ? HK(block_place)(s, x, y, bilinear, offsets) : HK(partly);
    if (place == HK(inside) && bilinear) HK(bilinear_block)(s->pixels, s->stride, offsets, x, y, out);
    else if (place == HK(inside)) HK(nearest_block)(s->pixels, offsets, out);
    else if (place == HK(outside) && s->border == HK_CONSTANT) __builtin_memcpy(out, empty, sizeof empty);
    else if (bilinear) HK(bilinear_any)(s, x, y, n, 3, out);
    else HK(nearest_any)(s, x, y, n, 3, out);
  }
}

/* Keys' cubic with a = -0.75, as OpenCV's; weights with 14 fraction bits that sum to one. */
static inline void HK(cubic_weights)(int32_t f, int32_t w[4]) {
  const int64_t t = f, u = 256 - f, one = 256;
  const int64_t cube = one * one * one; /* polynomials in 1/256, scaled by 4 (a = -3/4) */
  const int64_t w0 = -3 * t * u * u;
  const int64_t w1 = 5 * t * t * t - 9 * one * t * t + 4 * cube;
  const int64_t w2 = 5 * u * u * u - 9 * one * u * u + 4 * cube;
  w[0] = (int32_t)((w0 * 16384) / (4 * cube));
  w[1] = (int32_t)((w1 * 16384) / (4 * cube));
  w[2] = (int32_t)((w2 * 16384) / (4 * cube));
  w[3] = 16384 - w[0] - w[1] - w[2];
}

static void HK(bicubic)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    int32_t wx[4], wy[4];
    HK(cubic_weights)(x[i] & 255, wx);
    HK(cubic_weights)(y[i] & 255, wy);
    int64_t sums[16] = {0};
    for (int dy = 0; dy < 4; dy++)
      for (int dx = 0; dx < 4; dx++) {
        const uint8_t *p = HK(at)(s, ix + dx - 1, iy + dy - 1);
        const int64_t w = (int64_t)wx[dx] * wy[dy];
        for (int k = 0; k < s->channels; k++) sums[k] += w * p[k];
      }
    for (int k = 0; k < s->channels; k++) out[k] = HK(clamp)((int32_t)((sums[k] + (1 << 27)) >> 28));
    out += s->channels;
  }
}

static void HK(remap_row)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int interpolation,
                          uint8_t *out) {
  if (interpolation == HK_BICUBIC) {
    HK(bicubic)(s, x, y, count, out);
  } else if (interpolation == HK_BILINEAR) {
    if (s->channels == 3) HK(remap3)(s, x, y, count, 1, out);
    else HK(bilinear_any)(s, x, y, count, s->channels, out);
  } else {
    if (s->channels == 3) HK(remap3)(s, x, y, count, 0, out);
    else HK(nearest_any)(s, x, y, count, s->channels, out);
  }
}

/* A 24-bit coordinate to 8 bits, nudged by 2^-15 pixel so that whole pixels stay whole. */
static inline int32_t HK(coordinate)(int64_t v) {
  const int64_t limit = (int64_t)1 << (22 + HK_COORDINATE_BITS), q = (v + 512) >> (24 - HK_COORDINATE_BITS);
  return (int32_t)(q < -limit ? -limit : q > limit ? limit : q);
}

static void HK(affine_row)(int64_t start_x, int64_t step_x, int64_t start_y, int64_t step_y, size_t count,
                           int32_t *restrict x, int32_t *restrict y) {
  for (size_t i = 0; i < count; i++, start_x += step_x, start_y += step_y) {
    x[i] = HK(coordinate)(start_x);
    y[i] = HK(coordinate)(start_y);
  }
}

/* 1024 v, rounded to even; what no picture reaches is moved nearer. */
static inline double HK(in_1024ths)(double v) {
  const double limit = 4294967296.0, magic = 6755399441055744.0; /* 1.5 * 2^52: adding it leaves no fraction bits */
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  return (v * 1024.0 + magic) - magic;
}

static inline int32_t HK(whole_pixel)(double start, double move) {
  const int64_t limit = (int64_t)1 << 22, q = (int64_t)(start + HK(in_1024ths)(move)) >> 10;
  return (int32_t)(q < -limit ? -limit : q > limit ? limit : q) * (1 << HK_COORDINATE_BITS);
}

static void HK(nearest_row)(double start_x, double step_x, double start_y, double step_y, size_t count,
                            int32_t *restrict x, int32_t *restrict y) {
  const double left = HK(in_1024ths)(start_x) + 512.0, top = HK(in_1024ths)(start_y) + 512.0;
  for (size_t i = 0; i < count; i++) {
    x[i] = HK(whole_pixel)(left, step_x * (double)i);
    y[i] = HK(whole_pixel)(top, step_y * (double)i);
  }
}

static inline int32_t HK(from_double)(double v) {
  const double limit = 4194304.0;
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  const double scaled = v * 256.0 + 0.0078125;
  const int32_t down = (int32_t)scaled;
  return down - (scaled < (double)down);
}

static void HK(projective_row)(const double m[9], double row, size_t count, int32_t *restrict x, int32_t *restrict y) {
  for (size_t i = 0; i < count; i++) {
    const double column = (double)i;
    const double w = m[6] * column + m[7] * row + m[8];
    const double px = (m[0] * column + m[1] * row + m[2]) / w, py = (m[3] * column + m[4] * row + m[5]) / w;
    x[i] = w > 1e-12 ? HK(from_double)(px) : -(1 << 30);
    y[i] = w > 1e-12 ? HK(from_double)(py) : -(1 << 30);
  }
}

static void HK(mix_float32)(float *restrict a, float *restrict b, size_t count, float weight_a, float weight_b) {
  for (size_t i = 0; i < count; i++) {
    const float x = a[i], y = b[i];
    a[i] = y + weight_a * (x - y);
    b[i] = x + weight_b * (y - x);
  }
}

static void HK(mix_bfloat16)(uint16_t *restrict a, uint16_t *restrict b, size_t count, float weight_a,
                             float weight_b) {
  for (size_t i = 0; i < count; i++) {
    const float x = HK(from_bfloat16)(a[i]), y = HK(from_bfloat16)(b[i]);
    a[i] = HK(bfloat16)(y + weight_a * (x - y));
    b[i] = HK(bfloat16)(x + weight_b * (y - x));
  }
}

static const hk_kernels HK(kernels) = {
  HK(matrix), HK(hue), HK(blend), HK(luma_sum), HK(normalize_float32), HK(normalize_bfloat16),
  HK(weighted_rows), HK(resample_rows), HK(remap_row),
  HK(affine_row), HK(nearest_row), HK(projective_row), HK(mix_float32), HK(mix_bfloat16),
};
