#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*lightness)(const uint8_t *, size_t, int, const hk_lab *, uint8_t *);
  void (*relight)(uint8_t *, size_t, int, const hk_lab *, const uint8_t *, const uint8_t *);
  void (*blend_tables)(uint8_t *, size_t, const hk_table_blend *);
} lab_kernels;

#define LAB(name) NAME(lab_##name)
#define LOOPS "lab_variant.h"
#include "every_level.h"
static const lab_kernels *const variants[] = EVERY_LEVEL(lab_loops);

static const lab_kernels *kernels(void) { return variants[hk_level()]; }

void hk_lightness(const uint8_t *pixels, size_t count, int channels, const hk_lab *lab, uint8_t *light) {
  kernels()->lightness(pixels, count, channels, lab, light);
}
void hk_relight(uint8_t *pixels, size_t count, int channels, const hk_lab *lab, const uint8_t *before,
                const uint8_t *after) {
  kernels()->relight(pixels, count, channels, lab, before, after);
}
void hk_blend_tables(uint8_t *row, size_t count, const hk_table_blend *blend) {
  kernels()->blend_tables(row, count, blend);
}
