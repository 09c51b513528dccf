// Native rows to the rows asked for: alpha composited, grey made of colour or colour of grey, 8 and 16 bits.
#include <stdio.h>

#include "codec.h"

size_t hc_pixel_bytes(hc_layout layout, int depth) {
  return (size_t)(layout == HC_CMYK ? 4 : (int)layout) * (size_t)depth / 8;
}

static inline uint32_t divided(uint64_t x, uint32_t full) { return (uint32_t)((x + full / 2) / full); }
static inline uint8_t to8(uint16_t x) { return (uint8_t)((x * 255u + 32895u) >> 16); }

// ITU-R 601 luma with Pillow's constants.
static inline uint32_t luma(uint32_t r, uint32_t g, uint32_t b) {
  return (uint32_t)(((uint64_t)r * 19595 + (uint64_t)g * 38470 + (uint64_t)b * 7471 + 0x8000) >> 16);
}

// One row between layouts of the same depth, through an RGBA pixel.
#define DEFINE_CONVERT(NAME, TYPE, FULL)                                                                         \
  static inline void NAME##_load(const TYPE *p, hc_layout layout, uint32_t *v) {                                 \
    switch (layout) {                                                                                            \
      case HC_GRAY: v[0] = v[1] = v[2] = p[0], v[3] = FULL; break;                                               \
      case HC_GRAY_ALPHA: v[0] = v[1] = v[2] = p[0], v[3] = p[1]; break;                                         \
      case HC_RGB: v[0] = p[0], v[1] = p[1], v[2] = p[2], v[3] = FULL; break;                                    \
      case HC_RGBA: v[0] = p[0], v[1] = p[1], v[2] = p[2], v[3] = p[3]; break;                                   \
      case HC_CMYK:                                                                                              \
        for (int c = 0; c < 3; c++) v[c] = divided((uint64_t)(FULL - p[c]) * (FULL - p[3]), FULL);               \
        v[3] = FULL;                                                                                             \
        break;                                                                                                   \
    }                                                                                                            \
  }                                                                                                              \
  static inline void NAME##_store(TYPE *p, hc_layout layout, const uint32_t *v, const uint32_t *background) {    \
    uint32_t flat[3] = {v[0], v[1], v[2]};                                                                       \
    bool keeps_alpha = layout == HC_RGBA || layout == HC_GRAY_ALPHA;                                             \
    if (!keeps_alpha && v[3] != FULL)                                                                            \
      for (int c = 0; c < 3; c++)                                                                                \
        flat[c] = divided((uint64_t)v[c] * v[3] + (uint64_t)background[c] * (FULL - v[3]), FULL);                \
    if (layout == HC_GRAY || layout == HC_GRAY_ALPHA)                                                            \
      p[0] = (TYPE)(flat[0] == flat[1] && flat[1] == flat[2] ? flat[0] : luma(flat[0], flat[1], flat[2]));       \
    else                                                                                                         \
      p[0] = (TYPE)flat[0], p[1] = (TYPE)flat[1], p[2] = (TYPE)flat[2];                                          \
    if (keeps_alpha) p[layout - 1] = (TYPE)v[3];                                                                 \
  }                                                                                                              \
  static inline __attribute__((always_inline)) void NAME##_pixels(                                               \
      const TYPE *in, hc_layout from, TYPE *out, hc_layout to, uint32_t width, const uint32_t *background) {     \
    uint32_t v[4] = {0, 0, 0, FULL};                                                                             \
    int step = from == HC_CMYK ? 4 : (int)from;                                                                  \
    for (uint32_t x = 0; x < width; x++, in += step, out += to) {                                                \
      NAME##_load(in, from, v);                                                                                  \
      NAME##_store(out, to, v, background);                                                                      \
    }                                                                                                            \
  }                                                                                                              \
  /* The common targets get loops of their own so that the compiler sees constant layouts. */                    \
  static void NAME(const TYPE *in, hc_layout from, TYPE *out, hc_layout to, uint32_t width,                      \
                   const uint32_t *background) {                                                                 \
    if (to == HC_RGB && from == HC_RGBA) NAME##_pixels(in, HC_RGBA, out, HC_RGB, width, background);             \
    else if (to == HC_RGB && from == HC_GRAY) NAME##_pixels(in, HC_GRAY, out, HC_RGB, width, background);        \
    else if (to == HC_RGB && from == HC_CMYK) NAME##_pixels(in, HC_CMYK, out, HC_RGB, width, background);        \
    else if (to == HC_GRAY && from == HC_RGB) NAME##_pixels(in, HC_RGB, out, HC_GRAY, width, background);        \
    else NAME##_pixels(in, from, out, to, width, background);                                                    \
  }

