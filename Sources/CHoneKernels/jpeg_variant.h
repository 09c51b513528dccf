/* JPEG's steps, included once per instruction set by jpeg.c with JPEG(name) naming the variant. Constants are libjpeg's. */
#include "lanes.h"

#define VECTOR LANE(sums)

/* Red, green and blue into luma and the differences of blue and of red from it; ITU-R 601 in 16 fraction bits. */
static void JPEG(part)(const uint8_t *const *planes, size_t count, uint8_t *restrict luma, uint8_t *restrict blue,
                       uint8_t *restrict red) {
  const uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
  const int32_t offset = (128 << 16) + 32767;
  for (size_t i = 0; i < count; i++) {
    const int32_t x = r[i], y = g[i], z = b[i];
    luma[i] = (uint8_t)((19595 * x + 38470 * y + 7471 * z + 32768) >> 16);
    blue[i] = (uint8_t)((-11059 * x - 21709 * y + 32768 * z + offset) >> 16);
    red[i] = (uint8_t)((32768 * x - 27439 * y - 5329 * z + offset) >> 16);
  }
}

/* Means of squares of two by two, rounded up and down by turns. */
static void JPEG(halve)(const uint8_t *restrict upper, const uint8_t *restrict lower, size_t count,
                        uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++)
    out[i] = (uint8_t)((upper[2 * i] + upper[2 * i + 1] + lower[2 * i] + lower[2 * i + 1] + 1 + (int)(i & 1)) >> 2);
}

