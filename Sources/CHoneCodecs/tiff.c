// TIFF by libtiff: strips and tiles, interleaved and planar, 1 to 32 bits and float; grey, colour, palette and ink are
// read sample by sample (so that 16 bits survive), CIELab likewise, and what is left (YCbCr, LogLuv) through libtiff's RGBA reader.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <tiffio.h>

#include "codec.h"

typedef struct {
  size_t position;
  hc_error *error;  // the first complaint of libtiff since it was last cleared
  TIFF *tiff;
  uint16_t bits, samples, photometric, planar, format;
  uint16_t alpha;  // 0 none, EXTRASAMPLE_ASSOCALPHA or EXTRASAMPLE_UNASSALPHA
  bool by_rgba_reader;
  hc_layout layout;
  int depth;  // of the samples handed on: 8 or 16
  uint8_t *palette;
} tiff;

static bool matches(const uint8_t *bytes, size_t length) {
  if (length < 8) return false;
  return memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0 || memcmp(bytes, "II+\0", 4) == 0
         || memcmp(bytes, "MM\0+", 4) == 0;
}

// MARK: The file as libtiff sees it

static tmsize_t read_bytes(thandle_t handle, void *to, tmsize_t count) {
  hc_decoder *decoder = handle;
  tiff *state = decoder->state;
  size_t left = state->position < decoder->length ? decoder->length - state->position : 0;
  size_t part = (size_t)count < left ? (size_t)count : left;
  memcpy(to, decoder->bytes + state->position, part);
  state->position += part;
  return (tmsize_t)part;
}

static tmsize_t write_nothing(thandle_t handle, void *from, tmsize_t count) {
  (void)handle, (void)from, (void)count;
  return -1;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
  hc_decoder *decoder = handle;
  tiff *state = decoder->state;
  toff_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? state->position : decoder->length;
  return state->position = base + offset;
}

static int close_nothing(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t size_of(thandle_t handle) { return ((hc_decoder *)handle)->length; }

static int map(thandle_t handle, void **base, toff_t *size) {
  hc_decoder *decoder = handle;
  *base = (void *)(uintptr_t)decoder->bytes;
  *size = decoder->length;
  return 1;
}

static void unmap(thandle_t handle, void *base, toff_t size) { (void)handle, (void)base, (void)size; }

#if TIFFLIB_VERSION >= 20221213
enum { most_single_allocation = 256 << 20 };

__attribute__((format(printf, 4, 0))) static int keep_first_error(
    TIFF *file, void *user, const char *module, const char *format, va_list arguments) {
  (void)file, (void)module;
  tiff *state = ((hc_decoder *)user)->state;
  if (state->error && state->error->message[0] == 0)
    vsnprintf(state->error->message, sizeof state->error->message, format, arguments);
  return 1;
}

__attribute__((format(printf, 4, 0))) static int ignore_warning(
    TIFF *file, void *user, const char *module, const char *format, va_list arguments) {
  (void)file, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}

static TIFF *open_file(hc_decoder *decoder) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return NULL;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, most_single_allocation);
  TIFFOpenOptionsSetErrorHandlerExtR(options, keep_first_error, decoder);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore_warning, decoder);
  TIFF *file = TIFFClientOpenExt(
      "picture", "r", decoder, read_bytes, write_nothing, seek, close_nothing, size_of, map, unmap, options);
  TIFFOpenOptionsFree(options);
  return file;
}
#else
// Before 4.5 the handlers are global: silence is the one setting that threads can share.
static TIFF *open_file(hc_decoder *decoder) {
  TIFFSetErrorHandler(NULL);
  TIFFSetWarningHandler(NULL);
  return TIFFClientOpen("picture", "r", decoder, read_bytes, write_nothing, seek, close_nothing, size_of, map, unmap);
}
#endif

// MARK: What the tags say

