/* Inner loops of noise, masks, medians and bent geometry, chosen at run time like those of hone_kernels.h.
 *
 * Random numbers are counted, not chained: number i is a hash of (key, i), so any row can be made on its own, many at a
 * time, and always the same. All variants give the same bytes: integers, or floats whose operations are never fused. */
#ifndef HONE_EFFECTS_H
#define HONE_EFFECTS_H

#include <stddef.h>
#include <stdint.h>

/* Shapes of noise; each has mean 0 and standard deviation HK_NOISE_DEVIATION. */
enum { HK_NORMAL = 0, HK_UNIFORM = 1, HK_LAPLACE = 2 };
#define HK_NOISE_DEVIATION 209.02
/* Polynomials of hk_add_noise have this many fraction bits on top of a division by HK_NOISE_DEVIATION. */
enum { HK_NOISE_BITS = 24 };
/* Slopes and offsets of hk_modulate have this many fraction bits. */
enum { HK_MASK_BITS = 20 };

/* Random numbers first ..< first + count of the stream `key`. */
void hk_random(uint64_t key, size_t first, size_t count, uint32_t *out);
/* The same as noise of a shape; `laplace` is hk_laplace's table and is read for that shape only. */
void hk_noise(uint64_t key, size_t first, size_t count, int shape, const int16_t laplace[1024], int16_t *out);

/* values[i] += noise[i / channels] * (a + b v + c v^2), rounded and clamped, v the value itself. */
void hk_add_noise(uint8_t *values, const int16_t *noise, size_t count, int channels, const int32_t polynomial[3]);
/* Every value v becomes entry[v][random byte]: (entry & 255) with probability (entry >> 16) / 65536, else the next byte. */
void hk_level_noise(uint8_t *values, size_t count, uint64_t key, size_t first, const uint32_t *entries);
/* A pixel becomes `low` where its random number is below `below`, `high` where it is below `above`; both 0...2^32. */
void hk_impulses(uint8_t *pixels, size_t count, int channels, uint64_t key, size_t first, uint64_t below, uint64_t above,
                 const uint8_t *low, const uint8_t *high);

/* Every channel value v += (slope v + offset) * (mask - center), HK_MASK_BITS; one slope and offset per channel. */
void hk_modulate(uint8_t *pixels, const uint8_t *mask, size_t count, int channels, const int32_t *slope,
                 const int32_t *offset, int center);

/* mask[i] = 255 (across[i] gain + offset), or 255 times the root of that; the sum is first bounded to 0...1. */
void hk_ramp(const float *across, float gain, float offset, int root, size_t count, uint8_t *mask);

/* Adds to saturation (0...1) and value (0...255) in HSV; hue is kept, and grey stays grey. */
void hk_shade(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, float saturation, float value);

/* Makes what is darker than `point` `gain` times lighter in HLS, twice the lightness being 0...510; hue and saturation are
 * kept. */
void hk_bleach(uint8_t *r, uint8_t *g, uint8_t *b, size_t count, float point, float gain);

/* out[i] = the sum of weights[t] * rows[t][i], `bits` fraction bits, rounded and clamped. 255 times the sum of the absolute
 * weights must stay below 2^31. */
void hk_convolve(const uint8_t *const *rows, const int16_t *weights, int taps, int bits, size_t count, uint8_t *out);

/* out[i] = the median of side x side bytes around: rows[r][i + c * step] for r, c in 0 ..< side; side is 3 or 5. */
void hk_median_rows(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out);
/* The same for any odd side by a histogram that slides along the row. */
void hk_median_sliding(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out);

/* 255 where a value is more than `limit` from the other one, else 0. */
void hk_far_apart(const uint8_t *values, const uint8_t *others, size_t count, int limit, uint8_t *out);
/* Values moved away from `smooth` by gain / 65536 of the distance, where `places` is full; blended where it is not. */
void hk_unsharp(const uint8_t *values, const uint8_t *smooth, const uint8_t *places, size_t count, int32_t gain,
                uint8_t *out);

/* Displacements in pixels at nodes 2^shift pixels apart, rows x columns of them. */
typedef struct {
  const float *dx, *dy;
  int32_t columns, rows, shift;
} hk_mesh;
/* Moves coordinates (HK_COORDINATE_BITS) by the mesh, read between its nodes; beyond its edge the outermost node holds. */
void hk_bend(const hk_mesh *mesh, size_t count, int32_t *x, int32_t *y);
/* out[i] = the sum of weights[t] * rows[t][i], in this order. */
void hk_weighted_floats(const float *const *rows, const float *weights, int taps, size_t count, float *out);
/* Coordinates through the first two rows of a 3x3 matrix. */
void hk_affine_points(const double matrix[9], size_t count, int32_t *x, int32_t *y);

#endif
