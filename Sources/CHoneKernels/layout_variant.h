/* Loops that lay bytes out anew, included once per instruction set by layout.c with LAY(name) naming the variant. */
#include "lanes.h"

static inline void LAY(split3)(const uint8_t *restrict pixels, size_t count, uint8_t *restrict r, uint8_t *restrict g,
                              uint8_t *restrict b) {
  for (size_t i = 0; i < count; i++) {
    r[i] = pixels[3 * i];
    g[i] = pixels[3 * i + 1];
    b[i] = pixels[3 * i + 2];
  }
}

static void LAY(split)(const uint8_t *pixels, size_t count, int channels, uint8_t *const *planes) {
  if (channels == 3) {
    for (size_t i = 0; i < count; i += 256) {
      const size_t n = count - i < 256 ? count - i : 256;
      LANE(fetch)(pixels + 3 * i, 3 * n);
      LAY(split3)(pixels + 3 * i, n, planes[0] + i, planes[1] + i, planes[2] + i);
    }
    return;
  }
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < count; i++) planes[c][i] = pixels[i * (size_t)channels + (size_t)c];
}

/* A row copied in registers, and as much asked for that is read later. */
static inline void LAY(copy_row)(const uint8_t *from, const uint8_t *later, size_t count, uint8_t *restrict to) {
  size_t k = 0;
  for (; k + 64 <= count; k += 64) {
    __builtin_prefetch(later + k);
    for (int part = 0; part < 64; part += LANE_BYTES) {
      const LANE(row) row = LANE(get)(from + k + part);
      __builtin_memcpy(to + k + part, &row, LANE_BYTES);
    }
  }
  __builtin_memcpy(to + k, from + k, count - k);
}

static void LAY(copy)(const uint8_t *from, size_t count, uint8_t *to) { LAY(copy_row)(from, from + 8192, count, to); }

static void LAY(join)(const uint8_t *const *planes, size_t count, int channels, uint8_t *restrict pixels) {
  if (channels == 3) {
    const uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
    for (size_t i = 0; i < count; i++) {
      pixels[3 * i] = r[i];
      pixels[3 * i + 1] = g[i];
      pixels[3 * i + 2] = b[i];
    }
    return;
  }
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < count; i++) pixels[i * (size_t)channels + (size_t)c] = planes[c][i];
}

/* Red, green and blue in another order, a register of pixels at a time; returns how many were done. */
static size_t LAY(reorder_many)(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t order[3]) {
  size_t i = 0;
#if LANE_BYTES == 64
  uint8_t places[64];
  for (int k = 0; k < 64; k++) places[k] = (uint8_t)(k == 63 ? 63 : k - k % 3 + order[k % 3]);
  const __m512i shuffle = _mm512_loadu_si512(places);
  for (; i + 22 <= count; i += 21) {
    __builtin_prefetch(pixels + 3 * i + 8192);
    const __m512i row = _mm512_loadu_si512(pixels + 3 * i);
    _mm512_storeu_si512(out + 3 * i, _mm512_permutexvar_epi8(shuffle, row));
  }
#elif defined(WIDE)
  uint8_t places[16];
  for (int k = 0; k < 16; k++) places[k] = (uint8_t)(k == 15 ? 15 : k - k % 3 + order[k % 3]);
  const __m128i shuffle = _mm_loadu_si128((const __m128i *)places);
  for (; i + 6 <= count; i += 5) {
    if (i % 20 == 0) LANE(fetch)(pixels + 3 * i, 64);
    _mm_storeu_si128((__m128i *)(out + 3 * i),
                     _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(pixels + 3 * i)), shuffle));
  }
#else
  (void)pixels, (void)out, (void)count, (void)order;
#endif
  return i;
}

static void LAY(reorder)(const uint8_t *restrict pixels, uint8_t *restrict out, size_t count, const int32_t order[3]) {
  const size_t first = order[0], second = order[1], third = order[2];
  for (size_t i = LAY(reorder_many)(pixels, out, count, order); i < count; i++) {
    out[3 * i] = pixels[3 * i + first];
    out[3 * i + 1] = pixels[3 * i + second];
    out[3 * i + 2] = pixels[3 * i + third];
  }
}

/* Sixty-four pixels at a time, sixteen in a register of four bytes each; a weight is multiplied in two parts of 7 bits. */
static size_t LAY(grey)(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t weights[3]) {
  size_t i = 0;
#if LANE_BYTES == 64
  uint8_t apart[64], thrice[3][64], high[64] = {0}, low[64] = {0};
  for (int k = 0; k < 64; k++) {
    apart[k] = (uint8_t)(k / 4 * 3 + k % 4);
    for (int part = 0; part < 3; part++) thrice[part][k] = (uint8_t)(4 * ((64 * part + k) / 3 - 16 * part));
    if (k % 4 == 3) continue;
    high[k] = (uint8_t)(weights[k % 4] >> 7);
    low[k] = (uint8_t)(weights[k % 4] & 127);
  }
  const __m512i spread = _mm512_loadu_si512(apart), much = _mm512_loadu_si512(high), little = _mm512_loadu_si512(low);
  const __m512i half = _mm512_set1_epi32(1 << (HK_MATRIX_BITS - 1));
  for (; i + 70 <= count; i += 64) {
    __m512i grey[4];
    for (int q = 0; q < 4; q++) {
      __builtin_prefetch(pixels + 3 * i + 48 * q + 8192);
      const __m512i row = _mm512_permutexvar_epi8(spread, _mm512_loadu_si512(pixels + 3 * i + 48 * q));
      const __m512i sum = _mm512_slli_epi32(_mm512_dpbusd_epi32(_mm512_setzero_si512(), row, much), 7);
      grey[q] = _mm512_srli_epi32(_mm512_dpbusd_epi32(_mm512_add_epi32(sum, half), row, little), HK_MATRIX_BITS);
    }
    for (int part = 0; part < 3; part++)
      _mm512_storeu_si512(out + 3 * i + 64 * part, _mm512_permutex2var_epi8(
          grey[part], _mm512_loadu_si512(thrice[part]), grey[part + 1]));
  }
#else
  (void)pixels, (void)out, (void)count, (void)weights;
#endif
  return i;
}

