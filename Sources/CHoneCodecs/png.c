// PNG by libspng. Only the chunks that make the picture reach the library: text, profiles and animation frames are
// skipped here, so neither their damage nor their decompressed size matters. A colour profile is read apart, by zlib.
#include <spng.h>
#include <stdio.h>
#include <zlib.h>

#include "codec.h"

typedef struct {
  size_t next;            // offset of the next chunk not yet handed out
  const uint8_t *range;   // what is being handed out
  size_t left;
  const uint8_t *rest;    // what follows the range: the body of a chunk whose head was rewritten
  size_t rest_left;
  uint8_t head[8];
  bool has_transparency;
  uint64_t data_bytes;    // in IDAT chunks
  const uint8_t *profile;  // the body of a colour profile's chunk
  size_t profile_bytes;
  struct spng_ihdr header;
} png;

static bool matches(const uint8_t *bytes, size_t length) {
  return length >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool is_type(const uint8_t *chunk, const char *type) { return memcmp(chunk + 4, type, 4) == 0; }

// Bytes of the chunk at `offset`, header and checksum included, clipped to the file; 0 at the end.
static size_t chunk_bytes(const hc_decoder *decoder, size_t offset) {
  if (offset + 8 > decoder->length) return 0;
  size_t claimed = (size_t)hc_u32be(decoder->bytes + offset) + 12, there = decoder->length - offset;
  return claimed < there ? claimed : there;
}

static bool makes_the_picture(const uint8_t *chunk) {
  return is_type(chunk, "IHDR") || is_type(chunk, "PLTE") || is_type(chunk, "tRNS") || is_type(chunk, "IDAT")
         || is_type(chunk, "IEND");
}

// Hands a chunk out. One that the end of the file cuts gets a head with the length that is there: the library reads
// whole blocks of what a head promises, and would lose the last rows otherwise.
static void hand_out(png *state, const uint8_t *chunk, size_t bytes) {
  state->range = chunk, state->left = bytes;
  if (bytes == (size_t)hc_u32be(chunk) + 12) return;
  size_t there = bytes - 8;
  memcpy(state->head, chunk, 8);
  for (int i = 0; i < 4; i++) state->head[i] = (uint8_t)(there >> (24 - 8 * i));
  state->range = state->head, state->left = 8;
  state->rest = chunk + 8, state->rest_left = there;
}

// libspng's reader over the kept chunks.
static int read_kept(spng_ctx *context, void *user, void *destination, size_t length) {
  (void)context;
  hc_decoder *decoder = user;
  png *state = decoder->state;
  for (uint8_t *to = destination; length > 0;) {
    if (state->left == 0 && state->rest_left > 0) state->range = state->rest, state->left = state->rest_left, state->rest_left = 0;
    if (state->left == 0) {
      size_t bytes = chunk_bytes(decoder, state->next);
      if (bytes == 0) return SPNG_IO_EOF;
      const uint8_t *chunk = decoder->bytes + state->next;
      state->next += bytes;
      if (makes_the_picture(chunk)) hand_out(state, chunk, bytes);
      continue;
    }
    size_t part = length < state->left ? length : state->left;
    memcpy(to, state->range, part);
    to += part, length -= part, state->range += part, state->left -= part;
  }
  return 0;
}

static hc_code read_header(hc_decoder *decoder, png *state, hc_error *error) {
  const uint8_t *chunk = decoder->bytes + 8;
  if (chunk_bytes(decoder, 8) < 8 + 13 || !is_type(chunk, "IHDR"))
    return hc_fail(error, HC_CORRUPT, "PNG: the header chunk is missing or cut");
  state->header = (struct spng_ihdr){
      .width = hc_u32be(chunk + 8), .height = hc_u32be(chunk + 12), .bit_depth = chunk[16], .color_type = chunk[17],
      .interlace_method = chunk[20]};
  return HC_OK;
}

static void survey(hc_decoder *decoder, png *state) {
  bool before_data = true;
  size_t bytes;
  for (size_t offset = 8; (bytes = chunk_bytes(decoder, offset)) != 0; offset += bytes) {
    const uint8_t *chunk = decoder->bytes + offset;
    if (is_type(chunk, "IDAT")) before_data = false, state->data_bytes += bytes;
    else if (is_type(chunk, "tRNS") && before_data) state->has_transparency = true;
    else if (is_type(chunk, "iCCP") && before_data && bytes > 12) state->profile = chunk + 8, state->profile_bytes = bytes - 12;
    else if (is_type(chunk, "acTL")) decoder->info.is_animated = 1;
    else if (is_type(chunk, "eXIf") && bytes > 12) decoder->info.orientation = hc_exif_orientation(chunk + 8, bytes - 12);
  }
}

static int channels_of(const png *state) {
  bool transparency = state->has_transparency;
  switch (state->header.color_type) {
    case SPNG_COLOR_TYPE_GRAYSCALE: return transparency ? 2 : 1;
    case SPNG_COLOR_TYPE_TRUECOLOR: case SPNG_COLOR_TYPE_INDEXED: return transparency ? 4 : 3;
    case SPNG_COLOR_TYPE_GRAYSCALE_ALPHA: return 2;
    case SPNG_COLOR_TYPE_TRUECOLOR_ALPHA: return 4;
    default: return 0;
  }
}

static hc_code open_png(hc_decoder *decoder, hc_error *error) {
  png *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "PNG: no memory");
  hc_code code = read_header(decoder, state, error);
  if (code != HC_OK) return code;
  survey(decoder, state);
  decoder->info.format = HC_FORMAT_PNG;
  decoder->info.height = state->header.height;
  decoder->info.width = state->header.width;
  decoder->info.bit_depth = state->header.bit_depth;
  decoder->info.channels = channels_of(state);
  if (decoder->info.channels == 0)
    return hc_fail(error, HC_CORRUPT, "PNG: colour type %d does not exist", state->header.color_type);
  return HC_OK;
}

