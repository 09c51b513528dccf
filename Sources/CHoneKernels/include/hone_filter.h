/* Filters over whole pictures, chosen at run time like the loops of hone_kernels.h. Rows of a picture are `length` bytes,
 * `channels` to a pixel, and lie one after another; `out` is another picture of the same size. */
#ifndef HONE_FILTER_H
#define HONE_FILTER_H

#include <stddef.h>
#include <stdint.h>

/* Weights that are the same on both sides, from the middle outwards: radius + 1 of them, an even number, with 14 to 17
 * fraction bits, none negative. The middle one and twice the others are 1 << bits. */
typedef struct {
  const int16_t *weights;
  int32_t radius, bits;
} hk_bell;

/* A bell across, kept with six more bits, then one down; beyond its edges the picture is mirrored about its edge pixels.
 * `space` has hk_blur_space bytes. */
void hk_blur(const uint8_t *pixels, size_t height, size_t length, int channels, const hk_bell *across,
             const hk_bell *down, void *space, uint8_t *out);
size_t hk_blur_space(size_t height, size_t length, int channels, int across, int down);

/* Means of squares of 2 radius + 1 (radius 1 to 7), rounded, mirrored in the same way. `sums` has room for a row, its
 * margins of `radius` pixels, and 64 more. */
void hk_box(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, uint16_t *sums, uint8_t *out);

/* The largest (or smallest) level of squares of 2 radius + 1, edge pixels standing for what lies beyond. `space` has room
 * for a row and its margins of `radius` pixels. */
void hk_extremes(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, int largest,
                 uint8_t *space, uint8_t *out);

/* Pictures added up, at most 257 of them, and their mean, rounded. */
void hk_add_levels(const uint8_t *levels, size_t count, uint16_t *sums);
void hk_mean_levels(const uint16_t *sums, size_t count, int n, uint8_t *out);

#endif
