#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*remap_row)(const hk_source *, const int32_t *, const int32_t *, size_t, int, uint8_t *);
  void (*affine_row)(int64_t, int64_t, int64_t, int64_t, size_t, int32_t *, int32_t *);
  void (*nearest_row)(double, double, double, double, size_t, int32_t *, int32_t *);
  void (*projective_row)(const double *, double, size_t, int32_t *, int32_t *);
} warp_kernels;

int32_t hk_border_index(int32_t i, int32_t n, int border) {
  if (i >= 0 && i < n) return i;
  if (border == HK_CONSTANT) return -1;
  if (border == HK_EDGE || n == 1) return i < 0 ? 0 : n - 1;
  const int32_t period = border == HK_WRAP ? n : border == HK_REFLECT ? 2 * n : 2 * n - 2;
  int32_t k = i % period;
  if (k < 0) k += period;
  if (k < n) return k;
  return border == HK_REFLECT ? period - 1 - k : period - k;
}

#define WARP(name) NAME(warp_##name)
#define LOOPS "warp_variant.h"
#include "every_level.h"
static const warp_kernels *const variants[] = EVERY_LEVEL(warp_loops);

static const warp_kernels *kernels(void) { return variants[hk_level()]; }

void hk_fetch_source(const hk_source *s) {
  const size_t row = (size_t)(s->right - s->left) * (size_t)s->channels, rows = (size_t)(s->bottom - s->top);
  if (row * rows > 1 << 20) return;
  for (size_t y = 0; y < rows; y++) {
    const uint8_t *p = s->pixels + ((ptrdiff_t)y + s->top) * s->stride + (ptrdiff_t)s->left * s->channels;
    for (size_t k = 0; k < row; k += 64) __builtin_prefetch(p + k);
  }
}
void hk_remap_row(const hk_source *source, const int32_t *x, const int32_t *y, size_t count, int interpolation,
                  uint8_t *out) {
  kernels()->remap_row(source, x, y, count, interpolation, out);
}
void hk_affine_row(int64_t start_x, int64_t step_x, int64_t start_y, int64_t step_y, size_t count, int32_t *x,
                   int32_t *y) {
  kernels()->affine_row(start_x, step_x, start_y, step_y, count, x, y);
}
void hk_nearest_row(double start_x, double step_x, double start_y, double step_y, size_t count, int32_t *x, int32_t *y) {
  kernels()->nearest_row(start_x, step_x, start_y, step_y, count, x, y);
}
void hk_projective_row(const double matrix[9], double row, size_t count, int32_t *x, int32_t *y) {
  kernels()->projective_row(matrix, row, count, x, y);
}