static void read_tags(hc_decoder *decoder, tiff *state) {
  uint16_t orientation = 1, extra_count = 0, *extras = NULL;
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_BITSPERSAMPLE, &state->bits);
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_SAMPLESPERPIXEL, &state->samples);
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_PLANARCONFIG, &state->planar);
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_SAMPLEFORMAT, &state->format);
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_ORIENTATION, &orientation);
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
  if (!TIFFGetField(state->tiff, TIFFTAG_PHOTOMETRIC, &state->photometric))
    state->photometric = state->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  if (extra_count > 0 && extras[0] != EXTRASAMPLE_UNSPECIFIED) state->alpha = extras[0];
  decoder->info.format = HC_FORMAT_TIFF;
  TIFFGetField(state->tiff, TIFFTAG_IMAGELENGTH, &decoder->info.height);
  TIFFGetField(state->tiff, TIFFTAG_IMAGEWIDTH, &decoder->info.width);
  decoder->info.bit_depth = state->bits;
  decoder->info.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
}

// JPEG inside TIFF: the library turns YCbCr into RGB while it decodes.
static void ask_jpeg_for_rgb(tiff *state) {
  uint16_t compression = COMPRESSION_NONE;
  TIFFGetFieldDefaulted(state->tiff, TIFFTAG_COMPRESSION, &compression);
  if (compression != COMPRESSION_JPEG || state->photometric != PHOTOMETRIC_YCBCR || state->planar != PLANARCONFIG_CONTIG) return;
  TIFFSetField(state->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  state->photometric = PHOTOMETRIC_RGB;
}

static bool reads_samples(const tiff *state) {
  bool is_float = state->format == SAMPLEFORMAT_IEEEFP;
  if (state->format > SAMPLEFORMAT_IEEEFP && state->format != SAMPLEFORMAT_VOID) return false;
  if (is_float ? state->bits != 32 && state->bits != 64 : state->bits > 16 && state->bits != 32) return false;
  switch (state->photometric) {
    case PHOTOMETRIC_MINISWHITE: case PHOTOMETRIC_MINISBLACK: return true;
    case PHOTOMETRIC_PALETTE: return state->bits <= 8 && !is_float;
    case PHOTOMETRIC_RGB: return state->samples >= 3;
    case PHOTOMETRIC_SEPARATED: return state->samples >= 4;
    case PHOTOMETRIC_CIELAB: case PHOTOMETRIC_ICCLAB: return state->samples >= 3 && (state->bits == 8 || state->bits == 16) && !is_float;
    default: return false;
  }
}

// The colour map as 8-bit RGB; maps that were written with 8-bit values are taken as such.
static bool read_palette(tiff *state) {
  uint16_t *map[3];
  if (!TIFFGetField(state->tiff, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2])) return false;
  size_t count = (size_t)1 << state->bits;
  state->palette = malloc(count * 3);
  if (!state->palette) return false;
  bool wide = false;
  for (size_t i = 0; i < count && !wide; i++) wide = map[0][i] > 255 || map[1][i] > 255 || map[2][i] > 255;
  for (size_t i = 0; i < count; i++)
    for (int c = 0; c < 3; c++) state->palette[i * 3 + (size_t)c] = (uint8_t)(wide ? map[c][i] >> 8 : map[c][i]);
  return true;
}

static hc_layout layout_of(const tiff *state) {
  bool alpha = state->alpha != 0;
  switch (state->photometric) {
    case PHOTOMETRIC_MINISWHITE: case PHOTOMETRIC_MINISBLACK: return alpha && state->samples >= 2 ? HC_GRAY_ALPHA : HC_GRAY;
    case PHOTOMETRIC_PALETTE: return alpha && state->samples >= 2 ? HC_RGBA : HC_RGB;
    case PHOTOMETRIC_SEPARATED: return HC_CMYK;
    default: return alpha && state->samples >= 4 ? HC_RGBA : HC_RGB;
  }
}

static hc_code choose_reader(hc_decoder *decoder, tiff *state, hc_error *error) {
  ask_jpeg_for_rgb(state);
  state->by_rgba_reader = !reads_samples(state);
  state->depth = state->bits > 8 ? 16 : 8;
  if (state->by_rgba_reader) {
    char why[1024] = "";
    if (!TIFFRGBAImageOK(state->tiff, why)) return hc_fail(error, HC_UNSUPPORTED, "TIFF: %s", why);
    state->layout = HC_RGBA;
    state->depth = 8;
    decoder->info.channels = state->alpha ? 4 : 3;
    return HC_OK;
  }
  if (state->photometric == PHOTOMETRIC_PALETTE && !read_palette(state))
    return hc_fail(error, HC_CORRUPT, "TIFF: the palette is missing");
  state->layout = layout_of(state);
  decoder->info.channels = state->layout == HC_CMYK ? 3 : (int)state->layout;
  return HC_OK;
}

