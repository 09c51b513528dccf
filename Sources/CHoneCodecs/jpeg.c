// JPEG by libjpeg-turbo: baseline, progressive and arithmetic, 8 bits; grey, YCbCr, RGB, CMYK and YCCK.
// As in Pillow and OpenCV, four-channel files hold inverted ink (Adobe's convention), with the Adobe marker or without.
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>

#include "codec.h"
#include "jpeg_small.h"

enum { most_scans = 500 };
static const uint64_t most_scanned_pixels = 4000000000;  // pixels × scans: bounds the time a small file can take

typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  hc_error *error;
  JSAMPARRAY (*allocate_rows)(j_common_ptr, int, JDIMENSION, JDIMENSION);
  bool ran_dry;           // the reader had to invent an end of image
  double complete;        // fraction decoded when the data ended
} jpeg;

static hc_code code_for(int message) {
  switch (message) {
    case JERR_OUT_OF_MEMORY: return HC_NO_MEMORY;
    case JERR_BAD_PRECISION: case JERR_SOF_UNSUPPORTED: case JERR_CONVERSION_NOTIMPL: case JERR_BAD_J_COLORSPACE:
    case JERR_CCIR601_NOTIMPL: case JERR_FRACT_SAMPLE_NOTIMPL: case JERR_NOTIMPL: case JERR_COMPONENT_COUNT:
    case JERR_ARITH_NOTIMPL: return HC_UNSUPPORTED;
    default: return HC_CORRUPT;
  }
}

static void on_error(j_common_ptr info) {
  jpeg *state = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  hc_fail(state->error, code_for(info->err->msg_code), "JPEG: %s", text);
  longjmp(state->escape, 1);
}

static double progress_of(const struct jpeg_decompress_struct *info) {
  if (info->input_scan_number > 1) return 1;
  if (info->total_iMCU_rows == 0) return 0;
  return (double)info->input_iMCU_row / info->total_iMCU_rows;
}

static void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  j_decompress_ptr info = (j_decompress_ptr)common;
  jpeg *state = common->client_data;
  common->err->num_warnings++;
  if (!common->is_decompressor) return;
  if (common->err->msg_code == JWRN_JPEG_EOF) state->ran_dry = true;
  bool starved = common->err->msg_code == JWRN_HIT_MARKER || info->arith_code;
  if (state->ran_dry && starved && state->complete == 1) state->complete = progress_of(info);
}

static void on_progress(j_common_ptr common) {
  j_decompress_ptr info = (j_decompress_ptr)common;
  jpeg *state = common->client_data;
  uint64_t pixels = (uint64_t)info->image_width * info->image_height;
  if (info->input_scan_number <= most_scans && pixels * (uint64_t)info->input_scan_number <= most_scanned_pixels) return;
  hc_fail(state->error, HC_CORRUPT, "JPEG: more than %d scans for %llu pixels", info->input_scan_number - 1, (unsigned long long)pixels);
  longjmp(state->escape, 1);
}

// Row buffers start as zeros: libjpeg-turbo upsamples a few bytes that it never wrote when chroma is stored at 4:1:0.
static JSAMPARRAY allocate_zeroed_rows(j_common_ptr info, int pool, JDIMENSION width, JDIMENSION height) {
  jpeg *state = info->client_data;
  JSAMPARRAY rows = state->allocate_rows(info, pool, width, height);
  for (JDIMENSION y = 0; y < height; y++) memset(rows[y], 0, width);
  return rows;
}

static bool matches(const uint8_t *bytes, size_t length) {
  return length >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

static int orientation_of(const struct jpeg_decompress_struct *info) {
  for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next)
    if (marker->data_length >= 6 && memcmp(marker->data, "Exif\0\0", 6) == 0)
      return hc_exif_orientation(marker->data, marker->data_length);
  return 1;
}

