// Picture codecs behind one plain C interface. Every setjmp, warning handler and varargs callback of the codec
// libraries stays inside this target; callers see values, status codes and one line of text.
#ifndef HONE_CODECS_H
#define HONE_CODECS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  HC_FORMAT_UNKNOWN = 0,
  HC_FORMAT_JPEG,
  HC_FORMAT_PNG,
  HC_FORMAT_WEBP,
  HC_FORMAT_GIF,
  HC_FORMAT_BMP,
  HC_FORMAT_TIFF,
  HC_FORMAT_HEIC,
  HC_FORMAT_AVIF,
} hc_format;

typedef enum {
  HC_OK = 0,
  HC_NOT_A_PICTURE,
  HC_UNSUPPORTED,
  HC_CORRUPT,
  HC_TRUNCATED,
  HC_NO_MEMORY,
} hc_code;

typedef struct {
  hc_code code;
  char message[240];  // what happened, one line
} hc_error;

typedef struct {
  hc_format format;
  uint32_t height, width;  // as stored, before orientation
  int channels;            // 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha (palette and CMYK count as RGB)
  int bit_depth;           // of a stored sample: 1…64
  int orientation;         // EXIF 1…8; 1 when not stated
  int is_animated;         // more than one frame is likely; the first is decoded
} hc_info;

typedef struct {
  uint32_t top, left, height, width;
} hc_window;

typedef struct {
  int channels;            // 1, 3, or 0 for the file's own
  int depth;               // 8 or 16 bits per output sample
  int scale;               // of 8; other than 8 only for JPEG
  uint16_t background[3];  // 16-bit colour under transparent pixels
  hc_window window;        // the part of the (scaled) picture that is wanted; empty for all of it
  double least_complete;   // fraction of rows that must have been read for a broken file to pass
  bool to_srgb;            // whether an embedded colour profile is applied
} hc_request;

typedef struct hc_decoder hc_decoder;

/// Reads the header. `bytes` must outlive the decoder. NULL with `error` filled on failure.
hc_decoder *hc_open(const void *bytes, size_t length, hc_info *info, hc_error *error);
/// Decodes into `out`, which holds height × width × channels samples: those of the window, or of the scaled picture;
/// channels of the request, or of the info.
hc_code hc_decode(hc_decoder *decoder, const hc_request *request, void *out, size_t out_bytes, hc_error *error);
void hc_close(hc_decoder *decoder);

/// What this build was given libraries for: colour profiles, and HEIC and AVIF files.
bool hc_has_color_management(void);
bool hc_has_heif(void);

/// The side of a JPEG decoded at `scale`/8.
uint32_t hc_scaled_side(uint32_t side, int scale);

/// Turns or mirrors as EXIF orientation says: `out` is the picture as it should be shown.
void hc_orient(
    const void *in, uint32_t height, uint32_t width, size_t pixel_bytes, int orientation, void *out);

/// Encoders: `*out` is freed with hc_free. Pixels are interleaved, without row padding.
hc_code hc_encode_jpeg(
    const uint8_t *pixels, uint32_t height, uint32_t width, int channels, int quality, uint8_t **out, size_t *out_bytes,
    hc_error *error);
hc_code hc_encode_png(
    const void *pixels, uint32_t height, uint32_t width, int channels, int depth, int level, uint8_t **out,
    size_t *out_bytes, hc_error *error);
void hc_free(void *memory);

#endif