// libtiff's own words when it left some, ours otherwise.
static hc_code failed(hc_error *error, hc_code code, const char *otherwise) {
  char said[200];
  snprintf(said, sizeof said, "%s", error->message[0] ? error->message : otherwise);
  return hc_fail(error, code, "TIFF: %s", said);
}

static hc_code open_tiff(hc_decoder *decoder, hc_error *error) {
  tiff *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "TIFF: no memory");
  error->message[0] = 0;
  state->error = error;
  state->tiff = open_file(decoder);
  if (!state->tiff) return failed(error, HC_CORRUPT, "the directory cannot be read");
  read_tags(decoder, state);
  if (state->bits == 0 || state->samples == 0 || state->samples > 64)
    return hc_fail(error, HC_CORRUPT, "TIFF: %d samples of %d bits", state->samples, state->bits);
  hc_code code = choose_reader(decoder, state, error);
  decoder->info.is_animated = code == HC_OK && !TIFFLastDirectory(state->tiff);
  state->error = NULL;
  return code;
}

// MARK: Samples

// A band is the rows that one row of strips or tiles covers, for every plane.
typedef struct {
  uint8_t *bytes, *tile;
  size_t row_bytes, plane_bytes, tile_bytes;
  uint32_t rows;
  int planes;
} band;

static bool make_band(const tiff *state, const hc_sink *sink, band *b) {
  uint32_t tile_height = 0, strip_rows = 0;
  // Planes of samples that do not matter are not read.
  int used = state->palette ? 1 + (state->layout == HC_RGBA) : state->layout == HC_CMYK ? 4 : (int)state->layout;
  b->planes = state->planar == PLANARCONFIG_SEPARATE && state->samples > 1 ? used : 1;
  b->row_bytes = (size_t)TIFFScanlineSize(state->tiff);
  bool tiled = TIFFIsTiled(state->tiff);
  if (tiled) TIFFGetField(state->tiff, TIFFTAG_TILELENGTH, &tile_height);
  else TIFFGetFieldDefaulted(state->tiff, TIFFTAG_ROWSPERSTRIP, &strip_rows);
  b->rows = tiled ? tile_height : strip_rows;
  if (b->rows > sink->height) b->rows = sink->height;
  b->tile_bytes = tiled ? (size_t)TIFFTileSize(state->tiff) : 0;
  uint64_t per_plane = (uint64_t)sink->width * (uint64_t)(state->planar == PLANARCONFIG_SEPARATE ? 1 : state->samples) * state->bits;
  // A tile far larger than its picture is an attack, not a layout.
  bool sane = b->rows > 0 && b->row_bytes >= (per_plane + 7) / 8
              && b->tile_bytes <= (16u << 20) + 4 * b->row_bytes * (uint64_t)sink->height;
  if (!sane) return false;
  b->plane_bytes = b->row_bytes * b->rows;
  b->bytes = calloc((size_t)b->planes, b->plane_bytes);
  b->tile = tiled ? malloc(b->tile_bytes) : NULL;
  return b->bytes && (!tiled || b->tile);
}

static bool read_tiles(const tiff *state, const band *b, uint32_t y, uint32_t width, int plane, uint8_t *out) {
  uint32_t tile_width = 0;
  TIFFGetField(state->tiff, TIFFTAG_TILEWIDTH, &tile_width);
  size_t tile_row = (size_t)TIFFTileRowSize(state->tiff), at = 0;
  if (tile_width == 0 || tile_row == 0) return false;
  for (uint64_t x = 0; x < width && at < b->row_bytes; x += tile_width, at += tile_row) {
    if (TIFFReadTile(state->tiff, b->tile, (uint32_t)x, y, 0, (uint16_t)plane) < 0) return false;
    size_t part = b->row_bytes - at < tile_row ? b->row_bytes - at : tile_row;
    for (uint32_t row = 0; row < b->rows; row++) memcpy(out + row * b->row_bytes + at, b->tile + row * tile_row, part);
  }
  return true;
}

