// BMP: Windows and OS/2 headers, 1 to 32 bits, palettes, bit fields, run lengths of 4, 8 and 24 bits, either direction.
#include <stdio.h>

#include "codec.h"

enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, BIT_FIELDS = 3, JPEG_INSIDE = 4, PNG_INSIDE = 5, ALPHA_BIT_FIELDS = 6, RLE24 = 24 };
enum { OS2_HEADER = 12, OS2_SHORT = 16, INFO_HEADER = 40, OS2_FULL = 64 };

typedef struct {
  int bits;
  uint32_t compression;
  bool top_down;
  uint32_t masks[4];  // red, green, blue, alpha
  uint8_t palette[256][3];
  size_t data;
} bmp;

static bool is_header(uint32_t size) {
  return size == OS2_HEADER || size == OS2_SHORT || size == INFO_HEADER || size == 52 || size == 56 || size == OS2_FULL
         || size == 108 || size == 124;
}

static bool matches(const uint8_t *bytes, size_t length) {
  return length >= 26 && bytes[0] == 'B' && bytes[1] == 'M' && is_header(hc_u32le(bytes + 14));
}

static hc_code read_sizes(hc_decoder *decoder, bmp *state, uint32_t header, hc_error *error) {
  const uint8_t *p = decoder->bytes + 14;
  int64_t width = header == OS2_HEADER ? hc_u16le(p + 4) : (int32_t)hc_u32le(p + 4);
  int64_t height = header == OS2_HEADER ? hc_u16le(p + 6) : (int32_t)hc_u32le(p + 8);
  state->bits = hc_u16le(p + (header == OS2_HEADER ? 10 : 14));
  state->compression = header >= INFO_HEADER ? hc_u32le(p + 16) : PLAIN;
  state->top_down = height < 0;
  if (height < 0) height = -height;
  if (width <= 0 || height == 0) return hc_fail(error, HC_CORRUPT, "BMP: the header states %lld×%lld pixels", (long long)height, (long long)width);
  decoder->info.width = (uint32_t)width;
  decoder->info.height = (uint32_t)height;
  return HC_OK;
}

static bool is_supported(const bmp *state) {
  switch (state->compression) {
    case PLAIN: return state->bits == 1 || state->bits == 2 || state->bits == 4 || state->bits == 8 || state->bits == 16
                       || state->bits == 24 || state->bits == 32;
    case RLE8: return state->bits == 8;
    case RLE4: return state->bits == 4;
    case RLE24: return state->bits == 24;
    case BIT_FIELDS: case ALPHA_BIT_FIELDS: return state->bits == 16 || state->bits == 32;
    default: return false;
  }
}

// Masks stand in the header when it is long enough, else behind it. Returns the bytes they take behind it.
static size_t read_masks(const hc_decoder *decoder, bmp *state, uint32_t header) {
  static const uint32_t of16[] = {0x7C00, 0x03E0, 0x001F, 0}, of32[] = {0xFF0000, 0x00FF00, 0x0000FF, 0};
  memcpy(state->masks, state->bits == 16 ? of16 : of32, sizeof of16);
  if (state->compression != BIT_FIELDS && state->compression != ALPHA_BIT_FIELDS) return 0;
  bool has_alpha = header >= 56 || state->compression == ALPHA_BIT_FIELDS;
  size_t count = has_alpha ? 4 : 3;
  if (14 + INFO_HEADER + count * 4 > decoder->length) return 0;
  for (size_t i = 0; i < count; i++) state->masks[i] = hc_u32le(decoder->bytes + 14 + INFO_HEADER + i * 4);
  return header == INFO_HEADER ? count * 4 : 0;
}

static size_t read_palette(const hc_decoder *decoder, bmp *state, uint32_t header, size_t at) {
  if (state->bits > 8) return 0;
  size_t entry = header == OS2_HEADER ? 3 : 4, count = (size_t)1 << state->bits;
  uint32_t used = header >= INFO_HEADER ? hc_u32le(decoder->bytes + 14 + 32) : 0;
  if (used > 0 && used < count) count = used;
  for (size_t i = 0; i < count && at + (i + 1) * entry <= decoder->length; i++) {
    const uint8_t *bgr = decoder->bytes + at + i * entry;
    state->palette[i][0] = bgr[2], state->palette[i][1] = bgr[1], state->palette[i][2] = bgr[0];
  }
  return count * entry;
}

static bool is_gray(const bmp *state) {
  for (int i = 0; i < 1 << state->bits; i++) {
    const uint8_t *c = state->palette[i];
    if (c[0] != c[1] || c[1] != c[2]) return false;
  }
  return true;
}

