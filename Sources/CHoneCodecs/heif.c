// HEIC and AVIF, what phones make, by libheif. Built without it, such files are recognized and refused.
#include "codec.h"

#ifdef HONE_HEIF
#include <libheif/heif.h>
#endif

static bool is_brand(const uint8_t *bytes, const char *brand) { return memcmp(bytes + 8, brand, 4) == 0; }

static bool is_avif(const uint8_t *bytes) { return is_brand(bytes, "avif") || is_brand(bytes, "avis"); }

static bool matches(const uint8_t *bytes, size_t length) {
  static const char *const brands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"};
  if (length < 12 || memcmp(bytes + 4, "ftyp", 4) != 0) return false;
  for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
    if (is_brand(bytes, brands[i])) return true;
  return false;
}

bool hc_has_heif(void) {
#ifdef HONE_HEIF
  return true;
#else
  return false;
#endif
}

#ifdef HONE_HEIF
typedef struct {
  struct heif_context *context;
  struct heif_image_handle *handle;
  bool alpha, wide;
} heif;

static hc_code fail(hc_error *error, struct heif_error cause) {
  bool unsupported = cause.code == heif_error_Unsupported_feature || cause.code == heif_error_Unsupported_filetype;
  hc_code code = cause.code == heif_error_Memory_allocation_error ? HC_NO_MEMORY : unsupported ? HC_UNSUPPORTED : HC_CORRUPT;
  return hc_fail(error, code, "HEIF: %s", cause.message ? cause.message : "cannot be read");
}

static hc_code open_heif(hc_decoder *decoder, hc_error *error) {
  heif *state = decoder->state = calloc(1, sizeof *state);
  if (!state || !(state->context = heif_context_alloc())) return hc_fail(error, HC_NO_MEMORY, "HEIF: no memory");
  struct heif_error cause =
      heif_context_read_from_memory_without_copy(state->context, decoder->bytes, decoder->length, NULL);
  if (cause.code == heif_error_Ok) cause = heif_context_get_primary_image_handle(state->context, &state->handle);
  if (cause.code != heif_error_Ok) return fail(error, cause);
  int height = heif_image_handle_get_height(state->handle), width = heif_image_handle_get_width(state->handle);
  int bits = heif_image_handle_get_luma_bits_per_pixel(state->handle);
  if (height <= 0 || width <= 0) return hc_fail(error, HC_CORRUPT, "HEIF: the header states an empty picture");
  state->alpha = heif_image_handle_has_alpha_channel(state->handle);
  state->wide = bits > 8;
  decoder->info = (hc_info){
      .format = is_avif(decoder->bytes) ? HC_FORMAT_AVIF : HC_FORMAT_HEIC, .height = (uint32_t)height,
      .width = (uint32_t)width, .channels = state->alpha ? 4 : 3, .bit_depth = bits > 0 ? bits : 8,
      .orientation = 1,  // the library turns the picture itself
      .is_animated = is_brand(decoder->bytes, "avis") || is_brand(decoder->bytes, "hevc") || is_brand(decoder->bytes, "msf1")};
  return HC_OK;
}

// Samples of 9 to 16 bits, spread over all of 16.
static void widen(uint16_t *row, size_t count, int bits) {
  uint32_t most = (1u << bits) - 1;
  for (size_t i = 0; i < count; i++) row[i] = (uint16_t)((row[i] * 65535u + most / 2) / most);
}

static hc_code put_rows(hc_decoder *decoder, hc_sink *sink, const struct heif_image *image, bool wide, hc_error *error) {
  const heif *state = decoder->state;
  int stride = 0, bits = heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
  const uint8_t *plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  bool fits = heif_image_get_width(image, heif_channel_interleaved) == (int)sink->width
              && heif_image_get_height(image, heif_channel_interleaved) == (int)sink->height;
  if (!plane || !fits || (wide && (bits < 9 || bits > 16)))
    return hc_fail(error, HC_CORRUPT, "HEIF: the picture's size is not the header's");
  hc_layout layout = state->alpha ? HC_RGBA : HC_RGB;
  int depth = wide ? 16 : 8;
  size_t row_bytes = sink->width * hc_pixel_bytes(layout, depth);
  for (uint32_t y = 0; y < sink->height; y++) {
    uint8_t *row = hc_row(sink, y, layout, depth);
    memcpy(row, plane + (size_t)y * (size_t)stride, row_bytes);
    if (wide) widen((uint16_t *)(void *)row, row_bytes / 2, bits);
    hc_put_row(sink, y, row, layout, depth);
  }
  return HC_OK;
}

static hc_code decode_heif(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  (void)request;
  heif *state = decoder->state;
  bool wide = state->wide && sink->depth == 16;
  enum heif_chroma chroma = wide ? (state->alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE)
                                 : (state->alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB);
  struct heif_decoding_options *options = heif_decoding_options_alloc();
  if (!options) return hc_fail(error, HC_NO_MEMORY, "HEIF: no memory");
  options->convert_hdr_to_8bit = !wide;
  struct heif_image *image = NULL;
  struct heif_error cause = heif_decode_image(state->handle, &image, heif_colorspace_RGB, chroma, options);
  heif_decoding_options_free(options);
  if (cause.code != heif_error_Ok) return fail(error, cause);
  hc_code code = put_rows(decoder, sink, image, wide, error);
  heif_image_release(image);
  return code;
}

static uint8_t *profile_of(hc_decoder *decoder, uint32_t *length) {
  const heif *state = decoder->state;
  size_t bytes = heif_image_handle_get_raw_color_profile_size(state->handle);
  uint8_t *profile = bytes > 0 && bytes <= hc_most_profile ? malloc(bytes) : NULL;
  if (!profile) return NULL;
  if (heif_image_handle_get_raw_color_profile(state->handle, profile).code != heif_error_Ok) return free(profile), NULL;
  *length = (uint32_t)bytes;
  return profile;
}

static void close_heif(hc_decoder *decoder) {
  heif *state = decoder->state;
  if (!state) return;
  if (state->handle) heif_image_handle_release(state->handle);
  if (state->context) heif_context_free(state->context);
  free(state);
}

const hc_codec hc_heif = {matches, open_heif, decode_heif, close_heif, profile_of};
#else
static hc_code open_heif(hc_decoder *decoder, hc_error *error) {
  const char *name = is_avif(decoder->bytes) ? "AVIF" : "HEIC";
  return hc_fail(error, HC_UNSUPPORTED, "%s needs libheif, which this Hone was built without; install it and build again", name);
}

static hc_code decode_heif(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  (void)request, (void)sink;
  return open_heif(decoder, error);
}

static void close_heif(hc_decoder *decoder) { (void)decoder; }

const hc_codec hc_heif = {matches, open_heif, decode_heif, close_heif, NULL};
#endif
