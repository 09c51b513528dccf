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

/* Asks for memory some rows before it is read: sooner than the machine, which waits for each page of 4096 bytes. */
static inline __attribute__((always_inline)) void LANE(fetch)(const uint8_t *p, size_t count) {
  for (size_t k = 0; k < count; k += 64) __builtin_prefetch(p + k + 8192);
}

/* Rows as wide as the set's registers: LANE_BYTES levels, half as many words, a quarter as many numbers. Rows are zipped
 * and packed within every 16 bytes, so that what was zipped comes back in order. */
typedef uint8_t LANE(row) __attribute__((vector_size(LANE_BYTES)));
typedef int16_t LANE(row16) __attribute__((vector_size(LANE_BYTES)));
typedef int32_t LANE(row32) __attribute__((vector_size(LANE_BYTES)));

#if LANE_BYTES == 64
#define LANE_VECTOR __m512i
#define LANE_CALL(name) _mm512_##name
#elif LANE_BYTES == 32
#define LANE_VECTOR __m256i
#define LANE_CALL(name) _mm256_##name
#else
#define LANE_VECTOR __m128i
#define LANE_CALL(name) _mm_##name
#endif

static inline __attribute__((always_inline)) LANE(row) LANE(get)(const uint8_t *values) {
  LANE(row) row;
  __builtin_memcpy(&row, values, LANE_BYTES);
  return row;
}

static inline __attribute__((always_inline)) void LANE(zip)(LANE(row) a, LANE(row) b, LANE(row) out[2]) {
#if defined(__x86_64__)
  out[0] = (LANE(row))LANE_CALL(unpacklo_epi8)((LANE_VECTOR)a, (LANE_VECTOR)b);
  out[1] = (LANE(row))LANE_CALL(unpackhi_epi8)((LANE_VECTOR)a, (LANE_VECTOR)b);
#else
  out[0] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  out[1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
}

static inline __attribute__((always_inline)) void LANE(zip16)(LANE(row16) a, LANE(row16) b, LANE(row16) out[2]) {
#if defined(__x86_64__)
  out[0] = (LANE(row16))LANE_CALL(unpacklo_epi16)((LANE_VECTOR)a, (LANE_VECTOR)b);
  out[1] = (LANE(row16))LANE_CALL(unpackhi_epi16)((LANE_VECTOR)a, (LANE_VECTOR)b);
#else
  out[0] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  out[1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#endif
}

/* Levels as words. */
static inline __attribute__((always_inline)) void LANE(widen)(LANE(row) row, LANE(row16) out[2]) {
  LANE(row) zipped[2];
  LANE(zip)(row, (LANE(row)){}, zipped);
  out[0] = (LANE(row16))zipped[0];
  out[1] = (LANE(row16))zipped[1];
}

/* Two rows of levels as pairs of words. */
static inline __attribute__((always_inline)) void LANE(pair_up)(LANE(row) a, LANE(row) b, LANE(row16) out[4]) {
  LANE(row) zipped[2];
  LANE(zip)(a, b, zipped);
  LANE(widen)(zipped[0], out);
  LANE(widen)(zipped[1], out + 2);
}

/* sum + the products of both words of each pair. */
static inline __attribute__((always_inline)) LANE(row32) LANE(add_products)(LANE(row32) sum, LANE(row16) a, LANE(row16) b) {
#if defined(__x86_64__)
  return sum + (LANE(row32))LANE_CALL(madd_epi16)((LANE_VECTOR)a, (LANE_VECTOR)b);
#else
  for (int k = 0; k < LANE_BYTES / 4; k++) sum[k] += a[2 * k] * b[2 * k] + a[2 * k + 1] * b[2 * k + 1];
  return sum;
#endif
}

/* The same two words in every pair. */
static inline __attribute__((always_inline)) LANE(row16) LANE(weights)(int32_t first, int32_t second) {
  return (LANE(row16))((LANE(row32)){} + (int32_t)(((uint32_t)first & 0xffffu) | (uint32_t)second << 16));
}

/* Numbers as words, bounded to 16 bits; words as levels, bounded to 0...255. */
static inline __attribute__((always_inline)) LANE(row16) LANE(pack32)(LANE(row32) low, LANE(row32) high) {
#if defined(__x86_64__)
  return (LANE(row16))LANE_CALL(packs_epi32)((LANE_VECTOR)low, (LANE_VECTOR)high);
#else
  LANE(row16) out;
  for (int k = 0; k < 4; k++) {
    out[k] = (int16_t)(low[k] < -32768 ? -32768 : low[k] > 32767 ? 32767 : low[k]);
    out[k + 4] = (int16_t)(high[k] < -32768 ? -32768 : high[k] > 32767 ? 32767 : high[k]);
  }
  return out;
#endif
}
static inline __attribute__((always_inline)) LANE(row) LANE(pack16)(LANE(row16) low, LANE(row16) high) {
#if defined(__x86_64__)
  return (LANE(row))LANE_CALL(packus_epi16)((LANE_VECTOR)low, (LANE_VECTOR)high);
#else
  LANE(row) out;
  for (int k = 0; k < 8; k++) {
    out[k] = (uint8_t)(low[k] < 0 ? 0 : low[k] > 255 ? 255 : low[k]);
    out[k + 8] = (uint8_t)(high[k] < 0 ? 0 : high[k] > 255 ? 255 : high[k]);
  }
  return out;
#endif
}
static inline __attribute__((always_inline)) LANE(row) LANE(pack)(const LANE(row32) v[4]) {
  return LANE(pack16)(LANE(pack32)(v[0], v[1]), LANE(pack32)(v[2], v[3]));
}
#undef LANE_VECTOR
#undef LANE_CALL
