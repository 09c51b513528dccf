// WebP by libwebp: lossy, lossless, with alpha; of an animation the first frame on its canvas.
#include <webp/decode.h>
#include <webp/demux.h>

#include "codec.h"

typedef struct {
  WebPDemuxer *demuxer;
  WebPIterator frame;
  bool has_frame;
} webp;

static bool matches(const uint8_t *bytes, size_t length) {
  return length >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
}

static int orientation_of(const WebPDemuxer *demuxer) {
  WebPChunkIterator chunk;
  if (!WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) return 1;
  int orientation = hc_exif_orientation(chunk.chunk.bytes, chunk.chunk.size);
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

static bool has_alpha(const webp *state) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(state->frame.fragment.bytes, state->frame.fragment.size, &features) != VP8_STATUS_OK) return false;
  return features.has_alpha;
}

static hc_code open_webp(hc_decoder *decoder, hc_error *error) {
  webp *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "WebP: no memory");
  WebPData data = {decoder->bytes, decoder->length};
  WebPDemuxState progress;
  state->demuxer = WebPDemuxPartial(&data, &progress);
  state->has_frame = state->demuxer && WebPDemuxGetFrame(state->demuxer, 1, &state->frame);
  if (!state->has_frame) return hc_fail(error, HC_CORRUPT, "WebP: no frame that can be read");
  uint32_t flags = WebPDemuxGetI(state->demuxer, WEBP_FF_FORMAT_FLAGS);
  uint32_t height = WebPDemuxGetI(state->demuxer, WEBP_FF_CANVAS_HEIGHT);
  uint32_t width = WebPDemuxGetI(state->demuxer, WEBP_FF_CANVAS_WIDTH);
  bool covers = state->frame.width == (int)width && state->frame.height == (int)height;
  decoder->info = (hc_info){
      .format = HC_FORMAT_WEBP, .height = height, .width = width, .channels = has_alpha(state) || !covers ? 4 : 3,
      .bit_depth = 8, .orientation = orientation_of(state->demuxer), .is_animated = (flags & ANIMATION_FLAG) != 0};
  return HC_OK;
}

static hc_code code_for(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return HC_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return HC_UNSUPPORTED;
    case VP8_STATUS_SUSPENDED: case VP8_STATUS_NOT_ENOUGH_DATA: return HC_TRUNCATED;
    default: return HC_CORRUPT;
  }
}

// Decodes the frame to `pixels`, says how many rows it got.
static VP8StatusCode read_frame(const webp *state, uint8_t *pixels, size_t row_bytes, bool alpha, uint32_t *rows) {
  WebPDecoderConfig config;
  if (!WebPInitDecoderConfig(&config)) return VP8_STATUS_UNSUPPORTED_FEATURE;
  config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = (int)row_bytes;
  config.output.u.RGBA.size = row_bytes * (size_t)state->frame.height;
  *rows = (uint32_t)state->frame.height;
  const WebPData *data = &state->frame.fragment;
  VP8StatusCode status = WebPDecode(data->bytes, data->size, &config);
  if (status == VP8_STATUS_OK) return status;
  // Once more in the mode that shows how far a broken file goes.
  *rows = 0;
  WebPIDecoder *partial = WebPIDecode(NULL, 0, &config);
  if (!partial) return VP8_STATUS_OUT_OF_MEMORY;
  WebPIUpdate(partial, data->bytes, data->size);
  int last = 0;
  if (WebPIDecGetRGB(partial, &last, NULL, NULL, NULL)) *rows = (uint32_t)(last < 0 ? 0 : last);
  WebPIDelete(partial);
  return status;
}

static bool covers(const hc_decoder *decoder, const webp *state) {
  return state->frame.width == (int)decoder->info.width && state->frame.height == (int)decoder->info.height;
}

// A frame smaller than the canvas: transparent black around it.
static void put_on_canvas(const hc_decoder *decoder, hc_sink *sink, const uint8_t *pixels, uint32_t rows) {
  const webp *state = decoder->state;
  size_t frame_bytes = (size_t)state->frame.width * 4;
  for (uint32_t y = 0; y < sink->height; y++) {
    uint8_t *row = hc_row(sink, y, HC_RGBA, 8);
    memset(row, 0, (size_t)sink->width * 4);
    int64_t inside = (int64_t)y - state->frame.y_offset;
    if (inside >= 0 && inside < rows)
      memcpy(row + (size_t)state->frame.x_offset * 4, pixels + (size_t)inside * frame_bytes, frame_bytes);
    hc_put_row(sink, y, row, HC_RGBA, 8);
  }
}

static hc_code decode_webp(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  (void)request;
  webp *state = decoder->state;
  hc_layout layout = (hc_layout)decoder->info.channels;
  size_t row_bytes = (size_t)state->frame.width * (size_t)layout;
  bool direct = covers(decoder, state) && hc_row(sink, 0, layout, 8) == sink->out;
  uint8_t *pixels = direct ? sink->out : malloc(row_bytes * (size_t)state->frame.height);
  if (!pixels) return hc_fail(error, HC_NO_MEMORY, "WebP: no memory for %d×%d pixels", state->frame.height, state->frame.width);
  uint32_t rows;
  VP8StatusCode status = read_frame(state, pixels, row_bytes, layout == HC_RGBA, &rows);
  if (!covers(decoder, state)) put_on_canvas(decoder, sink, pixels, rows);
  else if (!direct)
    for (uint32_t y = 0; y < rows; y++) hc_put_row(sink, y, pixels + y * row_bytes, layout, 8);
  if (!direct) free(pixels);
  if (status == VP8_STATUS_OK) return HC_OK;
  return hc_finish_broken(sink, rows, code_for(status), error, "WebP: the data break off or are damaged");
}

static void close_webp(hc_decoder *decoder) {
  webp *state = decoder->state;
  if (!state) return;
  if (state->has_frame) WebPDemuxReleaseIterator(&state->frame);
  if (state->demuxer) WebPDemuxDelete(state->demuxer);
  free(state);
}

static uint8_t *profile_of(hc_decoder *decoder, uint32_t *length) {
  WebPChunkIterator chunk;
  if (!WebPDemuxGetChunk(((webp *)decoder->state)->demuxer, "ICCP", 1, &chunk)) return NULL;
  uint8_t *profile = hc_copy_profile(chunk.chunk.bytes, chunk.chunk.size, length);
  WebPDemuxReleaseChunkIterator(&chunk);
  return profile;
}

const hc_codec hc_webp = {matches, open_webp, decode_webp, close_webp, profile_of};
