/* The loops, included once per instruction set by kernels.c with HK(name) naming the variant. */
#include "lanes.h"

static inline uint8_t HK(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

/* A block of pixels, red and green in pairs and blue alone; `small` says that all weights fit 16 bits. */
static inline __attribute__((always_inline)) void HK(matrix_row)(const LANE(row16) pairs[4], const LANE(row16) blue[4],
                                                                 const int32_t m[4], int small, uint8_t *out) {
  LANE(row32) sums[4];
  for (int q = 0; q < 4; q++) {
    sums[q] = (LANE(row32)){} + (m[3] + (1 << (HK_MATRIX_BITS - 1)));
    if (small) {
      sums[q] = LANE(add_products)(sums[q], pairs[q], LANE(weights)(m[0], m[1]));
      sums[q] = LANE(add_products)(sums[q], blue[q], LANE(weights)(m[2], 0));
    } else {
      const LANE(row32) both = (LANE(row32))pairs[q];
      sums[q] += (both & 0xffff) * m[0] + (both >> 16) * m[1] + (LANE(row32))blue[q] * m[2];
    }
    sums[q] >>= HK_MATRIX_BITS;
  }
  const LANE(row) made = LANE(pack)(sums);
  __builtin_memcpy(out, &made, LANE_BYTES);
}

static inline __attribute__((always_inline)) void HK(matrix_blocks)(uint8_t *r, uint8_t *g, uint8_t *b, size_t count,
                                                                    const int32_t m[12], int small) {
  const int grey = !__builtin_memcmp(m, m + 4, 16) && !__builtin_memcmp(m, m + 8, 16);
  for (size_t i = 0; i + LANE_BYTES <= count; i += LANE_BYTES) {
    LANE(row16) pairs[4], blue[4];
    LANE(pair_up)(LANE(get)(r + i), LANE(get)(g + i), pairs);
    LANE(pair_up)(LANE(get)(b + i), (LANE(row)){}, blue);
    HK(matrix_row)(pairs, blue, m, small, r + i);
    if (grey) {
      __builtin_memcpy(g + i, r + i, LANE_BYTES);
      __builtin_memcpy(b + i, r + i, LANE_BYTES);
    } else {
      HK(matrix_row)(pairs, blue, m + 4, small, g + i);
      HK(matrix_row)(pairs, blue, m + 8, small, b + i);
    }
  }
}

static void HK(matrix)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count,
                       const int32_t m[12]) {
  const int32_t half = 1 << (HK_MATRIX_BITS - 1);
  int small = 1;
  for (int k = 0; k < 12; k++) small &= k % 4 == 3 || m[k] == (int16_t)m[k];
  if (small) HK(matrix_blocks)(r, g, b, count, m, 1);
  else HK(matrix_blocks)(r, g, b, count, m, 0);
  for (size_t i = count - count % LANE_BYTES; i < count; i++) {
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

static void HK(range)(const uint8_t *restrict values, size_t count, uint8_t range[2]) {
  uint8_t low = range[0], high = range[1];
  for (size_t i = 0; i < count; i++) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
  }
  range[0] = low;
  range[1] = high;
}

/* Sixteen numbers at a time, which is where the repeating scales and biases may begin again. */
#define NORMALIZE(STORE)                                                                                        \
  size_t at = 0, i = 0;                                                                                         \
  for (; i + 16 <= count; i += 16) {                                                                            \
    for (size_t j = 0; j < 16; j++) out[i + j] = STORE((float)values[i + j] * scale[at + j] + bias[at + j]);    \
    at = at + 16 < period ? at + 16 : 0;                                                                        \
  }                                                                                                             \
  for (; i < count; i++, at++) out[i] = STORE((float)values[i] * scale[at] + bias[at]);

static void HK(normalize_float32)(const uint8_t *restrict values, size_t count, const float *restrict scale,
                                  const float *restrict bias, size_t period, float *restrict out) {
  NORMALIZE()
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

static void HK(normalize_bfloat16)(const uint8_t *restrict values, size_t count, const float *restrict scale,
                                   const float *restrict bias, size_t period, uint16_t *restrict out) {
  NORMALIZE(HK(bfloat16))
}
#undef NORMALIZE

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

/* Weights in 65536ths; rounded to the nearest level. */
static void HK(mix_levels)(uint8_t *restrict a, uint8_t *restrict b, size_t count, int32_t weight_a, int32_t weight_b) {
  for (size_t i = 0; i < count; i++) {
    const int32_t x = a[i], y = b[i];
    a[i] = (uint8_t)((y * 65536 + weight_a * (x - y) + 32768) >> 16);
    b[i] = (uint8_t)((x * 65536 + weight_b * (y - x) + 32768) >> 16);
  }
}

static const hk_kernels HK(kernels) = {
  HK(matrix), HK(hue), HK(blend), HK(luma_sum), HK(range), HK(normalize_float32), HK(normalize_bfloat16),
  HK(mix_float32), HK(mix_bfloat16), HK(mix_levels),
};