static bool read_band(const tiff *state, const band *b, uint32_t y, const hc_sink *sink) {
  for (int plane = 0; plane < b->planes; plane++) {
    uint8_t *out = b->bytes + (size_t)plane * b->plane_bytes;
    if (b->tile) {
      if (!read_tiles(state, b, y, sink->width, plane, out)) return false;
      continue;
    }
    uint32_t strip = TIFFComputeStrip(state->tiff, y, (uint16_t)plane);
    uint32_t rows = sink->height - y < b->rows ? sink->height - y : b->rows;
    if (TIFFReadEncodedStrip(state->tiff, strip, out, (tmsize_t)(b->row_bytes * rows)) < 0) return false;
  }
  return true;
}

// A sample of a row packed most significant bit first.
static inline uint32_t packed(const uint8_t *row, size_t index, int bits) {
  uint32_t value = 0;
  for (size_t bit = index * (size_t)bits, end = bit + (size_t)bits; bit < end; bit++)
    value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1u);
  return value;
}

static uint16_t of_float(double value) { return (uint16_t)((value > 0 ? value < 1 ? value : 1 : 0) * 65535 + 0.5); }

// Integers wider than 16 bits, and signed ones of 16, hold numbers rather than intensities: they are clamped, not
// scaled. Eight bits that claim to be signed are plain bytes in practice, and every reader takes them so.
static uint16_t clamped(int64_t value, int64_t most) { return (uint16_t)(value < 0 ? 0 : value > most ? most : value); }

static uint16_t signed_sample(const tiff *state, const void *row, size_t index) {
  if (state->bits == 16) return clamped(((const int16_t *)row)[index], 65535);
  return clamped(((const int32_t *)row)[index], 65535);
}

static uint16_t float_sample(const tiff *state, const void *row, size_t index) {
  return of_float(state->bits == 32 ? ((const float *)row)[index] : ((const double *)row)[index]);
}

// One sample in the depth that is handed on; palette indices stay as they are.
static uint16_t sample(const tiff *state, const void *row, size_t index) {
  if (state->format == SAMPLEFORMAT_IEEEFP) return float_sample(state, row, index);
  if (state->bits == 8) return ((const uint8_t *)row)[index];
  bool is_number = state->photometric != PHOTOMETRIC_CIELAB && state->photometric != PHOTOMETRIC_ICCLAB;
  if (state->format == SAMPLEFORMAT_INT && state->bits >= 16 && is_number) return signed_sample(state, row, index);
  if (state->bits == 16) return ((const uint16_t *)row)[index];
  if (state->bits == 32) return clamped(((const uint32_t *)row)[index], 65535);
  uint32_t value = packed(row, index, state->bits);
  if (state->photometric == PHOTOMETRIC_PALETTE) return (uint16_t)value;
  uint32_t most = (1u << state->bits) - 1;
  return (uint16_t)((value * (state->bits < 8 ? 255u : 65535u) + most / 2) / most);
}

static uint16_t pixel_sample(const tiff *state, const band *b, uint32_t row, uint32_t x, int channel) {
  const uint8_t *line = b->bytes + row * b->row_bytes;
  if (state->planar == PLANARCONFIG_SEPARATE) return sample(state, line + (size_t)channel * b->plane_bytes, x);
  return sample(state, line, (size_t)x * state->samples + (size_t)channel);
}

static void store(const tiff *state, void *row, size_t index, uint32_t value) {
  if (state->depth == 8) ((uint8_t *)row)[index] = (uint8_t)value;
  else ((uint16_t *)row)[index] = (uint16_t)value;
}

static uint32_t unmultiplied(uint32_t value, uint32_t alpha, uint32_t full) {
  if (alpha == 0) return 0;
  uint32_t straight = (uint32_t)(((uint64_t)value * full + alpha / 2) / alpha);
  return straight < full ? straight : full;
}

