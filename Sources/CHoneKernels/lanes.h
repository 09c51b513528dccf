/* Vectors of one width for every instruction set, included once per set with NAME(x) naming what it makes. */
#define LANE(name) NAME(lane_##name)
/* What takes or returns them is always inlined, so no calling convention matters. */
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint8_t LANE(bytes) __attribute__((vector_size(16)));
typedef uint8_t LANE(eight) __attribute__((vector_size(8)));
typedef int16_t LANE(words) __attribute__((vector_size(32)));
typedef int32_t LANE(sums) __attribute__((vector_size(32)));
typedef int32_t LANE(quad) __attribute__((vector_size(16)));

/* sums[k] += a[2k] b[2k] + a[2k + 1] b[2k + 1] */
static inline __attribute__((always_inline)) void LANE(add_pairs)(LANE(sums) * sums, const LANE(words) * a,
                                                                  const LANE(words) * b) {
#if defined(WIDE)
  *sums += (LANE(sums))_mm256_madd_epi16((__m256i)*a, (__m256i)*b);
#elif defined(__SSE2__)
  __m128i x[2], y[2], z[2];
  __builtin_memcpy(x, a, 32);
  __builtin_memcpy(y, b, 32);
  for (int h = 0; h < 2; h++) z[h] = _mm_madd_epi16(x[h], y[h]);
  LANE(sums) products;
  __builtin_memcpy(&products, z, 32);
  *sums += products;
#else
  for (int k = 0; k < 8; k++) (*sums)[k] += (*a)[2 * k] * (*b)[2 * k] + (*a)[2 * k + 1] * (*b)[2 * k + 1];
#endif
}

/* Two numbers, side by side everywhere. */
static inline __attribute__((always_inline)) LANE(words) LANE(pair)(int32_t first, int32_t second) {
  return (LANE(words))((LANE(sums)){} + (int32_t)(((uint32_t)first & 0xffffu) | (uint32_t)second << 16));
}

/* Sixteen bytes of each of two rows, side by side. */
static inline __attribute__((always_inline)) void LANE(interleave)(const uint8_t *first, const uint8_t *second,
                                                                   LANE(words) * out) {
  LANE(bytes) a, b;
  __builtin_memcpy(&a, first, 16);
  __builtin_memcpy(&b, second, 16);
  const LANE(bytes) low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const LANE(bytes) high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  out[0] = __builtin_convertvector(low, LANE(words));
  out[1] = __builtin_convertvector(high, LANE(words));
}

/* Thirty-two sums as levels. */
static inline __attribute__((always_inline)) void LANE(store)(const LANE(sums) v[4], uint8_t *out) {
#if defined(WIDE)
  const __m256i low = _mm256_packs_epi32((__m256i)v[0], (__m256i)v[1]);
  const __m256i high = _mm256_packs_epi32((__m256i)v[2], (__m256i)v[3]);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  _mm256_storeu_si256((__m256i *)out, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order));
#else
  for (int q = 0; q < 4; q++) {
    const LANE(sums) bounded =
        __builtin_elementwise_min(__builtin_elementwise_max(v[q], (LANE(sums)){}), (LANE(sums)){} + 255);
    const LANE(eight) eight = __builtin_convertvector(bounded, LANE(eight));
    __builtin_memcpy(out + 8 * q, &eight, 8);
  }
#endif
}

/* Eight levels as numbers. */
static inline __attribute__((always_inline)) LANE(sums) LANE(load)(const uint8_t *values) {
  LANE(eight) eight;
  __builtin_memcpy(&eight, values, 8);
  return __builtin_convertvector(eight, LANE(sums));
}

/* Four rows of four numbers, rows and columns exchanged. */
static inline __attribute__((always_inline)) void LANE(turn)(LANE(quad) v[4]) {
  const LANE(quad) a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5), b = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  const LANE(quad) c = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7), d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

/* Four pixels of three channels (16 bytes are read) in four bytes each, and back (the last four of 16 are junk). */
static inline __attribute__((always_inline)) LANE(quad) LANE(spread)(const uint8_t *pixels) {
  LANE(bytes) row;
  __builtin_memcpy(&row, pixels, 16);
  return (LANE(quad))__builtin_shufflevector(row, row, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 9, 10, 11, 0);
}
static inline __attribute__((always_inline)) LANE(bytes) LANE(packed)(LANE(quad) pixels) {
  const LANE(bytes) row = (LANE(bytes))pixels;
  return __builtin_shufflevector(row, row, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
}
