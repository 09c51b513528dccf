/* Loops that follow coordinates, included once per instruction set by warp.c with WARP(name) naming the variant. */
#include "lanes.h"

static inline uint8_t WARP(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

static inline const uint8_t *WARP(at)(const hk_source *s, int32_t x, int32_t y) {
  if (x < s->left || x >= s->right || y < s->top || y >= s->bottom) {
    if (s->border == HK_CONSTANT) return s->fill;
    x = s->left + hk_border_index(x - s->left, s->right - s->left, s->border);
    y = s->top + hk_border_index(y - s->top, s->bottom - s->top, s->border);
  }
  return s->pixels + (ptrdiff_t)y * s->stride + (ptrdiff_t)x * s->channels;
}

/* The weighted mean of four pixels: first downwards with 7 fraction bits kept, then across. */
static inline void WARP(bilinear_pixel)(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, int32_t fx,
                                      int32_t fy, int channels, uint8_t *restrict out) {
  for (int k = 0; k < channels; k++) {
    const int32_t left = (a[k] * (256 - fy) + c[k] * fy) >> 1, right = (b[k] * (256 - fy) + d[k] * fy) >> 1;
    out[k] = (uint8_t)((left * (256 - fx) + right * fx + 16384) >> 15);
  }
}

enum { WARP(block) = 16, WARP(partly) = 0, WARP(inside) = 1, WARP(outside) = 2 };

/* Where a block's pixels begin; whether all of them with their neighbours right and down lie inside and may be read in
 * eights, or all outside. */
static inline __attribute__((always_inline)) int WARP(block_place)(const hk_source *s, const int32_t *x, const int32_t *y,
                                                                   int channels, int32_t *offsets) {
  const int32_t left = s->left, top = s->top, right = s->right - 1, bottom = s->bottom - 1, stride = (int32_t)s->stride;
  int32_t any = 0, all = -1, furthest = 0;
  for (int i = 0; i < WARP(block); i++) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    any |= (ix - left) | (right - 1 - ix) | (iy - top) | (bottom - 1 - iy);
    all &= (ix - left + 1) | (right - ix) | (iy - top + 1) | (bottom - iy);
    offsets[i] = (int32_t)((uint32_t)iy * (uint32_t)stride + (uint32_t)ix * (uint32_t)channels);
    furthest = offsets[i] > furthest ? offsets[i] : furthest;
  }
  const int64_t end = (int64_t)bottom * stride + s->right * channels;
  if (any >= 0 && (int64_t)furthest + stride + 8 <= end) return WARP(inside);
  return all < 0 ? WARP(outside) : WARP(partly);
}

#if LANE_BYTES == 64
/* Eight bytes at each of four places. */
static inline __attribute__((always_inline)) __m512i WARP(four)(const uint8_t *p, const int32_t *offsets) {
  int64_t eight[4];
  for (int k = 0; k < 4; k++) __builtin_memcpy(eight + k, p + offsets[k], 8);
  return _mm512_cvtepu8_epi16(_mm256_set_epi64x(eight[3], eight[2], eight[1], eight[0]));
}