static hc_code open_jpeg(hc_decoder *decoder, hc_error *error) {
  jpeg *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "JPEG: no memory");
  state->error = error;
  state->complete = 1;
  state->info.err = jpeg_std_error(&state->errors);
  state->errors.error_exit = on_error;
  state->errors.emit_message = on_message;
  state->progress.progress_monitor = on_progress;
  state->info.client_data = state;
  if (setjmp(state->escape)) return error->code;
  jpeg_create_decompress(&state->info);
  state->info.client_data = state;
  state->info.progress = &state->progress;
  state->allocate_rows = state->info.mem->alloc_sarray;
  state->info.mem->alloc_sarray = allocate_zeroed_rows;
  jpeg_mem_src(&state->info, decoder->bytes, (unsigned long)decoder->length);
  jpeg_save_markers(&state->info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_save_markers(&state->info, JPEG_APP0 + 2, 0xFFFF);
  jpeg_read_header(&state->info, TRUE);
  int components = state->info.num_components;
  if (components != 1 && components != 3 && components != 4)
    return hc_fail(error, HC_UNSUPPORTED, "JPEG: %d colour components", components);
  decoder->info = (hc_info){
      .format = HC_FORMAT_JPEG, .height = state->info.image_height, .width = state->info.image_width,
      .channels = components == 1 ? 1 : 3, .bit_depth = 8, .orientation = orientation_of(&state->info)};
  return HC_OK;
}

// A block takes at least one bit unless the coding is arithmetic: a shorter file cannot hold what it claims.
static bool is_hopeless(const hc_decoder *decoder, const jpeg *state, double least_complete) {
  double pixels = (double)decoder->info.height * decoder->info.width;
  return !state->info.arith_code && pixels * least_complete > 512.0 * (double)decoder->length;
}

static void choose_output(jpeg *state, const hc_sink *sink, hc_layout *layout) {
  struct jpeg_decompress_struct *info = &state->info;
  if (info->num_components == 4) {
    info->out_color_space = JCS_CMYK;
    *layout = HC_CMYK;
  } else if (info->num_components == 1 || (sink->layout == HC_GRAY && info->jpeg_color_space == JCS_YCbCr)) {
    bool straight_to_color = sink->layout == HC_RGB && info->jpeg_color_space == JCS_GRAYSCALE;
    info->out_color_space = straight_to_color ? JCS_EXT_RGB : JCS_GRAYSCALE;
    *layout = straight_to_color ? HC_RGB : HC_GRAY;
  } else {
    info->out_color_space = JCS_EXT_RGB;
    *layout = HC_RGB;
  }
}

// Samplings for which libjpeg-turbo crops and skips to the very pixels of the whole picture.
static bool crops_exactly(const struct jpeg_decompress_struct *info) {
  for (int c = 0; c < info->num_components; c++) {
    const jpeg_component_info *component = &info->comp_info[c];
    if (component->h_samp_factor > 2 || component->v_samp_factor > 2) return false;
  }
  return info->comp_info[0].h_samp_factor == info->max_h_samp_factor && info->comp_info[0].v_samp_factor == info->max_v_samp_factor;
}

// Narrows the rows to the window and skips those above it; returns the column at which rows start. Upsampling looks at
// neighbours, so a margin keeps the window equal to that part of the whole picture.
static uint32_t enter_window(jpeg *state, const hc_sink *sink) {
  enum { margin = 4 };
  const hc_window *window = &sink->window;
  JDIMENSION first = window->left > margin ? window->left - margin : 0;
  uint32_t end = window->left + window->width, room = sink->width - end;
  JDIMENSION width = end + (room < margin ? room : margin) - first;
  jpeg_crop_scanline(&state->info, &first, &width);
  if (window->top > 0) jpeg_skip_scanlines(&state->info, window->top);
  return first;
}

// Rows below the window are never decoded.
static void read_rows(jpeg *state, hc_sink *sink, hc_layout layout) {
  uint32_t first = hc_is_windowed(sink) && crops_exactly(&state->info) ? enter_window(state, sink) : 0;
  while (state->info.output_scanline < sink->window.top + sink->window.height) {
    uint32_t y = state->info.output_scanline;
    JSAMPROW row = hc_row(sink, y, layout, 8);
    jpeg_read_scanlines(&state->info, &row, 1);
    if (layout == HC_CMYK)
      for (size_t i = 0; i < (size_t)state->info.output_width * 4; i++) row[i] = (JSAMPLE)~row[i];
    hc_put_part(sink, y, row, first, layout, 8);
    sink->rows = y + 1;
  }
}

