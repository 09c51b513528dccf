#include "codec.h"

#include <stdarg.h>
#include <stdio.h>

static const hc_codec *const codecs[] = {&hc_jpeg, &hc_png, &hc_webp, &hc_gif, &hc_bmp, &hc_tiff, &hc_heif};

hc_code hc_fail(hc_error *error, hc_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  error->code = code;
  vsnprintf(error->message, sizeof error->message, format, arguments);
  va_end(arguments);
  for (char *c = error->message; *c; c++)
    if ((unsigned char)*c < ' ') *c = ' ';
  return code;
}

static const hc_codec *codec_for(const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
    if (codecs[i]->matches(bytes, length)) return codecs[i];
  return NULL;
}

hc_decoder *hc_open(const void *bytes, size_t length, hc_info *info, hc_error *error) {
  const hc_codec *codec = codec_for(bytes, length);
  if (!codec) {
    hc_fail(error, HC_NOT_A_PICTURE, length ? "the content is none of JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF" : "the file is empty");
    return NULL;
  }
  hc_decoder *decoder = calloc(1, sizeof *decoder);
  if (!decoder) {
    hc_fail(error, HC_NO_MEMORY, "no memory for a decoder");
    return NULL;
  }
  decoder->bytes = bytes;
  decoder->length = length;
  decoder->codec = codec;
  decoder->info.orientation = 1;
  hc_code code = codec->open(decoder, error);
  if (code == HC_OK && (decoder->info.width == 0 || decoder->info.height == 0))
    code = hc_fail(error, HC_CORRUPT, "the header states an empty picture");
  if (code != HC_OK) {
    hc_close(decoder);
    return NULL;
  }
  *info = decoder->info;
  return decoder;
}

void hc_close(hc_decoder *decoder) {
  if (!decoder) return;
  decoder->codec->close(decoder);
  free(decoder);
}

uint32_t hc_scaled_side(uint32_t side, int scale) { return (uint32_t)(((uint64_t)side * (uint32_t)scale + 7) / 8); }

static bool is_inside(const hc_window *w, const hc_sink *sink) {
  return w->width > 0 && w->top < sink->height && w->height <= sink->height - w->top && w->left < sink->width
         && w->width <= sink->width - w->left;
}

uint8_t *hc_copy_profile(const void *bytes, size_t count, uint32_t *length) {
  uint8_t *copy = count > 0 && count <= hc_most_profile ? malloc(count) : NULL;
  if (!copy) return NULL;
  memcpy(copy, bytes, count);
  *length = (uint32_t)count;
  return copy;
}

static void manage_color(hc_decoder *decoder, hc_sink *sink) {
  uint32_t length = 0;
  uint8_t *profile = decoder->codec->profile ? decoder->codec->profile(decoder, &length) : NULL;
  if (profile) hc_to_srgb(sink, profile, length);
  free(profile);
}

hc_code hc_decode(hc_decoder *decoder, const hc_request *request, void *out, size_t out_bytes, hc_error *error) {
  hc_sink sink = {
      .out = out,
      .height = hc_scaled_side(decoder->info.height, request->scale),
      .width = hc_scaled_side(decoder->info.width, request->scale),
      .layout = (hc_layout)(request->channels ? request->channels : decoder->info.channels),
      .depth = request->depth,
      .background = {request->background[0], request->background[1], request->background[2]},
      .least_complete = request->least_complete,
  };
  sink.window = request->window;
  if (sink.window.height == 0) sink.window = (hc_window){0, 0, sink.height, sink.width};
  if (!is_inside(&sink.window, &sink)) return hc_fail(error, HC_UNSUPPORTED, "the region is not inside the picture of %u×%u", sink.height, sink.width);
  size_t needed = (size_t)sink.window.height * sink.window.width * hc_pixel_bytes(sink.layout, sink.depth);
  if (needed != out_bytes) return hc_fail(error, HC_UNSUPPORTED, "the output holds %zu bytes, %zu are needed", out_bytes, needed);
  sink.scratch = malloc((size_t)sink.width * 16);
  if (!sink.scratch) return hc_fail(error, HC_NO_MEMORY, "no memory for a row");
  hc_code code = decoder->codec->decode(decoder, request, &sink, error);
  free(sink.scratch);
  if (code == HC_OK && request->to_srgb) manage_color(decoder, &sink);
  return code;
}

void hc_free(void *memory) { free(memory); }