// libspng's name for rows of the file's own channels; 16 bits stay 16 bits.
static int format_of(const png *state, hc_layout layout) {
  bool wide = state->header.bit_depth == 16;
  switch (layout) {
    case HC_GRAY: return wide ? SPNG_FMT_PNG : SPNG_FMT_G8;
    case HC_GRAY_ALPHA:
      if (state->header.color_type == SPNG_COLOR_TYPE_GRAYSCALE_ALPHA) return SPNG_FMT_PNG;
      return wide ? SPNG_FMT_GA16 : SPNG_FMT_GA8;
    case HC_RGB: return wide ? SPNG_FMT_PNG : SPNG_FMT_RGB8;
    default: return wide ? SPNG_FMT_RGBA16 : SPNG_FMT_RGBA8;
  }
}

// Deflate shrinks at most 1032 times.
static bool is_hopeless(const hc_decoder *decoder, const png *state, double least_complete) {
  double samples = (double)decoder->info.height * decoder->info.width;
  return samples * state->header.bit_depth / 8 * least_complete > 1032.0 * (double)state->data_bytes + 64;
}

static int read_rows(spng_ctx *context, hc_sink *sink, hc_layout layout, int depth) {
  size_t row_bytes = (size_t)sink->width * hc_pixel_bytes(layout, depth);
  for (;;) {
    uint8_t *row = hc_row(sink, sink->rows, layout, depth);
    int status = spng_decode_row(context, row, row_bytes);
    if (status != 0 && status != SPNG_EOI) return status;
    hc_put_row(sink, sink->rows, row, layout, depth);
    sink->rows++;
    if (status == SPNG_EOI) return 0;
    if (sink->rows >= sink->window.top + sink->window.height) return 0;
  }
}

// The seven passes fill one picture, which is handed on when it is whole or broken.
static int read_passes(spng_ctx *context, hc_sink *sink, hc_layout layout, int depth) {
  size_t row_bytes = (size_t)sink->width * hc_pixel_bytes(layout, depth);
  uint8_t *picture = calloc(sink->height, row_bytes);
  if (!picture) return SPNG_EMEM;
  struct spng_row_info row = {0};
  int status, complete = 0;
  while ((status = spng_get_row_info(context, &row)) == 0) {
    complete = row.pass;
    status = spng_decode_row(context, picture + (size_t)row.row_num * row_bytes, row_bytes);
    if (status != 0) break;
  }
  if (status == SPNG_EOI) status = 0, row.row_num = sink->height - 1;
  // A picture whose last pass is cut lacks every second row below the cut; before that it is a coarse mosaic.
  if (status == 0 || complete == 6) {
    uint32_t whole = status == 0 ? sink->height : row.row_num;
    for (uint32_t y = 0; y < whole; y++) hc_put_row(sink, y, picture + (size_t)y * row_bytes, layout, depth);
    sink->rows = whole;
  }
  free(picture);
  return status;
}