/* A row of three channels from right to left, five pixels at a time; returns how many were done. */
static size_t LAY(reverse3)(const uint8_t *p, size_t width, uint8_t *out) {
  size_t x = 0;
  for (; x + 6 <= width; x += 5, p -= 15, out += 15) {
    LANE(bytes) v;
    __builtin_memcpy(&v, p - 13, 16);
    v = __builtin_shufflevector(v, v, 13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0);
    __builtin_memcpy(out, &v, 16);
  }
  return x;
}

/* Four by four pixels of three channels, rows and columns exchanged; 16 bytes are read and written for each 12. */
static inline __attribute__((always_inline)) void LAY(turn3)(const uint8_t *p, int backwards, ptrdiff_t across,
                                                            uint8_t *out, ptrdiff_t out_stride) {
  LANE(quad) v[4];
  for (int i = 0; i < 4; i++) {
    if (backwards) {
      LANE(bytes) row;
      __builtin_memcpy(&row, p + i * across - 13, 16);
      v[i] = (LANE(quad))__builtin_shufflevector(row, row, 13, 14, 15, 0, 10, 11, 12, 0, 7, 8, 9, 0, 4, 5, 6, 0);
    } else {
      v[i] = LANE(spread)(p + i * across);
    }
  }
  LANE(turn)(v);
  for (int i = 0; i < 4; i++) {
    const LANE(bytes) packed = LANE(packed)(v[i]);
    __builtin_memcpy(out + i * out_stride, &packed, 16);
  }
}

static inline void LAY(gather_row)(const uint8_t *p, ptrdiff_t step, size_t width, int channels, uint8_t *restrict out) {
  for (size_t x = 0; x < width; x++, p += step, out += channels)
    for (int c = 0; c < channels; c++) out[c] = p[c];
}

/* Rows become columns: four rows at a time in fours, and what is left at the edges by itself. */
static void LAY(gather_turned3)(const uint8_t *origin, ptrdiff_t row_step, ptrdiff_t column_step, size_t height,
                               size_t width, uint8_t *out) {
  const ptrdiff_t stride = 3 * (ptrdiff_t)width;
  size_t y = 0;
  for (; y + 6 <= height; y += 4) {
    const uint8_t *p = origin + (ptrdiff_t)y * row_step;
    uint8_t *to = out + (ptrdiff_t)y * stride;
    size_t x = 0;
    for (; x + 6 <= width; x += 4, p += 4 * column_step, to += 12) {
      for (int i = 0; i < 4; i++) __builtin_prefetch(p + i * column_step + 32 * row_step); /* 32 rows on */
      if (row_step < 0) LAY(turn3)(p, 1, column_step, to, stride);
      else LAY(turn3)(p, 0, column_step, to, stride);
    }
    for (int r = 0; r < 4; r++) LAY(gather_row)(p + r * row_step, column_step, width - x, 3, to + r * stride);
  }
  for (; y < height; y++)
    LAY(gather_row)(origin + (ptrdiff_t)y * row_step, column_step, width, 3, out + (ptrdiff_t)y * stride);
}

/* Asks for a row some rows before it is read: no machine foresees rows, or pixels, that are read backwards. */
static inline void LAY(fetch_row)(const uint8_t *p, ptrdiff_t step, size_t width) {
  const ptrdiff_t length = (ptrdiff_t)width * step;
  const uint8_t *first = length < 0 ? p + length : p;
  for (ptrdiff_t k = 0; k < (length < 0 ? -length : length); k += 64) __builtin_prefetch(first + k);
}

static void LAY(gather)(const uint8_t *origin, ptrdiff_t row_step, ptrdiff_t column_step, size_t height, size_t width,
                       int channels, uint8_t *restrict out) {
  if (channels == 3 && (row_step == 3 || row_step == -3) && column_step != 3 && column_step != -3)
    return LAY(gather_turned3)(origin, row_step, column_step, height, width, out);
  const size_t ahead = 8192 / (width * (size_t)channels) + 1; /* rows */
  for (size_t y = 0; y < height; y++, out += width * (size_t)channels) {
    const uint8_t *p = origin + (ptrdiff_t)y * row_step;
    const uint8_t *later = y + ahead < height ? p + (ptrdiff_t)ahead * row_step : p;
    if (column_step == channels) {
      LAY(copy_row)(p, later, width * (size_t)channels, out);
    } else {
      LAY(fetch_row)(later, column_step, width);
      const size_t done = channels == 3 && column_step == -3 ? LAY(reverse3)(p, width, out) : 0;
      LAY(gather_row)(p + (ptrdiff_t)done * column_step, column_step, width - done, channels,
                     out + done * (size_t)channels);
    }
  }
}

static const layout_kernels LAY(layout) = {LAY(split), LAY(join), LAY(copy), LAY(reorder), LAY(grey), LAY(gather)};