/* Rows and columns of eight by eight exchanged. */
static inline __attribute__((always_inline)) void JPEG(turn)(VECTOR v[8]) {
  VECTOR a[8], b[8];
  for (int k = 0; k < 4; k++) {
    a[2 * k] = __builtin_shufflevector(v[2 * k], v[2 * k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    a[2 * k + 1] = __builtin_shufflevector(v[2 * k], v[2 * k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int k = 0; k < 2; k++)
    for (int j = 0; j < 2; j++) {
      b[4 * k + j] = __builtin_shufflevector(a[4 * k + j], a[4 * k + 2 + j], 0, 1, 8, 9, 4, 5, 12, 13);
      b[4 * k + 2 + j] = __builtin_shufflevector(a[4 * k + j], a[4 * k + 2 + j], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int k = 0; k < 4; k++) {
    v[k] = __builtin_shufflevector(b[k], b[4 + k], 0, 1, 2, 3, 8, 9, 10, 11);
    v[4 + k] = __builtin_shufflevector(b[k], b[4 + k], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

static inline __attribute__((always_inline)) VECTOR JPEG(rounded)(VECTOR v, int bits) {
  return (v + (1 << (bits - 1))) >> bits;
}

/* The four products of the odd half, which both directions share: what a, b, c and d are with their common turns. */
static inline __attribute__((always_inline)) void JPEG(odd)(VECTOR v[4]) {
  const VECTOR z5 = (v[0] + v[1] + v[2] + v[3]) * 9633;
  const VECTOR z1 = (v[0] + v[3]) * -7373, z2 = (v[1] + v[2]) * -20995;
  const VECTOR z3 = (v[0] + v[2]) * -16069 + z5, z4 = (v[1] + v[3]) * -3196 + z5;
  v[0] = v[0] * 2446 + z1 + z3;
  v[1] = v[1] * 16819 + z2 + z4;
  v[2] = v[2] * 25172 + z2 + z3;
  v[3] = v[3] * 12299 + z1 + z4;
}

/* The cosine transform of eight samples in every lane; Loeffler, Ligtenberg and Moschytz, 1989. */
static inline __attribute__((always_inline)) void JPEG(forward)(VECTOR v[8], int second) {
  const int bits = second ? 15 : 11;
  VECTOR odd[4] = {v[3] - v[4], v[2] - v[5], v[1] - v[6], v[0] - v[7]};
  const VECTOR s0 = v[0] + v[7], s1 = v[1] + v[6], s2 = v[2] + v[5], s3 = v[3] + v[4];
  const VECTOR outer = s0 + s3, inner = s1 + s2, far = s0 - s3, near = s1 - s2;
  const VECTOR both = (near + far) * 4433;
  JPEG(odd)(odd);
  v[0] = second ? JPEG(rounded)(outer + inner, 2) : (outer + inner) * 4;
  v[4] = second ? JPEG(rounded)(outer - inner, 2) : (outer - inner) * 4;
  v[2] = JPEG(rounded)(both + far * 6270, bits);
  v[6] = JPEG(rounded)(both - near * 15137, bits);
  for (int k = 0; k < 4; k++) v[7 - 2 * k] = JPEG(rounded)(odd[k], bits);
}

/* And back. */
static inline __attribute__((always_inline)) void JPEG(backward)(VECTOR v[8], int bits) {
  VECTOR odd[4] = {v[7], v[5], v[3], v[1]};
  const VECTOR both = (v[2] + v[6]) * 4433;
  const VECTOR near = both - v[6] * 15137, far = both + v[2] * 6270;
  const VECTOR sum = (v[0] + v[4]) * 8192, difference = (v[0] - v[4]) * 8192;
  const VECTOR even[4] = {sum + far, difference + near, difference - near, sum - far};
  JPEG(odd)(odd);
  for (int k = 0; k < 4; k++) {
    v[k] = JPEG(rounded)(even[k] + odd[3 - k], bits);
    v[7 - k] = JPEG(rounded)(even[k] - odd[3 - k], bits);
  }
}

typedef float JPEG(floats) __attribute__((vector_size(32)));

/* Coefficients, which are eight times too large, rounded to whole multiples of what they are divided by. Half a unit more
 * keeps the product with the reciprocal from falling below a whole number. */
static inline __attribute__((always_inline)) void JPEG(quantize)(VECTOR v[8], const VECTOR divisors[8],
                                                                const JPEG(floats) reciprocals[8]) {
  for (int k = 0; k < 8; k++) {
    const VECTOR sign = v[k] >> 31, size = ((v[k] ^ sign) - sign) + divisors[k] * 4;
    const JPEG(floats) quotient = (__builtin_convertvector(size, JPEG(floats)) + 0.5f) * reciprocals[k];
    const VECTOR count = __builtin_convertvector(quotient, VECTOR);
    v[k] = ((count ^ sign) - sign) * divisors[k];
  }
}

static void JPEG(blocks)(uint8_t *samples, size_t stride, size_t height, size_t width, const uint16_t table[64]) {
  VECTOR divisors[8];
  JPEG(floats) reciprocals[8];
  for (int k = 0; k < 64; k++) {
    divisors[k / 8][k % 8] = table[k];
    reciprocals[k / 8][k % 8] = 1.0f / (float)(8 * table[k]);
  }
  for (size_t y = 0; y < height; y += 8)
    for (size_t x = 0; x < width; x += 8) {
      uint8_t *block = samples + y * stride + x;
      VECTOR v[8];
      for (int k = 0; k < 8; k++) v[k] = LANE(load)(block + (size_t)k * stride) - 128;
      JPEG(turn)(v);
      JPEG(forward)(v, 0);
      JPEG(turn)(v);
      JPEG(forward)(v, 1);
      JPEG(quantize)(v, divisors, reciprocals);
      JPEG(backward)(v, 11);
      JPEG(turn)(v);
      JPEG(backward)(v, 18);
      JPEG(turn)(v);
      for (int k = 0; k < 8; k += 4) {
        const VECTOR rows[4] = {v[k] + 128, v[k + 1] + 128, v[k + 2] + 128, v[k + 3] + 128};
        uint8_t levels[32];
        LANE(store)(rows, levels);
        for (int r = 0; r < 4; r++) __builtin_memcpy(block + (size_t)(k + r) * stride, levels + 8 * r, 8);
      }
    }
}

/* A row of chroma at twice the length: three parts of the nearer sample to one of the further one, in both directions. */
static void JPEG(spread)(const uint8_t *restrict near, const uint8_t *restrict far, size_t count, int16_t *restrict sums,
                         uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) sums[i + 1] = (int16_t)(3 * near[i] + far[i]);
  sums[0] = sums[1];
  sums[count + 1] = sums[count];
  for (size_t i = 0; i < count; i++) {
    out[2 * i] = (uint8_t)((3 * sums[i + 1] + sums[i] + 8) >> 4);
    out[2 * i + 1] = (uint8_t)((3 * sums[i + 1] + sums[i + 2] + 7) >> 4);
  }
}

static inline uint8_t JPEG(level)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

static void JPEG(unite)(const uint8_t *restrict luma, const uint8_t *restrict blue, const uint8_t *restrict red,
                        size_t count, uint8_t *const *planes) {
  uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
  for (size_t i = 0; i < count; i++) {
    const int32_t y = luma[i], u = blue[i] - 128, v = red[i] - 128;
    r[i] = JPEG(level)(y + ((91881 * v + 32768) >> 16));
    g[i] = JPEG(level)(y + ((-22554 * u - 46802 * v + 32768) >> 16));
    b[i] = JPEG(level)(y + ((116130 * u + 32768) >> 16));
  }
}

static const jpeg_kernels JPEG(loops) = {JPEG(part), JPEG(halve), JPEG(blocks), JPEG(spread), JPEG(unite)};
#undef VECTOR