DEFINE_CONVERT(convert8, uint8_t, 255u)
DEFINE_CONVERT(convert16, uint16_t, 65535u)

bool hc_is_windowed(const hc_sink *sink) {
  return sink->window.height != sink->height || sink->window.width != sink->width;
}

// Where row `y` of the picture lies in the output, NULL when the window leaves it out.
static uint8_t *output_row(hc_sink *sink, uint32_t y) {
  if (y < sink->window.top || y - sink->window.top >= sink->window.height) return NULL;
  return sink->out + (size_t)(y - sink->window.top) * sink->window.width * hc_pixel_bytes(sink->layout, sink->depth);
}

void *hc_row(hc_sink *sink, uint32_t y, hc_layout layout, int depth) {
  bool direct = layout == sink->layout && depth == sink->depth && !hc_is_windowed(sink);
  return direct ? output_row(sink, y) : sink->scratch;
}

// Samples of the output's layout, from one depth to the other.
static void put_depth(const void *in, int depth, void *out, size_t count) {
  if (depth == 8)
    for (size_t i = 0; i < count; i++) ((uint16_t *)out)[i] = (uint16_t)(((const uint8_t *)in)[i] * 257);
  else
    for (size_t i = 0; i < count; i++) ((uint8_t *)out)[i] = to8(((const uint16_t *)in)[i]);
}

static void convert(const hc_sink *sink, const void *in, hc_layout layout, int depth, void *out) {
  uint32_t background[3], width = sink->window.width;
  for (int c = 0; c < 3; c++) background[c] = depth == 8 ? to8(sink->background[c]) : sink->background[c];
  if (layout == sink->layout) memcpy(out, in, width * hc_pixel_bytes(layout, depth));
  else if (depth == 8) convert8(in, layout, out, sink->layout, width, background);
  else convert16(in, layout, out, sink->layout, width, background);
}

void hc_put_part(hc_sink *sink, uint32_t y, const void *part, uint32_t first, hc_layout layout, int depth) {
  uint8_t *out = output_row(sink, y);
  if (!out || part == out) return;
  const uint8_t *in = (const uint8_t *)part + (sink->window.left - first) * hc_pixel_bytes(layout, depth);
  if (depth == sink->depth) {
    convert(sink, in, layout, depth, out);
    return;
  }
  uint8_t *between = sink->scratch + (size_t)sink->width * 8;
  convert(sink, in, layout, depth, between);
  put_depth(between, depth, out, (size_t)sink->window.width * (size_t)sink->layout);
}

void hc_put_row(hc_sink *sink, uint32_t y, const void *row, hc_layout layout, int depth) {
  hc_put_part(sink, y, row, 0, layout, depth);
}

hc_code hc_check_complete(const hc_sink *sink, uint32_t rows, hc_code code, hc_error *error, const char *why) {
  double complete = (double)rows / sink->height;
  if (rows > 0 && complete >= sink->least_complete) return HC_OK;
  return hc_fail(error, code, "%s after %.0f %% of the rows", why, complete * 100);
}

void hc_fill_row(hc_sink *sink, uint32_t y) {
  uint8_t *out = output_row(sink, y);
  if (out) memset(out, 0, sink->window.width * hc_pixel_bytes(sink->layout, sink->depth));
}

hc_code hc_finish_broken(hc_sink *sink, uint32_t rows, hc_code code, hc_error *error, const char *why) {
  hc_code outcome = hc_check_complete(sink, rows, code, error, why);
  for (uint32_t y = rows; outcome == HC_OK && y < sink->height; y++) hc_fill_row(sink, y);
  return outcome;
}
