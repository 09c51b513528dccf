// Decodes the files named on the command line or on stdin, and prints what became of each: path, code, height, width,
// channels, mean of each colour channel, message. Built with AddressSanitizer or run under valgrind by fuzz-decoders.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hone_codecs.h"

static const uint64_t most_pixels = 178956970;

static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*length);  // exactly as long, so that one byte too far is seen
  if (bytes && fread(bytes, 1, *length, file) != *length) *length = 0;
  fclose(file);
  return bytes;
}

static void print_means(const uint8_t *pixels, const hc_info *info) {
  int colors = info->channels == 2 || info->channels == 4 ? info->channels - 1 : info->channels;
  double count = (double)info->height * info->width;
  for (int c = 0; c < colors; c++) {
    uint64_t sum = 0;
    for (size_t i = (size_t)c; i < (size_t)count * (size_t)info->channels; i += (size_t)info->channels) sum += pixels[i];
    printf("%s%.3f", c ? "/" : "", (double)sum / count);
  }
}

static hc_code decode(hc_decoder *decoder, const hc_info *info, hc_error *error) {
  if ((uint64_t)info->height * info->width > most_pixels) {
    error->code = HC_NO_MEMORY;
    snprintf(error->message, sizeof error->message, "%u×%u pixels are above the limit", info->height, info->width);
    printf("%d\t%u\t%u\t%d\t%d\t%d\t", HC_NO_MEMORY, info->height, info->width, info->channels, info->bit_depth, info->orientation);
    return error->code;
  }
  size_t size = (size_t)info->height * info->width * (size_t)info->channels;
  uint8_t *pixels = malloc(size);
  hc_request request = {.channels = 0, .depth = 8, .scale = 8, .least_complete = 0.5};
  hc_code code = hc_decode(decoder, &request, pixels, size, error);
  printf("%d\t%u\t%u\t%d\t%d\t%d\t", code, info->height, info->width, info->channels, info->bit_depth, info->orientation);
  if (code == HC_OK) print_means(pixels, info);
  free(pixels);
  return code;
}

// Reduced pictures take ways of their own; only that nothing goes wrong counts.
static void decode_small(const uint8_t *bytes, size_t length, int scale) {
  hc_info info;
  hc_error error = {0};
  hc_decoder *decoder = hc_open(bytes, length, &info, &error);
  if (decoder && info.format == HC_FORMAT_JPEG && (uint64_t)info.height * info.width <= most_pixels) {
    const size_t size = (size_t)hc_scaled_side(info.height, scale) * hc_scaled_side(info.width, scale) * 3;
    uint8_t *pixels = malloc(size);
    hc_request request = {.channels = 3, .depth = 8, .scale = scale, .least_complete = 0.5};
    hc_decode(decoder, &request, pixels, size, &error);
    free(pixels);
  }
  hc_close(decoder);
}

static void report(const char *path) {
  size_t length = 0;
  uint8_t *bytes = read_file(path, &length);
  hc_info info;
  hc_error error = {0};
  printf("%s\t", path);
  hc_decoder *decoder = hc_open(bytes, length, &info, &error);
  hc_code code = decoder ? decode(decoder, &info, &error) : error.code;
  if (!decoder) printf("%d\t0\t0\t0\t0\t0\t", code);
  printf("\t%s\n", code == HC_OK ? "" : error.message);
  fflush(stdout);
  hc_close(decoder);
  for (int scale = 1; scale <= 4; scale *= 2) decode_small(bytes, length, scale);
  free(bytes);
}

int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) report(arguments[i]);
  char path[4096];
  while (count == 1 && fgets(path, sizeof path, stdin)) {
    path[strcspn(path, "\n")] = 0;
    report(path);
  }
  return 0;
}