/* A block of pixels with all neighbours inside, four at a time, each in 16 bytes of its own. */
static inline void WARP(bilinear_block)(const uint8_t *pixels, ptrdiff_t stride, const int32_t *offsets, const int32_t *x,
                                        const int32_t *y, uint8_t *out) {
  const __m512i fraction = _mm512_set1_epi32(255);
  const __m512i fx = _mm512_and_si512(_mm512_loadu_si512(x), fraction);
  const __m512i fy = _mm512_and_si512(_mm512_loadu_si512(y), fraction);
  const __m512i across = _mm512_or_si512(_mm512_sub_epi32(_mm512_set1_epi32(256), fx), _mm512_slli_epi32(fx, 16));
  const __m512i down = _mm512_or_si512(fy, _mm512_slli_epi32(fy, 16));
  const __m512i sides = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, 0, 1, 6, 7));
  const __m128i tight = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  __m512i own = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  for (int i = 0; i < WARP(block); i += 4, own = _mm512_add_epi32(own, _mm512_set1_epi32(4))) {
    const __m512i a = WARP(four)(pixels, offsets + i), b = WARP(four)(pixels + stride, offsets + i);
    const __m512i part = _mm512_mullo_epi16(_mm512_sub_epi16(b, a), _mm512_permutexvar_epi32(own, down));
    const __m512i mixed = _mm512_srli_epi16(_mm512_add_epi16(_mm512_slli_epi16(a, 8), part), 1);
    const __m512i sum = _mm512_madd_epi16(_mm512_shuffle_epi8(mixed, sides), _mm512_permutexvar_epi32(own, across));
    const __m512i made = _mm512_srli_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(16384)), 15);
    const __m128i packed = _mm_shuffle_epi8(_mm512_cvtepi32_epi8(made), tight);
    if (i + 4 < WARP(block)) _mm_storeu_si128((__m128i *)(out + 3 * i), packed);
    else _mm_mask_storeu_epi8(out + 3 * i, 0xfff, packed);
  }
}
#else
/* Two pixels whose four neighbours lie inside, three channels: 8 bytes are read at each neighbour and written in all. */
static inline __attribute__((always_inline)) void WARP(bilinear_two)(const uint8_t *p, const uint8_t *q, ptrdiff_t stride,
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
static inline void WARP(bilinear_block)(const uint8_t *pixels, ptrdiff_t stride, const int32_t *offsets, const int32_t *x,
                                      const int32_t *y, uint8_t *out) {
  int32_t across[WARP(block)], down[WARP(block)];
  uint8_t made[3 * WARP(block) + 2];
  for (int i = 0; i < WARP(block); i++) {
    const int32_t fx = x[i] & 255, fy = y[i] & 255;
    across[i] = (256 - fx) | fx << 16;
    down[i] = fy | fy << 16;
  }
  for (int i = 0; i < WARP(block); i += 2)
    WARP(bilinear_two)(pixels + offsets[i], pixels + offsets[i + 1], stride, across + i, down + i, made + 3 * i);
  __builtin_memcpy(out, made, 3 * WARP(block));
}
#endif

/* One channel: a block of pixels with all neighbours inside. */
static inline void WARP(bilinear_block1)(const uint8_t *pixels, ptrdiff_t stride, const int32_t *offsets,
                                         const int32_t *x, const int32_t *y, uint8_t *out) {
  uint32_t near[WARP(block)];
  for (int i = 0; i < WARP(block); i++) {
    uint16_t upper, lower;
    __builtin_memcpy(&upper, pixels + offsets[i], 2);
    __builtin_memcpy(&lower, pixels + offsets[i] + stride, 2);
    near[i] = upper | (uint32_t)lower << 16;
  }
  for (int i = 0; i < WARP(block); i++) {
    const int32_t fx = x[i] & 255, fy = y[i] & 255, a = near[i] & 255, b = near[i] >> 8 & 255, c = near[i] >> 16 & 255;
    const int32_t d = (int32_t)(near[i] >> 24);
    const int32_t left = (a * (256 - fy) + c * fy) >> 1, right = (b * (256 - fy) + d * fy) >> 1;
    out[i] = (uint8_t)((left * (256 - fx) + right * fx + 16384) >> 15);
  }
}

static inline void WARP(bilinear_any)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                                    uint8_t *restrict out) {
  const uint32_t inner_width = (uint32_t)(s->right - s->left - 1), inner_height = (uint32_t)(s->bottom - s->top - 1);
  for (size_t i = 0; i < count; i++, out += channels) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    const int32_t fx = x[i] & 255, fy = y[i] & 255;
    if ((uint32_t)(ix - s->left) < inner_width && (uint32_t)(iy - s->top) < inner_height) {
      const uint8_t *p = s->pixels + (ptrdiff_t)iy * s->stride + (ptrdiff_t)ix * channels;
      WARP(bilinear_pixel)(p, p + channels, p + s->stride, p + s->stride + channels, fx, fy, channels, out);
    } else if (s->border == HK_CONSTANT && (ix < s->left - 1 || ix >= s->right || iy < s->top - 1 || iy >= s->bottom)) {
      for (int k = 0; k < channels; k++) out[k] = s->fill[k];
    } else {
      WARP(bilinear_pixel)(WARP(at)(s, ix, iy), WARP(at)(s, ix + 1, iy), WARP(at)(s, ix, iy + 1), WARP(at)(s, ix + 1, iy + 1), fx,
                         fy, channels, out);
    }
  }
}