static double lab_inverse(double t) { return t > 6.0 / 29 ? t * t * t : 3 * 36.0 / 841 * (t - 4.0 / 29); }

static uint32_t srgb_encoded(double linear, uint32_t full) {
  double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
  return (uint32_t)((value > 0 ? value < 1 ? value : 1 : 0) * full + 0.5);
}

// CIELab under D50 (as TIFF and ICC have it) to sRGB, white to white by Bradford's adaptation.
static void rgb_of_lab(const tiff *state, uint32_t *lab) {
  static const double white[3] = {0.9642, 1, 0.8249};
  static const double to_rgb[3][3] = {
      {3.1338561, -1.6168667, -0.4906146}, {-0.9787684, 1.9161415, 0.0334540}, {0.0719453, -0.2289914, 1.4052427}};
  uint32_t full = state->depth == 8 ? 255 : 65535;
  double unit = state->depth == 8 ? 1 : 256, ab[2];
  for (int c = 0; c < 2; c++) {
    bool offset = state->photometric == PHOTOMETRIC_ICCLAB;
    double stored = state->depth == 8 ? (int8_t)(lab[c + 1] ^ (offset ? 0x80 : 0)) : (int16_t)(lab[c + 1] ^ (offset ? 0x8000 : 0));
    ab[c] = stored / unit;
  }
  double y = (lab[0] * 100.0 / full + 16) / 116;
  double xyz[3] = {white[0] * lab_inverse(y + ab[0] / 500), lab_inverse(y), white[2] * lab_inverse(y - ab[1] / 200)};
  for (int c = 0; c < 3; c++)
    lab[c] = srgb_encoded(to_rgb[c][0] * xyz[0] + to_rgb[c][1] * xyz[1] + to_rgb[c][2] * xyz[2], full);
}

static void unpack_row(const tiff *state, const band *b, uint32_t row, uint32_t width, void *out) {
  uint32_t full = state->depth == 8 ? 255 : 65535;
  int count = state->layout == HC_CMYK ? 4 : (int)state->layout;
  bool has_alpha = state->layout == HC_RGBA || state->layout == HC_GRAY_ALPHA;
  int colors = has_alpha ? count - 1 : count;
  bool inverts = state->photometric == PHOTOMETRIC_MINISWHITE;
  bool is_lab = state->photometric == PHOTOMETRIC_CIELAB || state->photometric == PHOTOMETRIC_ICCLAB;
  for (uint32_t x = 0; x < width; x++) {
    const uint8_t *entry = state->palette ? state->palette + (size_t)pixel_sample(state, b, row, x, 0) * 3 : NULL;
    uint32_t alpha = has_alpha ? pixel_sample(state, b, row, x, entry ? 1 : colors) : full;
    uint32_t values[4] = {0};
    for (int c = 0; c < colors; c++) values[c] = entry ? entry[c] : pixel_sample(state, b, row, x, c);
    if (is_lab) rgb_of_lab(state, values);
    for (int c = 0; c < colors; c++) {
      uint32_t value = values[c];
      if (inverts) value = full - value;
      if (state->alpha == EXTRASAMPLE_ASSOCALPHA && has_alpha && !entry) value = unmultiplied(value, alpha, full);
      store(state, out, (size_t)x * (size_t)count + (size_t)c, value);
    }
    if (has_alpha) store(state, out, (size_t)x * (size_t)count + (size_t)colors, alpha);
  }
}

// Rows that are stored as they are handed on.
static bool is_plain(const tiff *state, const band *b) {
  int count = state->layout == HC_CMYK ? 4 : (int)state->layout;
  return (state->bits == 8 || state->bits == 16) && (state->bits == 8 || state->format != SAMPLEFORMAT_INT) && !state->palette && b->planes == 1
         && (state->samples == count || (state->planar == PLANARCONFIG_SEPARATE && count == 1)) && state->alpha != EXTRASAMPLE_ASSOCALPHA
         && state->photometric != PHOTOMETRIC_MINISWHITE && state->photometric != PHOTOMETRIC_CIELAB
         && state->photometric != PHOTOMETRIC_ICCLAB && state->format != SAMPLEFORMAT_IEEEFP;
}

