/* Inner loops over 8-bit pixels, compiled for several instruction sets and chosen at run time.
 *
 * All arithmetic on pixels is integer (or one multiply and one add in float, never contracted), so every variant
 * gives the same bytes. Nothing here allocates or fails; callers guarantee sizes. */
#ifndef HONE_KERNELS_H
#define HONE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "hone_effects.h"
#include "hone_filter.h"
#include "hone_jpeg.h"
#include "hone_lab.h"
#include "hone_patches.h"

/* Instruction sets, in rising order; the last one with VBMI and VNNI (Ice Lake, Zen 4 and later). */
enum { HK_BASELINE = 0, HK_AVX2 = 1, HK_AVX512 = 2 };

/* The best variant that this machine can run. */
int hk_best_level(void);
/* The variant in use; the best one until hk_use_level is called. */
int hk_level(void);
/* Chooses a variant (at most the best one). For tests and timing: call it before other threads use kernels. */
void hk_use_level(int level);

/* What a picture shows outside its valid region; as OpenCV's border modes of the same names. */
enum { HK_CONSTANT = 0, HK_EDGE = 1, HK_REFLECT = 2, HK_REFLECT101 = 3, HK_WRAP = 4 };
/* How a warp reads between pixels. */
enum { HK_NEAREST = 0, HK_BILINEAR = 1, HK_BICUBIC = 2 };

/* Weights of hk_weighted_rows and hk_resample_rows are fixed point with this many fraction bits. */
enum { HK_WEIGHT_BITS = 22 };
/* Coordinates of hk_remap_row are fixed point with this many fraction bits. */
enum { HK_COORDINATE_BITS = 8 };
/* Entries of hk_matrix are fixed point with this many fraction bits. */
enum { HK_MATRIX_BITS = 14 };

/* From now on the allocator keeps what is freed (up to 64 MB) for the next picture. As the C library has it, every picture
 * of common size would be given back to the system and its pages made and cleared again. */
void hk_keep_memory(void);

/* Interleaved pixels into one row per channel, and back; channels 1...16. */
void hk_split(const uint8_t *pixels, size_t count, int channels, uint8_t *const *planes);
void hk_join(const uint8_t *const *planes, size_t count, int channels, uint8_t *pixels);

/* A row copied, those after it asked for. */
void hk_copy(const uint8_t *from, size_t count, uint8_t *to);

/* Three channels in another order: channel k of out is channel order[k] of pixels. */
void hk_reorder(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t order[3]);

/* Three channels become one mix of them, weights of HK_MATRIX_BITS from 0 to below one that keep white within 255:
 * what hk_matrix makes of three such rows. Returns how many pixels from the first on were done; the rest is the caller's. */
size_t hk_grey(const uint8_t *pixels, uint8_t *out, size_t count, const int32_t weights[3]);

/* out[i] = table[values[i]]; out may be values. */
void hk_table(const uint8_t *values, uint8_t *out, size_t count, const uint8_t table[256]);

/* Every pixel through a 3x4 matrix, row-major, HK_MATRIX_BITS; rounded, then clamped to 0...255. */
void hk_matrix(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, const int32_t matrix[12]);

/* Turns the hue of every pixel in HSV by shift/1536 of the circle (shift 0...1535); value and chroma are kept. */
void hk_hue(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, int shift);

/* out = a + (b - a) * weight / 65536, rounded; a is replaced; weight may lie outside 0...65536, the result is clamped. */
void hk_blend(uint8_t *a, const uint8_t *b, size_t count, int32_t weight);

/* The sum of ITU-R 601 luma, each rounded as Pillow's convert("L"). */
uint64_t hk_luma_sum(const uint8_t *r, const uint8_t *g, const uint8_t *b, size_t count);
/* Widens a range, the lowest and the highest level so far, to these. */
void hk_range(const uint8_t *values, size_t count, uint8_t range[2]);
/* Adds the pixels of one channel to a histogram. */
void hk_histogram(const uint8_t *values, size_t count, uint32_t histogram[256]);

/* out[i] = values[i] * scale[i % period] + bias[i % period], as float32 or rounded to the nearest bfloat16; a period is a
   multiple of 16. */
void hk_normalize_float32(const uint8_t *values, size_t count, const float *scale, const float *bias, size_t period,
                          float *out);
void hk_normalize_bfloat16(const uint8_t *values, size_t count, const float *scale, const float *bias, size_t period,
                           uint16_t *out);

/* out[i] = clamp(round(sum of weights[t] * rows[t][i])): a vertical resampling, or a convolution along either axis. */
void hk_weighted_rows(const uint8_t *const *rows, const int32_t *weights, int taps, size_t count, uint8_t *out);
/* Every row across: output pixel i is the weighted sum of counts[i] pixels from starts[i] on, weights at
 * weights[i * taps]. `readable` bytes may be read from `pixels` on; the output rows lie one after another; `space` has
 * hk_resample_space bytes. */
void hk_resample_rows(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                      const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps, size_t count,
                      void *space, uint8_t *out);
size_t hk_resample_space(size_t count, int channels, int taps);

/* Output (y, x) = origin[y * row_step + x * column_step], channels bytes each: windows, flips, turns, transposes. */
void hk_gather(const uint8_t *origin, ptrdiff_t row_step, ptrdiff_t column_step, size_t height, size_t width,
               int channels, uint8_t *out);

/* A picture with the region in which it may be read. */
typedef struct {
  const uint8_t *pixels;
  ptrdiff_t stride; /* bytes from row to row */
  int32_t channels;
  int32_t left, top, right, bottom; /* the valid region, right and bottom excluded, never empty */
  int32_t border;
  uint8_t fill[16];
} hk_source;

/* Asks for all of a source, row by row, unless it is larger than the caches that are near: a warp would wait for each line. */
void hk_fetch_source(const hk_source *source);
/* out[i] = the source at (x[i], y[i]), HK_COORDINATE_BITS; the border rule applies outside the valid region. */
void hk_remap_row(const hk_source *source, const int32_t *x, const int32_t *y, size_t count, int interpolation,
                  uint8_t *out);
/* Coordinates of one output row: start + i * step with 24 fraction bits (any size), or the projection of (i, y) through a
 * row-major 3x3 matrix. What lies further than 2^22 pixels away, or behind the viewer, is moved out to there. */
void hk_affine_row(int64_t start_x, int64_t step_x, int64_t start_y, int64_t step_y, size_t count, int32_t *x,
                   int32_t *y);
/* The same for nearest pixels of an affine map, rounded in two steps to 1/1024 pixel as OpenCV does: whole pixels. */
void hk_nearest_row(double start_x, double step_x, double start_y, double step_y, size_t count, int32_t *x, int32_t *y);
void hk_projective_row(const double matrix[9], double row, size_t count, int32_t *x, int32_t *y);
/* The index that stands for i outside 0..<n under a border rule; -1 for HK_CONSTANT. */
int32_t hk_border_index(int32_t i, int32_t n, int border);

/* Mixes two rows in place: a' = wa*a + (1-wa)*b, b' = wb*b + (1-wb)*a. */
void hk_mix_float32(float *a, float *b, size_t count, float weight_a, float weight_b);
void hk_mix_bfloat16(uint16_t *a, uint16_t *b, size_t count, float weight_a, float weight_b);
/* Of levels, the weights in 65536ths. */
void hk_mix_levels(uint8_t *a, uint8_t *b, size_t count, int32_t weight_a, int32_t weight_b);

#endif