static inline void WARP(nearest_any)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                                   uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++, out += channels) {
    const uint8_t *p = WARP(at)(s, (x[i] + 128) >> HK_COORDINATE_BITS, (y[i] + 128) >> HK_COORDINATE_BITS);
    for (int k = 0; k < channels; k++) out[k] = p[k];
  }
}

/* Three channels in blocks: four bytes are read and written for each pixel, of which the next one's replace the last. */
static void WARP(nearest3)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, uint8_t *out) {
  const int32_t left = s->left, top = s->top, right = s->right - 1, bottom = s->bottom - 1, stride = (int32_t)s->stride;
  const int64_t end = (int64_t)bottom * stride + s->right * 3;
  for (size_t i = 0; i < count; i += WARP(block), x += WARP(block), y += WARP(block), out += 3 * WARP(block)) {
    int32_t offsets[WARP(block)], furthest = 0, any = 0;
    const size_t n = count - i < WARP(block) ? count - i : WARP(block);
    if (n == WARP(block) && end < INT32_MAX)
      for (int k = 0; k < WARP(block); k++) {
        const int32_t ix = (x[k] + 128) >> HK_COORDINATE_BITS, iy = (y[k] + 128) >> HK_COORDINATE_BITS;
        const int32_t out_of = (ix - left) | (right - ix) | (iy - top) | (bottom - iy);
        const int32_t place = (int32_t)((uint32_t)iy * (uint32_t)stride + (uint32_t)ix * 3u);
        offsets[k] = out_of < 0 ? -1 : place;
        furthest = offsets[k] > furthest ? offsets[k] : furthest;
        any |= out_of;
      }
    if (n < WARP(block) || end >= INT32_MAX || furthest + 4 > end || (any < 0 && s->border != HK_CONSTANT)) {
      WARP(nearest_any)(s, x, y, n, 3, out);
      continue;
    }
    for (int k = 0; k < WARP(block); k++) {
      const uint8_t *p = offsets[k] < 0 ? s->fill : s->pixels + offsets[k];
      __builtin_memcpy(out + 3 * k, p, k + 1 < WARP(block) ? 4 : 3);
    }
  }
}

/* One or three channels, block by block: those wholly inside or wholly outside are quick. */
static inline __attribute__((always_inline)) void WARP(bilinear)(const hk_source *s, const int32_t *x, const int32_t *y,
                                                                 size_t count, int channels, uint8_t *restrict out) {
  const int small = (int64_t)s->bottom * s->stride < INT32_MAX;
  uint8_t empty[3 * WARP(block)];
  for (int i = 0; i < channels * WARP(block); i++) empty[i] = s->fill[i % channels];
  for (size_t i = 0; i < count; i += WARP(block), x += WARP(block), y += WARP(block), out += channels * WARP(block)) {
    const size_t n = i > 0 || count - i >= WARP(block) ? WARP(block) : count - i;
    const ptrdiff_t back = i + n > count ? (ptrdiff_t)(i + n - count) : 0; /* the last block begins within the one before */
    x -= back, y -= back, out -= channels * back;
    int32_t offsets[WARP(block)];
    const int place = small && n == WARP(block) ? WARP(block_place)(s, x, y, channels, offsets) : WARP(partly);
    if (place == WARP(inside) && channels == 3) WARP(bilinear_block)(s->pixels, s->stride, offsets, x, y, out);
    else if (place == WARP(inside)) WARP(bilinear_block1)(s->pixels, s->stride, offsets, x, y, out);
    else if (place == WARP(outside) && s->border == HK_CONSTANT)
      __builtin_memcpy(out, empty, (size_t)channels * WARP(block));
    else WARP(bilinear_any)(s, x, y, n, channels, out);
  }
}

