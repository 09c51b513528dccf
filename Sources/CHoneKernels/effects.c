#include "hone_effects.h"

#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*random)(uint64_t, size_t, size_t, uint32_t *);
  void (*noise)(uint64_t, size_t, size_t, int, const int16_t *, int16_t *);
  void (*add_noise)(uint8_t *, const int16_t *, size_t, int, const int32_t *);
  void (*level_noise)(uint8_t *, size_t, uint64_t, size_t, const uint32_t *);
  void (*impulses)(uint8_t *, size_t, int, uint64_t, size_t, uint64_t, uint64_t, const uint8_t *, const uint8_t *);
  void (*modulate)(uint8_t *, const uint8_t *, size_t, int, const int32_t *, const int32_t *, int);
  void (*ramp)(const float *, float, float, int, size_t, uint8_t *);
  void (*shade)(uint8_t *, uint8_t *, uint8_t *, size_t, float, float);
  void (*bleach)(uint8_t *, uint8_t *, uint8_t *, size_t, float, float);
  void (*convolve)(const uint8_t *const *, const int16_t *, int, int, size_t, uint8_t *);
  void (*median_rows)(const uint8_t *const *, int, size_t, size_t, uint8_t *);
  void (*far_apart)(const uint8_t *, const uint8_t *, size_t, int, uint8_t *);
  void (*unsharp)(const uint8_t *, const uint8_t *, const uint8_t *, size_t, int32_t, uint8_t *);
  void (*bend)(const hk_mesh *, size_t, int32_t *, int32_t *);
  void (*weighted_floats)(const float *const *, const float *, int, size_t, float *);
  void (*affine_points)(const double *, size_t, int32_t *, int32_t *);
} he_kernels;

/* The histogram of side x side bytes moves on by a column at each step, one histogram per channel (`step` of them). */
static void HE_sliding(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out) {
  const int half = side * side / 2;
  for (size_t channel = 0; channel < step && channel < count; channel++) {
    uint16_t histogram[256] = {0};
    int median = 0, below = 0; /* how many lie below the median's level */
    for (int c = 0; c < side; c++)
      for (int r = 0; r < side; r++) histogram[rows[r][channel + (size_t)c * step]]++;
    for (size_t i = channel; i < count; i += step) {
      while (below > half) below -= histogram[--median];
      while (below + histogram[median] <= half) below += histogram[median++];
      out[i] = (uint8_t)median;
      if (i + step >= count) break;
      for (int r = 0; r < side; r++) {
        const uint8_t old = rows[r][i], new = rows[r][i + (size_t)side * step];
        histogram[old]--;
        below -= old < median;
        histogram[new]++;
        below += new < median;
      }
    }
  }
}

#define HE(name) NAME(he_##name)
#define LOOPS "effects_variant.h"
#include "every_level.h"
static const he_kernels *const variants[] = EVERY_LEVEL(he_effects);

static const he_kernels *kernels(void) { return variants[hk_level()]; }

void hk_random(uint64_t key, size_t first, size_t count, uint32_t *out) { kernels()->random(key, first, count, out); }
void hk_noise(uint64_t key, size_t first, size_t count, int shape, const int16_t laplace[1024], int16_t *out) {
  kernels()->noise(key, first, count, shape, laplace, out);
}
void hk_add_noise(uint8_t *values, const int16_t *noise, size_t count, int channels, const int32_t polynomial[3]) {
  kernels()->add_noise(values, noise, count, channels, polynomial);
}
void hk_level_noise(uint8_t *values, size_t count, uint64_t key, size_t first, const uint32_t *entries) {
  kernels()->level_noise(values, count, key, first, entries);
}
void hk_impulses(uint8_t *pixels, size_t count, int channels, uint64_t key, size_t first, uint64_t below, uint64_t above,
                 const uint8_t *low, const uint8_t *high) {
  kernels()->impulses(pixels, count, channels, key, first, below, above, low, high);
}
void hk_modulate(uint8_t *pixels, const uint8_t *mask, size_t count, int channels, const int32_t *slope,
                 const int32_t *offset, int center) {
  kernels()->modulate(pixels, mask, count, channels, slope, offset, center);
}
void hk_ramp(const float *across, float gain, float offset, int root, size_t count, uint8_t *mask) {
  kernels()->ramp(across, gain, offset, root, count, mask);
}
void hk_shade(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, float saturation, float value) {
  kernels()->shade(r, g, b, count, saturation, value);
}
void hk_bleach(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, float point, float gain) {
  kernels()->bleach(r, g, b, count, point, gain);
}
void hk_convolve(const uint8_t *const *rows, const int16_t *weights, int taps, int bits, size_t count, uint8_t *out) {
  kernels()->convolve(rows, weights, taps, bits, count, out);
}
void hk_median_rows(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out) {
  kernels()->median_rows(rows, side, step, count, out);
}
void hk_median_sliding(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out) {
  HE_sliding(rows, side, step, count, out);
}
void hk_far_apart(const uint8_t *values, const uint8_t *others, size_t count, int limit, uint8_t *out) {
  kernels()->far_apart(values, others, count, limit, out);
}
void hk_unsharp(const uint8_t *values, const uint8_t *smooth, const uint8_t *places, size_t count, int32_t gain,
                uint8_t *out) {
  kernels()->unsharp(values, smooth, places, count, gain, out);
}
void hk_bend(const hk_mesh *mesh, size_t count, int32_t *x, int32_t *y) { kernels()->bend(mesh, count, x, y); }
void hk_weighted_floats(const float *const *rows, const float *weights, int taps, size_t count, float *out) {
  kernels()->weighted_floats(rows, weights, taps, count, out);
}
void hk_affine_points(const double matrix[9], size_t count, int32_t *x, int32_t *y) {
  kernels()->affine_points(matrix, count, x, y);
}
