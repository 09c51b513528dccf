// What the decoders share: opening, failing, and the sink that turns native rows into the rows asked for.
#ifndef HONE_CODEC_H
#define HONE_CODEC_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "include/hone_codecs.h"

typedef enum { HC_GRAY = 1, HC_GRAY_ALPHA = 2, HC_RGB = 3, HC_RGBA = 4, HC_CMYK = 5 } hc_layout;

/// Where decoded rows go. A decoder asks for a row in its native layout, fills it, and hands it in.
typedef struct {
  uint8_t *out;
  uint32_t height, width;  // of the picture that the decoder delivers
  hc_window window;        // the part of it that `out` holds
  hc_layout layout;
  int depth;
  uint16_t background[3];
  uint8_t *scratch;  // one native row and one row of intermediate samples
  uint32_t rows;     // complete rows so far, for decoders that go from top to bottom
  double least_complete;
} hc_sink;

struct hc_codec;
struct hc_decoder {
  const uint8_t *bytes;
  size_t length;
  hc_info info;
  const struct hc_codec *codec;
  void *state;
};

typedef struct hc_codec {
  bool (*matches)(const uint8_t *bytes, size_t length);
  hc_code (*open)(hc_decoder *decoder, hc_error *error);
  hc_code (*decode)(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error);
  void (*close)(hc_decoder *decoder);  // also after a failed open
  // The embedded colour profile in memory of its own, NULL where there is none; the member is NULL where formats know none.
  uint8_t *(*profile)(hc_decoder *decoder, uint32_t *length);
} hc_codec;

extern const hc_codec hc_jpeg, hc_png, hc_webp, hc_gif, hc_bmp, hc_tiff, hc_heif;

enum { hc_most_profile = 4 << 20 };  // a larger colour profile is no profile

/// A copy of a colour profile, NULL where it is empty or too large.
uint8_t *hc_copy_profile(const void *bytes, size_t count, uint32_t *length);
/// Turns the decoded output from an ICC profile's colours into sRGB; leaves it alone where the profile cannot be used.
void hc_to_srgb(hc_sink *sink, const uint8_t *profile, uint32_t length);

__attribute__((format(printf, 3, 4))) hc_code hc_fail(hc_error *error, hc_code code, const char *format, ...);

/// Memory for a native row of `layout` and `depth`: the output itself where nothing has to be converted.
void *hc_row(hc_sink *sink, uint32_t y, hc_layout layout, int depth);
/// Converts the row got from `hc_row`, or from anywhere else, into the output; rows outside the window are dropped.
void hc_put_row(hc_sink *sink, uint32_t y, const void *row, hc_layout layout, int depth);
/// The same for a part of a row that starts at column `first` and reaches at least to the end of the window.
void hc_put_part(hc_sink *sink, uint32_t y, const void *part, uint32_t first, hc_layout layout, int depth);
bool hc_is_windowed(const hc_sink *sink);
/// Whether `rows` read rows are enough; the error that says so if not.
hc_code hc_check_complete(const hc_sink *sink, uint32_t rows, hc_code code, hc_error *error, const char *why);
/// Zeros (black, transparent) where nothing could be read.
void hc_fill_row(hc_sink *sink, uint32_t y);
/// The end of a picture that broke after `rows` rows: zeros below if enough is there, an error otherwise.
hc_code hc_finish_broken(hc_sink *sink, uint32_t rows, hc_code code, hc_error *error, const char *why);
size_t hc_pixel_bytes(hc_layout layout, int depth);

/// Orientation 1…8 from a TIFF-structured EXIF block, 1 when it states none.
int hc_exif_orientation(const uint8_t *exif, size_t length);

static inline uint16_t hc_u16le(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static inline uint32_t hc_u32le(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static inline uint32_t hc_u32be(const uint8_t *p) {
  return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

#endif