static hc_code decode_jpeg(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  jpeg *state = decoder->state;
  state->error = error;
  if (is_hopeless(decoder, state, request->least_complete))
    return hc_fail(error, HC_TRUNCATED, "JPEG: %zu bytes cannot hold the claimed size", decoder->length);
  if (setjmp(state->escape)) {
    hc_error cause = *error;
    return hc_finish_broken(sink, sink->rows, cause.code, error, cause.message);
  }
  hc_layout layout;
  choose_output(state, sink, &layout);
  if (request->scale == 1 && hc_jpeg_small(&state->info, sink, layout)) return HC_OK;
  state->info.scale_num = (unsigned)request->scale;
  state->info.scale_denom = 8;
  jpeg_start_decompress(&state->info);
  if (state->info.output_width != sink->width || state->info.output_height != sink->height)
    return hc_fail(error, HC_CORRUPT, "JPEG: the picture's size is not the header's");
  read_rows(state, sink, layout);
  if (state->complete >= request->least_complete) return HC_OK;
  return hc_fail(error, HC_TRUNCATED, "JPEG: the data end after %.0f %% of the picture", state->complete * 100);
}

static void close_jpeg(hc_decoder *decoder) {
  jpeg *state = decoder->state;
  if (!state) return;
  if (state->info.mem) jpeg_destroy_decompress(&state->info);
  free(state);
}

// CMYK has become RGB by then, and its profile is about ink.
static uint8_t *profile_of(hc_decoder *decoder, uint32_t *length) {
  jpeg *state = decoder->state;
  hc_error ignored;
  state->error = &ignored;
  JOCTET *found = NULL;
  unsigned int count = 0;
  if (state->info.num_components != 3 || setjmp(state->escape)) return NULL;
  if (!jpeg_read_icc_profile(&state->info, &found, &count)) return NULL;
  uint8_t *profile = hc_copy_profile(found, count, length);
  free(found);
  return profile;
}

const hc_codec hc_jpeg = {matches, open_jpeg, decode_jpeg, close_jpeg, profile_of};

// MARK: Encoding

typedef struct {
  struct jpeg_compress_struct info;
  struct jpeg_error_mgr errors;
  jmp_buf escape;
  hc_error *error;
  unsigned char *bytes;
  unsigned long length;
} jpeg_writer;

static void on_write_error(j_common_ptr info) {
  jpeg_writer *state = info->client_data;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  hc_fail(state->error, info->err->msg_code == JERR_OUT_OF_MEMORY ? HC_NO_MEMORY : HC_UNSUPPORTED, "JPEG: %s", text);
  longjmp(state->escape, 1);
}

static hc_code write_jpeg(
    jpeg_writer *state, const uint8_t *pixels, uint32_t height, uint32_t width, int channels, int quality) {
  if (setjmp(state->escape)) return state->error->code;
  jpeg_create_compress(&state->info);
  state->info.client_data = state;
  jpeg_mem_dest(&state->info, &state->bytes, &state->length);
  state->info.image_width = width;
  state->info.image_height = height;
  state->info.input_components = channels;
  state->info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&state->info);
  jpeg_set_quality(&state->info, quality, TRUE);
  jpeg_start_compress(&state->info, TRUE);
  while (state->info.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)state->info.next_scanline * width * (size_t)channels);
    jpeg_write_scanlines(&state->info, &row, 1);
  }
  jpeg_finish_compress(&state->info);
  return HC_OK;
}

hc_code hc_encode_jpeg(
    const uint8_t *pixels, uint32_t height, uint32_t width, int channels, int quality, uint8_t **out, size_t *out_bytes,
    hc_error *error) {
  jpeg_writer state = {.error = error};
  state.info.err = jpeg_std_error(&state.errors);
  state.errors.error_exit = on_write_error;
  state.info.client_data = &state;
  hc_code code = write_jpeg(&state, pixels, height, width, channels, quality);
  if (state.info.mem) jpeg_destroy_compress(&state.info);
  if (code != HC_OK) free(state.bytes), state.bytes = NULL;
  *out = state.bytes;
  *out_bytes = state.length;
  return code;
}
