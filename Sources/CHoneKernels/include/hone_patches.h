/* Loops of superpixels, chosen at run time like those of hone_kernels.h. Pictures are one to three planes, one after
 * another. */
#ifndef HONE_PATCHES_H
#define HONE_PATCHES_H

#include <stddef.h>
#include <stdint.h>

/* A patch's centre and its mean colour, in levels. */
typedef struct {
  float y, x, color[3];
} hk_center;

typedef struct {
  const uint8_t *planes;
  size_t height, width;
  int32_t channels;
} hk_planes;

/* Every pixel gets the number of the nearest centre at most `reach` away across and down: colours' squared distance and
 * `near` times the squared distance in pixels. Out of all reach it keeps its own. `distances` is scratch. */
void hk_assign(const hk_planes *picture, const hk_center *centers, size_t count, int reach, float near,
               float *distances, int32_t *labels);
/* Centres move to the means of their pixels; `sums`, six for each, is scratch. */
void hk_recenter(const hk_planes *picture, const int32_t *labels, size_t count, int64_t *sums, hk_center *centers);

#endif