static hc_code open_bmp(hc_decoder *decoder, hc_error *error) {
  bmp *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "BMP: no memory");
  uint32_t header = hc_u32le(decoder->bytes + 14);
  if (14 + (size_t)header > decoder->length) return hc_fail(error, HC_TRUNCATED, "BMP: the header is cut");
  hc_code code = read_sizes(decoder, state, header, error);
  if (code != HC_OK) return code;
  // OS/2 gives two numbers another meaning: 3 is Huffman, 4 is 24-bit run lengths.
  if (header == OS2_FULL && state->compression == 4) state->compression = RLE24;
  if (header == OS2_FULL && state->compression == 3) state->compression = 3 + 100;
  if (!is_supported(state))
    return hc_fail(error, HC_UNSUPPORTED, "BMP: %d bits with compression %u", state->bits, state->compression);
  size_t behind = 14 + header;
  behind += read_masks(decoder, state, header);
  behind += read_palette(decoder, state, header, behind);
  uint32_t stated = hc_u32le(decoder->bytes + 10);
  // Some writers state the end of the header although a palette follows.
  bool believable = stated > 14 + header || (stated == 14 + header && state->bits > 8);
  state->data = believable && stated <= decoder->length ? stated : behind;
  if (state->data > decoder->length) state->data = decoder->length;
  decoder->info.format = HC_FORMAT_BMP;
  decoder->info.bit_depth = state->bits <= 8 ? state->bits : state->bits == 16 ? 5 : 8;
  decoder->info.channels = state->bits <= 8 ? (is_gray(state) ? 1 : 3) : state->masks[3] ? 4 : 3;
  return HC_OK;
}

// One channel of a bit-field pixel, widened or narrowed to 8 bits.
typedef struct {
  uint32_t mask;
  int shift;
  uint64_t full;
} field;

static field field_for(uint32_t mask) {
  field f = {mask, mask ? __builtin_ctz(mask) : 0, 0};
  f.full = mask >> f.shift;
  return f;
}

static inline uint8_t field_value(field f, uint32_t pixel) {
  return f.full ? (uint8_t)((((uint64_t)(pixel & f.mask) >> f.shift) * 255 + f.full / 2) / f.full) : 0;
}

static void unpack_fields(const bmp *state, const uint8_t *in, uint32_t width, int channels, uint8_t *out) {
  field fields[4];
  for (int c = 0; c < 4; c++) fields[c] = field_for(state->masks[c]);
  int bytes = state->bits / 8;
  for (uint32_t x = 0; x < width; x++, in += bytes, out += channels) {
    uint32_t pixel = bytes == 2 ? hc_u16le(in) : hc_u32le(in);
    for (int c = 0; c < channels; c++) out[c] = field_value(fields[c], pixel);
  }
}

static void look_up(const bmp *state, const uint8_t *indices, uint32_t width, int channels, uint8_t *out) {
  for (uint32_t x = 0; x < width; x++, out += channels) memcpy(out, state->palette[indices[x]], (size_t)channels);
}

static void unpack_indices(const uint8_t *in, int bits, uint32_t width, uint8_t *out) {
  int per_byte = 8 / bits;
  uint8_t most = (uint8_t)((1 << bits) - 1);
  for (uint32_t x = 0; x < width; x++) {
    int place = per_byte - 1 - (int)(x % (uint32_t)per_byte);
    out[x] = (in[x / (uint32_t)per_byte] >> (place * bits)) & most;
  }
}

// One stored row to the native layout; `indices` is room for a row.
static void unpack(const bmp *state, const uint8_t *in, uint32_t width, int channels, uint8_t *indices, uint8_t *out) {
  if (state->bits <= 8) {
    unpack_indices(in, state->bits, width, indices);
    look_up(state, indices, width, channels, out);
  } else if (state->bits == 24) {
    for (uint32_t x = 0; x < width; x++) out[3 * x] = in[3 * x + 2], out[3 * x + 1] = in[3 * x + 1], out[3 * x + 2] = in[3 * x];
  } else {
    unpack_fields(state, in, width, channels, out);
  }
}

static uint32_t shown_row(const bmp *state, uint32_t stored, uint32_t height) {
  return state->top_down ? stored : height - 1 - stored;
}

static hc_code decode_plain(hc_decoder *decoder, hc_sink *sink, uint8_t *indices, hc_error *error) {
  bmp *state = decoder->state;
  int channels = decoder->info.channels;
  uint64_t stride = ((uint64_t)sink->width * (uint64_t)state->bits + 31) / 32 * 4;
  uint64_t row_bytes = ((uint64_t)sink->width * (uint64_t)state->bits + 7) / 8;
  uint64_t left = decoder->length - state->data;
  uint64_t rows = left < row_bytes ? 0 : (left - row_bytes) / stride + 1;
  if (rows > sink->height) rows = sink->height;
  hc_code code = rows == sink->height ? HC_OK : hc_check_complete(sink, (uint32_t)rows, HC_TRUNCATED, error, "BMP: the data end");
  if (code != HC_OK) return code;
  for (uint32_t i = 0; i < sink->height; i++) {
    uint32_t y = shown_row(state, i, sink->height);
    if (i >= rows) {
      hc_fill_row(sink, y);
      continue;
    }
    uint8_t *row = hc_row(sink, y, (hc_layout)channels, 8);
    unpack(state, decoder->bytes + state->data + i * stride, sink->width, channels, indices, row);
    hc_put_row(sink, y, row, (hc_layout)channels, 8);
  }
  return HC_OK;
}