static hc_code code_for(int status) {
  if (status == SPNG_EMEM) return HC_NO_MEMORY;
  return status == SPNG_EOF || status == SPNG_IO_EOF || status == SPNG_EIDAT_TOO_SHORT ? HC_TRUNCATED : HC_CORRUPT;
}

static int read_picture(hc_decoder *decoder, spng_ctx *context, hc_sink *sink) {
  png *state = decoder->state;
  hc_layout layout = (hc_layout)decoder->info.channels;
  int depth = state->header.bit_depth == 16 ? 16 : 8;
  spng_set_crc_action(context, SPNG_CRC_ERROR, SPNG_CRC_DISCARD);
  int status = spng_set_png_stream(context, read_kept, decoder);
  if (status == 0) status = spng_decode_image(context, NULL, 0, format_of(state, layout), SPNG_DECODE_PROGRESSIVE | SPNG_DECODE_TRNS);
  if (status != 0) return status;
  return state->header.interlace_method ? read_passes(context, sink, layout, depth) : read_rows(context, sink, layout, depth);
}

static hc_code decode_png(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  png *state = decoder->state;
  if (is_hopeless(decoder, state, request->least_complete))
    return hc_fail(error, HC_TRUNCATED, "PNG: %zu bytes cannot hold the claimed size", decoder->length);
  state->range = decoder->bytes, state->left = 8, state->next = 8;
  spng_ctx *context = spng_ctx_new(0);
  if (!context) return hc_fail(error, HC_NO_MEMORY, "PNG: no memory");
  int status = read_picture(decoder, context, sink);
  spng_ctx_free(context);
  if (status == 0) return HC_OK;
  char why[120];
  snprintf(why, sizeof why, "PNG: %s", spng_strerror(status));
  return hc_finish_broken(sink, sink->rows, code_for(status), error, why);
}

static void close_png(hc_decoder *decoder) { free(decoder->state); }

// A name, a zero, the method (zero too), then the profile as zlib packs it.
static uint8_t *profile_of(hc_decoder *decoder, uint32_t *length) {
  const png *state = decoder->state;
  const uint8_t *end = state->profile ? memchr(state->profile, 0, state->profile_bytes) : NULL;
  size_t name = end ? (size_t)(end - state->profile) + 2 : 0;
  if (!end || name >= state->profile_bytes || end[1] != 0) return NULL;
  uint8_t *profile = malloc(hc_most_profile);
  uLongf count = hc_most_profile;
  if (profile && uncompress(profile, &count, end + 2, (uLong)(state->profile_bytes - name)) != Z_OK) return free(profile), NULL;
  *length = (uint32_t)count;
  return profile;
}

const hc_codec hc_png = {matches, open_png, decode_png, close_png, profile_of};

// MARK: Encoding

static const uint8_t color_types[] = {
    0, SPNG_COLOR_TYPE_GRAYSCALE, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, SPNG_COLOR_TYPE_TRUECOLOR,
    SPNG_COLOR_TYPE_TRUECOLOR_ALPHA};

static int write_png(
    spng_ctx *context, const void *pixels, uint32_t height, uint32_t width, int channels, int depth, int level) {
  struct spng_ihdr header = {
      .width = width, .height = height, .bit_depth = (uint8_t)depth, .color_type = color_types[channels]};
  int status = spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
  if (status == 0) status = spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, level);
  if (status == 0) status = spng_set_ihdr(context, &header);
  size_t bytes = (size_t)height * width * (size_t)channels * (size_t)depth / 8;
  return status ? status : spng_encode_image(context, pixels, bytes, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
}

hc_code hc_encode_png(
    const void *pixels, uint32_t height, uint32_t width, int channels, int depth, int level, uint8_t **out,
    size_t *out_bytes, hc_error *error) {
  if (channels < 1 || channels > 4) return hc_fail(error, HC_UNSUPPORTED, "PNG holds 1 to 4 channels, not %d", channels);
  spng_ctx *context = spng_ctx_new(SPNG_CTX_ENCODER);
  if (!context) return hc_fail(error, HC_NO_MEMORY, "PNG: no memory");
  int status = write_png(context, pixels, height, width, channels, depth, level);
  if (status == 0) *out = spng_get_png_buffer(context, out_bytes, &status);
  spng_ctx_free(context);
  if (status == 0) return HC_OK;
  return hc_fail(error, status == SPNG_EMEM ? HC_NO_MEMORY : HC_UNSUPPORTED, "PNG: %s", spng_strerror(status));
}
