#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*weighted_rows)(const uint8_t *const *, const int32_t *, int, size_t, uint8_t *);
  void (*resample_rows)(const uint8_t *, ptrdiff_t, size_t, size_t, int, const int32_t *, const int32_t *,
                        const int32_t *, int, size_t, void *, uint8_t *);
} resample_kernels;

#define RES(name) NAME(resample_##name)
#define LOOPS "resample_variant.h"
#include "every_level.h"
static const resample_kernels *const variants[] = EVERY_LEVEL(resample_loops);

static const resample_kernels *kernels(void) { return variants[hk_level()]; }

void hk_weighted_rows(const uint8_t *const *rows, const int32_t *weights, int taps, size_t count, uint8_t *out) {
  kernels()->weighted_rows(rows, weights, taps, count, out);
}
void hk_resample_rows(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                      const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps, size_t count,
                      void *space, uint8_t *out) {
  kernels()->resample_rows(pixels, stride, rows, readable, channels, starts, counts, weights, taps, count, space, out);
}
size_t hk_resample_space(size_t count, int channels, int taps) {
  return (count * (size_t)channels + 15) / 16 * (64 * (1 + (size_t)taps) + sizeof(int32_t));
}
