#include "hone_kernels.h"

#include <stdatomic.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*matrix)(uint8_t *, uint8_t *, uint8_t *, size_t, const int32_t *);
  void (*hue)(uint8_t *, uint8_t *, uint8_t *, size_t, int);
  void (*blend)(uint8_t *, const uint8_t *, size_t, int32_t);
  uint64_t (*luma_sum)(const uint8_t *, const uint8_t *, const uint8_t *, size_t);
  void (*range)(const uint8_t *, size_t, uint8_t *);
  void (*normalize_float32)(const uint8_t *, size_t, const float *, const float *, size_t, float *);
  void (*normalize_bfloat16)(const uint8_t *, size_t, const float *, const float *, size_t, uint16_t *);
  void (*mix_float32)(float *, float *, size_t, float, float);
  void (*mix_bfloat16)(uint16_t *, uint16_t *, size_t, float, float);
  void (*mix_levels)(uint8_t *, uint8_t *, size_t, int32_t, int32_t);
} hk_kernels;

#define HK(name) NAME(name)
#define LOOPS "variant.h"
#include "every_level.h"
static const hk_kernels *const variants[] = EVERY_LEVEL(kernels);

#if defined(__x86_64__)
/* Looks up 64 levels at a time in two halves of the table; returns how many were done. */
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi"))) static size_t table_vbmi(
    const uint8_t *values, uint8_t *out, size_t count, const uint8_t *table) {
  const __m512i a = _mm512_loadu_si512(table), b = _mm512_loadu_si512(table + 64);
  const __m512i c = _mm512_loadu_si512(table + 128), d = _mm512_loadu_si512(table + 192);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    __builtin_prefetch(values + i + 8192);
    const __m512i v = _mm512_loadu_si512(values + i);
    const __m512i low = _mm512_permutex2var_epi8(a, v, b), high = _mm512_permutex2var_epi8(c, v, d);
    _mm512_storeu_si512(out + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(v), low, high));
  }
  return i;
}

/* Looks up 32 levels at a time, sixteen rows of sixteen: in the row of a level its high bits have been counted down to
 * zero, in all others the top bit is set and the shuffle gives zero. */
__attribute__((target("avx2"))) static size_t table_avx2(const uint8_t *values, uint8_t *out, size_t count,
                                                                 const uint8_t *table) {
  __m256i rows[16];
  for (int r = 0; r < 16; r++)
    rows[r] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(table + 16 * r)));
  const __m256i offset = _mm256_set1_epi8(0x70), step = _mm256_set1_epi8(16);
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    __builtin_prefetch(values + i + 8192);
    __m256i v = _mm256_loadu_si256((const __m256i *)(values + i));
    __m256i found = _mm256_setzero_si256();
    for (int r = 0; r < 16; r++) {
      found = _mm256_or_si256(found, _mm256_shuffle_epi8(rows[r], _mm256_adds_epu8(v, offset)));
      v = _mm256_sub_epi8(v, step);
    }
    _mm256_storeu_si256((__m256i *)(out + i), found);
  }
  return i;
}
#endif

int hk_best_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni"))
    return HK_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) return HK_AVX2;
#endif
  return HK_BASELINE;
}

static _Atomic(const hk_kernels *) current;

static const hk_kernels *kernels(void) {
  const hk_kernels *chosen = atomic_load_explicit(&current, memory_order_relaxed);
  if (chosen) return chosen;
  chosen = variants[hk_best_level()];
  atomic_store_explicit(&current, chosen, memory_order_relaxed);
  return chosen;
}

int hk_level(void) {
  const hk_kernels *chosen = kernels();
  int level = 0;
  while (variants[level] != chosen) level++;
  return level;
}

void hk_use_level(int level) {
  const int best = hk_best_level();
  atomic_store(&current, variants[level < 0 ? 0 : level > best ? best : level]);
}

void hk_table(const uint8_t *values, uint8_t *out, size_t count, const uint8_t table[256]) {
  size_t done = 0;
#if defined(__x86_64__)
  if (hk_level() == HK_AVX512) done = table_vbmi(values, out, count, table);
  else if (hk_level() >= HK_AVX2) done = table_avx2(values, out, count, table);
#endif
  for (size_t i = done; i < count; i++) out[i] = table[values[i]];
}
void hk_matrix(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, const int32_t matrix[12]) {
  kernels()->matrix(r, g, b, count, matrix);
}
void hk_hue(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, int shift) { kernels()->hue(r, g, b, count, shift); }
void hk_blend(uint8_t *a, const uint8_t *b, size_t count, int32_t weight) { kernels()->blend(a, b, count, weight); }
uint64_t hk_luma_sum(const uint8_t *r, const uint8_t *g, const uint8_t *b, size_t count) {
  return kernels()->luma_sum(r, g, b, count);
}
void hk_range(const uint8_t *values, size_t count, uint8_t range[2]) { kernels()->range(values, count, range); }
void hk_histogram(const uint8_t *values, size_t count, uint32_t histogram[256]) {
  uint32_t other[256] = {0}; /* two counters, so that runs of one value do not wait for each other */
  size_t i = 0;
  for (; i + 1 < count; i += 2) {
    histogram[values[i]]++;
    other[values[i + 1]]++;
  }
  if (i < count) histogram[values[i]]++;
  for (int v = 0; v < 256; v++) histogram[v] += other[v];
}
void hk_normalize_float32(const uint8_t *values, size_t count, const float *scale, const float *bias, size_t period,
                          float *out) {
  kernels()->normalize_float32(values, count, scale, bias, period, out);
}
void hk_normalize_bfloat16(const uint8_t *values, size_t count, const float *scale, const float *bias, size_t period,
                           uint16_t *out) {
  kernels()->normalize_bfloat16(values, count, scale, bias, period, out);
}
void hk_mix_float32(float *a, float *b, size_t count, float weight_a, float weight_b) {
  kernels()->mix_float32(a, b, count, weight_a, weight_b);
}
void hk_mix_bfloat16(uint16_t *a, uint16_t *b, size_t count, float weight_a, float weight_b) {
  kernels()->mix_bfloat16(a, b, count, weight_a, weight_b);
}
void hk_mix_levels(uint8_t *a, uint8_t *b, size_t count, int32_t weight_a, int32_t weight_b) {
  kernels()->mix_levels(a, b, count, weight_a, weight_b);
}