/* Keys' cubic with a = -0.75, as OpenCV's; weights with 14 fraction bits that sum to one. */
static inline void WARP(cubic_weights)(int32_t f, int32_t w[4]) {
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

static void WARP(bicubic)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    int32_t wx[4], wy[4];
    WARP(cubic_weights)(x[i] & 255, wx);
    WARP(cubic_weights)(y[i] & 255, wy);
    int64_t sums[16] = {0};
    for (int dy = 0; dy < 4; dy++)
      for (int dx = 0; dx < 4; dx++) {
        const uint8_t *p = WARP(at)(s, ix + dx - 1, iy + dy - 1);
        const int64_t w = (int64_t)wx[dx] * wy[dy];
        for (int k = 0; k < s->channels; k++) sums[k] += w * p[k];
      }
    for (int k = 0; k < s->channels; k++) out[k] = WARP(clamp)((int32_t)((sums[k] + (1 << 27)) >> 28));
    out += s->channels;
  }
}

static void WARP(remap_row)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int interpolation,
                            uint8_t *out) {
  const int channels = s->channels;
  if (interpolation == HK_BICUBIC) WARP(bicubic)(s, x, y, count, out);
  else if (interpolation == HK_NEAREST && channels == 3) WARP(nearest3)(s, x, y, count, out);
  else if (interpolation == HK_NEAREST) WARP(nearest_any)(s, x, y, count, channels, out);
  else if (channels == 3) WARP(bilinear)(s, x, y, count, 3, out);
  else if (channels == 1) WARP(bilinear)(s, x, y, count, 1, out);
  else WARP(bilinear_any)(s, x, y, count, channels, out);
}

/* A 24-bit coordinate to 8 bits, nudged by 2^-15 pixel so that whole pixels stay whole. */
static inline int32_t WARP(coordinate)(int64_t v) {
  const int64_t limit = (int64_t)1 << (22 + HK_COORDINATE_BITS), q = (v + 512) >> (24 - HK_COORDINATE_BITS);
  return (int32_t)(q < -limit ? -limit : q > limit ? limit : q);
}

static void WARP(affine_row)(int64_t start_x, int64_t step_x, int64_t start_y, int64_t step_y, size_t count,
                           int32_t *restrict x, int32_t *restrict y) {
  for (size_t i = 0; i < count; i++, start_x += step_x, start_y += step_y) {
    x[i] = WARP(coordinate)(start_x);
    y[i] = WARP(coordinate)(start_y);
  }
}

/* 1024 v, rounded to even; what no picture reaches is moved nearer, so that sums of two fit. */
static inline int32_t WARP(in_1024ths)(double v) {
  const double limit = 1048575.0, magic = 6755399441055744.0; /* 1.5 * 2^52: adding it leaves no fraction bits */
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  return (int32_t)((v * 1024.0 + magic) - magic);
}

static void WARP(nearest_row)(double start_x, double step_x, double start_y, double step_y, size_t count,
                              int32_t *restrict x, int32_t *restrict y) {
  const int32_t left = WARP(in_1024ths)(start_x) + 512, top = WARP(in_1024ths)(start_y) + 512;
  for (size_t i = 0; i < count; i++) {
    const double column = (double)(int32_t)i;
    x[i] = ((left + WARP(in_1024ths)(step_x * column)) >> 10) * (1 << HK_COORDINATE_BITS);
    y[i] = ((top + WARP(in_1024ths)(step_y * column)) >> 10) * (1 << HK_COORDINATE_BITS);
  }
}

/* Rounded down, by way of a number that is never negative. */
static inline int32_t WARP(from_double)(double v) {
  const double limit = 4194303.0;
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  return (int32_t)(v * 256.0 + (1073741824.0 + 0.0078125)) - 1073741824;
}

static void WARP(projective_row)(const double m[9], double row, size_t count, int32_t *restrict x, int32_t *restrict y) {
  const double across = m[1] * row + m[2], down = m[4] * row + m[5], away = m[7] * row + m[8];
  for (size_t i = 0; i < count; i++) {
    const double column = (double)(int32_t)i, w = m[6] * column + away, inverse = 1.0 / w;
    const int32_t px = WARP(from_double)((m[0] * column + across) * inverse);
    const int32_t py = WARP(from_double)((m[3] * column + down) * inverse);
    x[i] = w > 1e-12 ? px : -(1 << 30);
    y[i] = w > 1e-12 ? py : -(1 << 30);
  }
}

static const warp_kernels WARP(loops) = {
  WARP(remap_row), WARP(affine_row), WARP(nearest_row), WARP(projective_row),
};
