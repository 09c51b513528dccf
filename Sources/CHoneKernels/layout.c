#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*split)(const uint8_t *, size_t, int, uint8_t *const *);
  void (*join)(const uint8_t *const *, size_t, int, uint8_t *);
  void (*copy)(const uint8_t *, size_t, uint8_t *);
  void (*reorder)(const uint8_t *, uint8_t *, size_t, const int32_t *);
  size_t (*grey)(const uint8_t *, uint8_t *, size_t, const int32_t *);
  void (*gather)(const uint8_t *, ptrdiff_t, ptrdiff_t, size_t, size_t, int, uint8_t *);
} layout_kernels;

#define LAY(name) NAME(lay_##name)
#define LOOPS "layout_variant.h"
#include "every_level.h"
static const layout_kernels *const variants[] = EVERY_LEVEL(lay_layout);

static const layout_kernels *kernels(void) { return variants[hk_level()]; }

void hk_split(const uint8_t *pixels, size_t count, int channels, uint8_t *const *planes) {
  kernels()->split(pixels, count, channels, planes);
}
void hk_join(const uint8_t *const *planes, size_t count, int channels, uint8_t *pixels) {
  kernels()->join(planes, count, channels, pixels);
}
void hk_copy(const uint8_t *from, size_t count, uint8_t *to) { kernels()->copy(from, count, to); }
void hk_reorder(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t order[3]) {
  kernels()->reorder(pixels, out, count, order);
}
size_t hk_grey(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t weights[3]) {
  return kernels()->grey(pixels, out, count, weights);
}
void hk_gather(const uint8_t *origin, ptrdiff_t row_step, ptrdiff_t column_step, size_t height, size_t width,
               int channels, uint8_t *out) {
  kernels()->gather(origin, row_step, column_step, height, width, channels, out);
}
