// libFuzzer's entry point: opens, decodes and closes whatever it is given, in several layouts.
#include <stdlib.h>

#include "hone_codecs.h"

enum { most_pixels = 1 << 20 };  // keeps one execution short

static void decode(const uint8_t *bytes, size_t length, hc_request request) {
  hc_info info;
  hc_error error;
  hc_decoder *decoder = hc_open(bytes, length, &info, &error);
  if (!decoder) return;
  if ((uint64_t)info.height * info.width <= most_pixels) {
    if (info.format != HC_FORMAT_JPEG) request.scale = 8;
    size_t height = hc_scaled_side(info.height, request.scale), width = hc_scaled_side(info.width, request.scale);
    size_t channels = (size_t)(request.channels ? request.channels : info.channels);
    if (request.window.height) request.window = (hc_window){(uint32_t)height / 3, (uint32_t)width / 4, (uint32_t)(height + 1) / 2, (uint32_t)(width + 1) / 2};
    if (request.window.height) height = request.window.height, width = request.window.width;
    size_t size = height * width * channels * (size_t)request.depth / 8;
    uint8_t *out = malloc(size), *shown = malloc(size);
    if (out && shown && hc_decode(decoder, &request, out, size, &error) == HC_OK)
      hc_orient(out, (uint32_t)height, (uint32_t)width, channels * (size_t)request.depth / 8, info.orientation, shown);
    free(out);
    free(shown);
  }
  hc_close(decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  static const hc_request requests[] = {
      {.channels = 3, .depth = 8, .scale = 8, .least_complete = 0.5},
      {.channels = 0, .depth = 16, .scale = 8, .least_complete = 0},
      {.channels = 1, .depth = 8, .scale = 4, .least_complete = 1},
      {.channels = 3, .depth = 8, .scale = 8, .least_complete = 0.1, .window = {.height = 1}},
      {.channels = 3, .depth = 8, .scale = 1, .least_complete = 0.5},
      {.channels = 1, .depth = 8, .scale = 2, .least_complete = 0.5, .window = {.height = 1}},
      {.channels = 3, .depth = 8, .scale = 2, .least_complete = 0},
  };
  uint8_t choice = length ? bytes[length - 1] : 0;  // any byte will do
  decode(bytes, length, requests[choice % (sizeof requests / sizeof *requests)]);
  return 0;
}
