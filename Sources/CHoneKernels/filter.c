#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*blur)(const uint8_t *, size_t, size_t, int, const hk_bell *, const hk_bell *, void *, uint8_t *);
  void (*box)(const uint8_t *, size_t, size_t, int, int, uint16_t *, uint8_t *);
  void (*extremes)(const uint8_t *, size_t, size_t, int, int, int, uint8_t *, uint8_t *);
  void (*add_levels)(const uint8_t *, size_t, uint16_t *);
  void (*mean_levels)(const uint16_t *, size_t, int, uint8_t *);
} filter_kernels;

/* Room for the widest vectors, and their alignment. */
enum { FILTER_LANE = 64 };
static size_t filter_up(size_t bytes) { return (bytes + FILTER_LANE - 1) / FILTER_LANE * FILTER_LANE; }

/* How many rows a filter down keeps at a time. */
static size_t filter_kept(size_t height, int radius) {
  const size_t reach = 2 * (size_t)radius + 1;
  return reach < height ? reach : height;
}

size_t hk_blur_space(size_t height, size_t length, int channels, int across, int down) {
  const size_t margins = 2 * (size_t)across * (size_t)channels;
  return filter_up(length + margins) + filter_up((2 * (size_t)down + 1) * sizeof(void *)) +
         filter_kept(height, down) * filter_up(length) * sizeof(int16_t) + 3 * FILTER_LANE;
}

/* The row that stands for one above or below the picture. */
static inline const uint8_t *filter_row(const uint8_t *pixels, ptrdiff_t y, size_t height, size_t length, int border) {
  return pixels + (size_t)hk_border_index((int32_t)y, (int32_t)height, border) * length;
}

#define FIL(name) NAME(filter_##name)
#define LOOPS "filter_variant.h"
#include "every_level.h"
static const filter_kernels *const variants[] = EVERY_LEVEL(filter_loops);

static const filter_kernels *kernels(void) { return variants[hk_level()]; }

void hk_blur(const uint8_t *pixels, size_t height, size_t length, int channels, const hk_bell *across,
             const hk_bell *down, void *space, uint8_t *out) {
  kernels()->blur(pixels, height, length, channels, across, down, space, out);
}
void hk_box(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, uint16_t *sums, uint8_t *out) {
  kernels()->box(pixels, height, length, channels, radius, sums, out);
}
void hk_extremes(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, int largest,
                 uint8_t *space, uint8_t *out) {
  kernels()->extremes(pixels, height, length, channels, radius, largest, space, out);
}
void hk_add_levels(const uint8_t *levels, size_t count, uint16_t *sums) { kernels()->add_levels(levels, count, sums); }
void hk_mean_levels(const uint16_t *sums, size_t count, int n, uint8_t *out) {
  kernels()->mean_levels(sums, count, n, out);
}
