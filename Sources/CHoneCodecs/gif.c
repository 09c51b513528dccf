// GIF by giflib: the first frame on its canvas. Frames after it are never read.
#include <gif_lib.h>
#include <stdio.h>

#include "codec.h"

typedef struct {
  GifFileType *gif;
  size_t position;
  int transparent;  // palette index, or NO_TRANSPARENT_COLOR
} gif;

static bool matches(const uint8_t *bytes, size_t length) {
  return length >= 6 && (memcmp(bytes, "GIF87a", 6) == 0 || memcmp(bytes, "GIF89a", 6) == 0);
}

static int read_bytes(GifFileType *file, GifByteType *to, int count) {
  hc_decoder *decoder = file->UserData;
  gif *state = decoder->state;
  size_t left = decoder->length - state->position, part = (size_t)count < left ? (size_t)count : left;
  memcpy(to, decoder->bytes + state->position, part);
  state->position += part;
  return (int)part;
}

// Graphics control says which colour is transparent; an application block before the first frame says "animation".
static bool read_extension(hc_decoder *decoder, gif *state) {
  int kind;
  GifByteType *block;
  if (DGifGetExtension(state->gif, &kind, &block) == GIF_ERROR) return false;
  while (block) {
    GraphicsControlBlock control;
    if (kind == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
      state->transparent = control.TransparentColor;
    if (kind == APPLICATION_EXT_FUNC_CODE && block[0] >= 11 && memcmp(block + 1, "NETSCAPE2.0", 11) == 0)
      decoder->info.is_animated = 1;
    if (DGifGetExtensionNext(state->gif, &block) == GIF_ERROR) return false;
  }
  return true;
}

static bool seek_first_frame(hc_decoder *decoder, gif *state) {
  GifRecordType record;
  while (DGifGetRecordType(state->gif, &record) == GIF_OK && record != TERMINATE_RECORD_TYPE) {
    if (record == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(state->gif) == GIF_OK;
    if (record == EXTENSION_RECORD_TYPE && !read_extension(decoder, state)) return false;
  }
  return false;
}

static uint32_t larger(int a, int b) { return (uint32_t)(a > b ? a : b); }

static bool covers(const hc_decoder *decoder, const GifImageDesc *frame) {
  return (uint32_t)frame->Width == decoder->info.width && (uint32_t)frame->Height == decoder->info.height;
}

static hc_code open_gif(hc_decoder *decoder, hc_error *error) {
  gif *state = decoder->state = calloc(1, sizeof *state);
  if (!state) return hc_fail(error, HC_NO_MEMORY, "GIF: no memory");
  state->transparent = NO_TRANSPARENT_COLOR;
  int reason = 0;
  state->gif = DGifOpen(decoder, read_bytes, &reason);
  if (!state->gif) return hc_fail(error, HC_CORRUPT, "GIF: %s", GifErrorString(reason));
  if (!seek_first_frame(decoder, state)) return hc_fail(error, HC_CORRUPT, "GIF: no frame before the data end");
  const GifImageDesc *frame = &state->gif->Image;
  if (frame->Width == 0 || frame->Height == 0) return hc_fail(error, HC_CORRUPT, "GIF: the first frame is empty");
  decoder->info.format = HC_FORMAT_GIF;
  decoder->info.height = larger(state->gif->SHeight, frame->Top + frame->Height);
  decoder->info.width = larger(state->gif->SWidth, frame->Left + frame->Width);
  decoder->info.bit_depth = 8;
  decoder->info.channels = state->transparent >= 0 || !covers(decoder, frame) ? 4 : 3;
  return HC_OK;
}

// Rows of an interlaced frame in the order in which they are stored.
static uint32_t interlaced_row(uint32_t i, uint32_t height) {
  static const uint32_t first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; pass++) {
    uint32_t rows = height > first[pass] ? (height - first[pass] + step[pass] - 1) / step[pass] : 0;
    if (i < rows) return first[pass] + i * step[pass];
    i -= rows;
  }
  return height - 1;
}

// Palette indices of the frame; returns how many stored rows could be read.
static uint32_t read_indices(GifFileType *file, uint8_t *indices) {
  uint32_t height = (uint32_t)file->Image.Height, width = (uint32_t)file->Image.Width;
  for (uint32_t i = 0; i < height; i++) {
    uint32_t y = file->Image.Interlace ? interlaced_row(i, height) : i;
    if (DGifGetLine(file, indices + (size_t)y * width, (int)width) == GIF_ERROR) return i;
  }
  return height;
}

static void make_palette(const gif *state, uint8_t palette[256][4]) {
  const ColorMapObject *map = state->gif->Image.ColorMap ? state->gif->Image.ColorMap : state->gif->SColorMap;
  for (int i = 0; i < 256; i++) {
    bool known = map && i < map->ColorCount;
    palette[i][0] = known ? map->Colors[i].Red : map ? 0 : (uint8_t)i;
    palette[i][1] = known ? map->Colors[i].Green : map ? 0 : (uint8_t)i;
    palette[i][2] = known ? map->Colors[i].Blue : map ? 0 : (uint8_t)i;
    palette[i][3] = i == state->transparent ? 0 : 255;
  }
}

// Outside the frame the canvas is transparent, in the colour that Pillow gives it.
static void put_rows(const hc_decoder *decoder, hc_sink *sink, const uint8_t *indices) {
  const gif *state = decoder->state;
  const GifImageDesc *frame = &state->gif->Image;
  uint8_t palette[256][4];
  make_palette(state, palette);
  const uint8_t *outside = palette[state->transparent >= 0 ? state->transparent : 0];
  size_t step = (size_t)decoder->info.channels;
  for (uint32_t y = 0; y < sink->height; y++) {
    int64_t inside = (int64_t)y - frame->Top;
    bool has_frame = inside >= 0 && inside < frame->Height;
    uint8_t *row = hc_row(sink, y, (hc_layout)step, 8);
    const uint8_t *line = indices + (has_frame ? inside * frame->Width : 0);
    for (uint32_t x = 0; x < sink->width; x++) {
      int64_t at = (int64_t)x - frame->Left;
      bool covered = has_frame && at >= 0 && at < frame->Width;
      memcpy(row + x * step, covered ? palette[line[at]] : outside, step);
      if (!covered && step == 4) row[x * step + 3] = 0;
    }
    hc_put_row(sink, y, row, (hc_layout)step, 8);
  }
}

// A code of LZW is at most 12 bits long and stands for fewer than 4096 pixels.
static bool is_hopeless(const hc_decoder *decoder, const GifImageDesc *frame, double least_complete) {
  return (double)frame->Width * frame->Height * least_complete > 2731.0 * (double)decoder->length;
}

static hc_code decode_gif(hc_decoder *decoder, const hc_request *request, hc_sink *sink, hc_error *error) {
  gif *state = decoder->state;
  const GifImageDesc *frame = &state->gif->Image;
  if (is_hopeless(decoder, frame, request->least_complete))
    return hc_fail(error, HC_TRUNCATED, "GIF: %zu bytes cannot hold the claimed size", decoder->length);
  uint8_t *indices = calloc((size_t)frame->Height, (size_t)frame->Width);
  if (!indices) return hc_fail(error, HC_NO_MEMORY, "GIF: no memory for %d×%d pixels", frame->Height, frame->Width);
  uint32_t rows = read_indices(state->gif, indices);
  // Rows of an interlaced frame that breaks off are spread over the picture; all of it is shown.
  bool enough = rows > 0 && rows >= request->least_complete * frame->Height;
  if (enough) put_rows(decoder, sink, indices);
  free(indices);
  if (enough) return HC_OK;
  const char *why = GifErrorString(state->gif->Error);
  return hc_fail(error, HC_TRUNCATED, "GIF: %s after %u of %d rows", why ? why : "broken", rows, frame->Height);
}

static void close_gif(hc_decoder *decoder) {
  gif *state = decoder->state;
  if (state && state->gif) DGifCloseFile(state->gif, NULL);
  free(state);
}

const hc_codec hc_gif = {matches, open_gif, decode_gif, close_gif, NULL};
