#include "hone_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*claim)(const hk_planes *, const hk_center *, size_t, size_t, size_t, float, int32_t, float *, int32_t *);
} patch_kernels;

#define PATCH(name) NAME(patch_##name)
#define LOOPS "patches_variant.h"
#include "every_level.h"
static const patch_kernels *const variants[] = EVERY_LEVEL(patch_loops);

static size_t patch_bound(float place, int reach, size_t side) {
  const float at = place + (float)reach;
  return at < 0.0f ? 0 : at < (float)side ? (size_t)at : side;
}

void hk_assign(const hk_planes *picture, const hk_center *centers, size_t count, int reach, float near,
               float *distances, int32_t *labels) {
  const size_t height = picture->height, width = picture->width;
  for (size_t i = 0; i < height * width; i++) distances[i] = __builtin_inff();
  for (size_t label = 0; label < count; label++) {
    const hk_center *center = centers + label;
    const size_t left = patch_bound(center->x, -reach, width), right = patch_bound(center->x, reach + 1, width);
    const size_t top = patch_bound(center->y, -reach, height), bottom = patch_bound(center->y, reach + 1, height);
    for (size_t y = top; y < bottom; y++)
      variants[hk_level()]->claim(picture, center, y, left, right - left, near, (int32_t)label, distances, labels);
  }
}

void hk_recenter(const hk_planes *picture, const int32_t *labels, size_t count, int64_t *sums, hk_center *centers) {
  const size_t height = picture->height, width = picture->width, plane = height * width;
  __builtin_memset(sums, 0, 6 * count * sizeof *sums);
  for (size_t y = 0; y < height; y++)
    for (size_t x = 0; x < width; x++) {
      int64_t *sum = sums + 6 * labels[y * width + x];
      sum[0]++;
      sum[1] += (int64_t)y;
      sum[2] += (int64_t)x;
      for (int c = 0; c < picture->channels; c++) sum[3 + c] += picture->planes[(size_t)c * plane + y * width + x];
    }
  for (size_t label = 0; label < count; label++, sums += 6) {
    if (sums[0] == 0) continue;
    const float number = (float)sums[0];
    centers[label].y = (float)sums[1] / number;
    centers[label].x = (float)sums[2] / number;
    for (int c = 0; c < picture->channels; c++) centers[label].color[c] = (float)sums[3 + c] / number;
  }
}