static hc_code decode_samples(const tiff *state, hc_sink *sink, hc_error *error) {
  band b = {0};
  if (!make_band(state, sink, &b)) {
    free(b.bytes);
    free(b.tile);
    return failed(error, HC_CORRUPT, "strips or tiles do not fit the picture");
  }
  bool plain = is_plain(state, &b), whole = true;
  for (uint32_t y = 0; whole && y < sink->height; y += b.rows) {
    whole = read_band(state, &b, y, sink);
    for (uint32_t row = 0; whole && row < b.rows && y + row < sink->height; row++) {
      void *native = plain ? b.bytes + row * b.row_bytes : hc_row(sink, y + row, state->layout, state->depth);
      if (!plain) unpack_row(state, &b, row, sink->width, native);
      hc_put_row(sink, y + row, native, state->layout, state->depth);
      sink->rows = y + row + 1;
    }
  }
  free(b.bytes);
  free(b.tile);
  if (whole) return HC_OK;
  failed(error, HC_CORRUPT, "the data are damaged");
  hc_error cause = *error;
  return hc_finish_broken(sink, sink->rows, HC_CORRUPT, error, cause.message);
}

// MARK: libtiff's own reader

static void put_raster_row(const hc_decoder *decoder, hc_sink *sink, uint32_t y, const uint32_t *raster) {
  hc_layout layout = (hc_layout)decoder->info.channels;
  uint8_t *row = hc_row(sink, y, layout, 8);
  for (uint32_t x = 0; x < sink->width; x++) {
    uint32_t pixel = raster[x], alpha = TIFFGetA(pixel);
    uint8_t rgba[4] = {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel), (uint8_t)alpha};
    if (layout == HC_RGBA)
      for (int c = 0; c < 3; c++) rgba[c] = (uint8_t)unmultiplied(rgba[c], alpha, 255);
    memcpy(row + (size_t)x * (size_t)layout, rgba, (size_t)layout);
  }
  hc_put_row(sink, y, row, layout, 8);
}

static hc_code decode_rgba(const hc_decoder *decoder, const tiff *state, hc_sink *sink, hc_error *error) {
  char why[1024] = "";
  TIFFRGBAImage image;
  if (!TIFFRGBAImageBegin(&image, state->tiff, 1, why)) return hc_fail(error, HC_UNSUPPORTED, "TIFF: %s", why);
  image.orientation = image.req_orientation = ORIENTATION_TOPLEFT;  // turned later, like every format
  uint32_t *raster = calloc((size_t)sink->height * sink->width, 4);
  bool done = raster && TIFFRGBAImageGet(&image, raster, sink->width, sink->height);
  for (uint32_t y = 0; done && y < sink->height; y++) put_raster_row(decoder, sink, y, raster + (size_t)y * sink->width);
  free(raster);
  TIFFRGBAImageEnd(&image);
  if (!raster) return hc_fail(error, HC_NO_MEMORY, "TIFF: no memory for %u×%u pixels", sink->height, sink->width);
  return done ? HC_OK : failed(error, HC_CORRUPT, "the data are damaged");
}

static hc_code decode_tiff(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  (void)request;
  tiff *state = decoder->state;
  error->message[0] = 0;
  state->error = error;
  hc_code code = state->by_rgba_reader ? decode_rgba(decoder, state, sink, error) : decode_samples(state, sink, error);
  state->error = NULL;
  return code;
}

static void close_tiff(hc_decoder *decoder) {
  tiff *state = decoder->state;
  if (!state) return;
  state->error = NULL;
  if (state->tiff) TIFFClose(state->tiff);
  free(state->palette);
  free(state);
}

static uint8_t *profile_of(hc_decoder *decoder, uint32_t *length) {
  uint32_t count = 0;
  const void *bytes = NULL;
  if (!TIFFGetField(((tiff *)decoder->state)->tiff, TIFFTAG_ICCPROFILE, &count, &bytes)) return NULL;
  return hc_copy_profile(bytes, count, length);
}

const hc_codec hc_tiff = {matches, open_tiff, decode_tiff, close_tiff, profile_of};
