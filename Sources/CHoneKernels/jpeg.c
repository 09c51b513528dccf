#include "hone_jpeg.h"

#include "hone_kernels.h"

#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One variant of every loop. */
typedef struct {
  void (*part)(const uint8_t *const *, size_t, uint8_t *, uint8_t *, uint8_t *);
  void (*halve)(const uint8_t *, const uint8_t *, size_t, uint8_t *);
  void (*blocks)(uint8_t *, size_t, size_t, size_t, const uint16_t *);
  void (*spread)(const uint8_t *, const uint8_t *, size_t, int16_t *, uint8_t *);
  void (*unite)(const uint8_t *, const uint8_t *, const uint8_t *, size_t, uint8_t *const *);
} jpeg_kernels;

#define JPEG(name) NAME(jpeg_##name)
#define LOOPS "jpeg_variant.h"
#include "every_level.h"
static const jpeg_kernels *const variants[] = EVERY_LEVEL(jpeg_loops);

static const jpeg_kernels *kernels(void) { return variants[hk_level()]; }

static size_t whole_blocks(size_t length) { return (length + 7) / 8 * 8; }

/* Samples of one component, with room for whole blocks. */
typedef struct {
  uint8_t *samples;
  size_t height, width, stride; /* the stride is the width in whole blocks */
} plane;

static plane take_plane(uint8_t **space, size_t height, size_t width) {
  const plane taken = {*space, height, width, whole_blocks(width)};
  *space += taken.stride * whole_blocks(height);
  return taken;
}

static uint8_t *row_of(const plane *plane, size_t y) { return plane->samples + y * plane->stride; }

/* The last sample of a row stands for all that are missing. */
static void fill_row(uint8_t *row, size_t from, size_t to) { memset(row + from, row[from - 1], to - from); }

/* The last row again until blocks are whole; then each block transformed, rounded, and transformed back. */
static void lose(const plane *plane, const uint16_t table[64]) {
  for (size_t y = plane->height; y < whole_blocks(plane->height); y++)
    memcpy(row_of(plane, y), row_of(plane, plane->height - 1), plane->stride);
  kernels()->blocks(plane->samples, plane->stride, whole_blocks(plane->height), plane->stride, table);
}

static void lose_grey(uint8_t *pixels, size_t height, size_t width, const uint16_t table[64], uint8_t *space) {
  const plane grey = take_plane(&space, height, width);
  for (size_t y = 0; y < height; y++) {
    memcpy(row_of(&grey, y), pixels + y * width, width);
    fill_row(row_of(&grey, y), width, grey.stride);
  }
  lose(&grey, table);
  for (size_t y = 0; y < height; y++) memcpy(pixels + y * width, row_of(&grey, y), width);
}

/* A picture's luma and its two chromas, and rows to work in. */
typedef struct {
  plane parts[3];
  uint8_t *rows[7];
  int16_t *sums;
} canvas;

static canvas lay_out(uint8_t *space, size_t height, size_t width) {
  canvas out = {.sums = (int16_t *)(void *)space};
  const size_t half = (width + 1) / 2, length = 2 * whole_blocks(half);
  space += (half + 32) * sizeof(int16_t) / 64 * 64 + 64;
  out.parts[0] = take_plane(&space, height, width);
  for (int c = 1; c < 3; c++) out.parts[c] = take_plane(&space, (height + 1) / 2, half);
  for (int r = 0; r < 7; r++, space += length) out.rows[r] = space;
  return out;
}

/* Two rows of pixels into luma and one row of each chroma. */
static void part_rows(const uint8_t *pixels, size_t y, const canvas *canvas, size_t height, size_t width) {
  const plane *chroma = &canvas->parts[1];
  for (size_t k = 0; k < 2; k++) {
    const size_t row = y + k < height ? y + k : height - 1;
    uint8_t *const planes[3] = {canvas->rows[4], canvas->rows[5], canvas->rows[6]};
    uint8_t *luma = row_of(&canvas->parts[0], row), *blue = canvas->rows[2 * k], *red = canvas->rows[2 * k + 1];
    hk_split(pixels + row * width * 3, width, 3, planes);
    kernels()->part((const uint8_t *const *)planes, width, luma, blue, red);
    fill_row(luma, width, canvas->parts[0].stride);
    fill_row(blue, width, 2 * chroma->stride);
    fill_row(red, width, 2 * chroma->stride);
  }
  for (size_t c = 0; c < 2; c++)
    kernels()->halve(canvas->rows[c], canvas->rows[2 + c], chroma->stride, row_of(&canvas->parts[1 + c], y / 2));
}

/* A row of pixels from luma and from the two nearest rows of each chroma. */
static void unite_row(uint8_t *pixels, size_t y, const canvas *canvas, size_t width) {
  const plane *chroma = &canvas->parts[1];
  const size_t near = y / 2, last = chroma->height - 1;
  const size_t far = y % 2 ? (near < last ? near + 1 : last) : (near > 0 ? near - 1 : 0);
  for (size_t c = 0; c < 2; c++)
    kernels()->spread(row_of(&chroma[c], near), row_of(&chroma[c], far), chroma->width, canvas->sums, canvas->rows[c]);
  uint8_t *const planes[3] = {canvas->rows[4], canvas->rows[5], canvas->rows[6]};
  kernels()->unite(row_of(&canvas->parts[0], y), canvas->rows[0], canvas->rows[1], width, planes);
  hk_join((const uint8_t *const *)planes, width, 3, pixels);
}

void hk_jpeg(uint8_t *pixels, size_t height, size_t width, int channels, const uint16_t luma[64],
             const uint16_t chroma[64], uint8_t *space) {
  if (channels == 1) return lose_grey(pixels, height, width, luma, space);
  const canvas canvas = lay_out(space, height, width);
  for (size_t y = 0; y < height; y += 2) part_rows(pixels, y, &canvas, height, width);
  for (int c = 0; c < 3; c++) lose(&canvas.parts[c], c == 0 ? luma : chroma);
  for (size_t y = 0; y < height; y++) unite_row(pixels + y * width * 3, y, &canvas, width);
}

size_t hk_jpeg_space(size_t height, size_t width, int channels) {
  const size_t grey = whole_blocks(height) * whole_blocks(width);
  if (channels == 1) return grey;
  const size_t half = (width + 1) / 2, length = 2 * whole_blocks(half);
  return grey + 2 * whole_blocks((height + 1) / 2) * whole_blocks(half) + 7 * length + (half + 64) * sizeof(int16_t) + 64;
}