// MARK: Run lengths

typedef struct {
  const uint8_t *at, *end;
  uint8_t *pixels;  // stored order, `step` bytes each: an index, or blue, green, red
  uint32_t height, width, x, y;
  int step;
} runs;

static void set_pixel(runs *r, const uint8_t *value) {
  if (r->x < r->width && r->y < r->height)
    memcpy(r->pixels + ((size_t)r->y * r->width + r->x) * (size_t)r->step, value, (size_t)r->step);
  if (r->x < r->width) r->x++;
}

// `count` pixels, all of one value (two alternating for 4 bits), or each its own.
static bool put_pixels(runs *r, uint32_t compression, uint32_t count, bool literal) {
  size_t bytes = compression == RLE4 ? (literal ? (count + 1) / 2 : 1) : (literal ? count : 1) * (size_t)r->step;
  size_t padded = literal ? (bytes + 1) & ~(size_t)1 : bytes;
  if ((size_t)(r->end - r->at) < bytes) return false;
  for (uint32_t i = 0; i < count; i++) {
    uint8_t nibble;
    const uint8_t *value = r->at + (literal ? i * (size_t)r->step : 0);
    if (compression == RLE4) {
      uint8_t pair = r->at[literal ? i / 2 : 0];
      nibble = i % 2 ? pair & 15 : pair >> 4;
      value = &nibble;
    }
    set_pixel(r, value);
  }
  r->at += padded < (size_t)(r->end - r->at) ? padded : (size_t)(r->end - r->at);
  return true;
}

// Runs until the end mark or the end of the data; true when nothing is missing.
static bool read_runs(runs *r, uint32_t compression) {
  while (r->end - r->at >= 2) {
    uint8_t count = *r->at++;
    if (count > 0) {
      if (!put_pixels(r, compression, count, false)) return false;
      continue;
    }
    uint8_t command = *r->at++;
    if (command == 1) return true;
    if (command == 0) r->x = 0, r->y++;
    else if (command == 2) {
      if (r->end - r->at < 2) return false;
      r->x += r->at[0], r->y += r->at[1], r->at += 2;
      if (r->x > r->width) r->x = r->width;
    } else if (!put_pixels(r, compression, command, true)) return false;
    if (r->y >= r->height) return true;
  }
  return r->y + 1 >= r->height && r->x >= r->width;
}

static hc_code decode_runs(hc_decoder *decoder, hc_sink *sink, hc_error *error) {
  bmp *state = decoder->state;
  int step = state->compression == RLE24 ? 3 : 1, channels = decoder->info.channels;
  runs r = {
      .at = decoder->bytes + state->data, .end = decoder->bytes + decoder->length,
      .pixels = calloc((size_t)sink->height * sink->width, (size_t)step),
      .height = sink->height, .width = sink->width, .step = step};
  if (!r.pixels) return hc_fail(error, HC_NO_MEMORY, "BMP: no memory for %u×%u pixels", sink->height, sink->width);
  bool whole = read_runs(&r, state->compression);
  hc_code code = whole ? HC_OK : hc_check_complete(sink, r.y, HC_TRUNCATED, error, "BMP: the run lengths end");
  for (uint32_t i = 0; code == HC_OK && i < sink->height; i++) {
    uint32_t y = shown_row(state, i, sink->height);
    const uint8_t *in = r.pixels + (size_t)i * sink->width * (size_t)step;
    uint8_t *row = hc_row(sink, y, (hc_layout)channels, 8);
    if (step == 3) unpack(state, in, sink->width, channels, NULL, row);
    else look_up(state, in, sink->width, channels, row);
    hc_put_row(sink, y, row, (hc_layout)channels, 8);
  }
  free(r.pixels);
  return code;
}

static hc_code decode_bmp(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  (void)request;
  bmp *state = decoder->state;
  if (state->compression == RLE4 || state->compression == RLE8 || state->compression == RLE24)
    return decode_runs(decoder, sink, error);
  uint8_t *indices = malloc(sink->width);
  if (!indices) return hc_fail(error, HC_NO_MEMORY, "BMP: no memory for a row");
  hc_code code = decode_plain(decoder, sink, indices, error);
  free(indices);
  return code;
}

static void close_bmp(hc_decoder *decoder) { free(decoder->state); }

const hc_codec hc_bmp = {matches, open_bmp, decode_bmp, close_bmp, NULL};
