/* Inner loops of lightness in CIELab, chosen at run time like those of hone_kernels.h. */
#ifndef HONE_LAB_H
#define HONE_LAB_H

#include <stddef.h>
#include <stdint.h>

enum { HK_LAB_STEPS = 8192 };
/* Linear light of the 256 levels; the cube root (straight near zero) and the level of 0...HK_LAB_STEPS of it. */
typedef struct {
  const float *linear, *root;
  const uint8_t *level;
} hk_lab;

/* The lightness of every pixel as a level, and pixels moved by the difference of two lightnesses; channels 3...16. */
void hk_lightness(const uint8_t *pixels, size_t count, int channels, const hk_lab *lab, uint8_t *light);
void hk_relight(uint8_t *pixels, size_t count, int channels, const hk_lab *lab, const uint8_t *before,
                const uint8_t *after);

/* Tables of 256 levels above and below a row, those left and right of each pixel beginning at left[i] and right[i]. */
typedef struct {
  const float *upper, *lower;
  const int32_t *left, *right;
  const float *across; /* how near the right one is */
  float down;          /* how near the lower ones are */
} hk_table_blend;
/* Every level through the four tables around it, blended; rounded to even. */
void hk_blend_tables(uint8_t *row, size_t count, const hk_table_blend *blend);

#endif
