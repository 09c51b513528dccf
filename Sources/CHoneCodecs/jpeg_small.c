// Most of a large JPEG's decoding is reading codes of coefficients that a small picture has no use for. At an eighth of the
// size a block of luma is one pixel, its mean, and a block of chroma at half the size four, for which three more
// coefficients are enough. All others are stepped over, several codes at a time by a table of what the next bits hold.
#include "jpeg_small.h"

enum { near_bits = 9, value_bits = 11, many_bits = 12, most_kept = 5 };
enum { padding = 4096 };  // more bytes than a unit of the scan can be

// MARK: Codes

typedef struct {
  uint16_t near[1 << near_bits];     // length and symbol of a code that short, 0 for longer ones
  uint16_t many[1 << many_bits];     // codes and values that follow: 6 bits for how many bits, the others for places passed
  uint32_t values[1 << value_bits];  // a code and its value: 6 bits for how many bits, 7 for places passed, 16 for the value
  uint32_t bound[18];                // one more than the last code of each length, as 16 bits
  int32_t first[17];                 // symbols before those of each length, less its first code
  uint8_t symbols[256];
} code_table;

typedef struct { int symbol, length; } code;

// The code at the top of 16 bits; length 0 where there is none.
static inline code read_code(const code_table *table, uint32_t bits) {
  const uint16_t near = table->near[bits >> (16 - near_bits)];
  if (near) return (code){near & 255, near >> 8};
  for (int length = near_bits + 1; length <= 16; length++)
    if (bits < table->bound[length]) {
      return (code){table->symbols[(table->first[length] + (int32_t)(bits >> (16 - length))) & 255], length};
    }
  return (code){0, 0};
}

static inline bool ends_block(int symbol) { return (symbol & 15) == 0 && symbol >> 4 != 15; }

// How many coefficients there are before the one that a code is about; 64 at the block's end.
static inline int places_passed(int symbol, bool is_ac) {
  return !is_ac ? 0 : ends_block(symbol) ? 64 : symbol >> 4;
}

// A block's end leads behind its 64 places, and where no code is whole, still further.
enum { block_end = 128, long_code = 256, most_bits = 18 };

// The codes that are whole in the bits of `index`. What comes of the last one's value need not be in them.
static uint16_t codes_within(const code_table *table, uint32_t index) {
  int used = 0, passed = 0;
  while (passed <= 48 && used < many_bits) {
    const code next = read_code(table, (index << (16 - many_bits + used)) & 0xFFFF);
    const int bits = next.length + (next.symbol & 15);
    if (next.length == 0 || used + next.length > many_bits || used + bits > most_bits) break;
    used += bits;
    if (ends_block(next.symbol)) return (uint16_t)(used | (passed + block_end) << 6);
    passed += (next.symbol >> 4) + 1;
  }
  return (uint16_t)(used | (used ? passed : long_code) << 6);
}

// The value of so many bits, at most 15, that follow a code at the top of `bits`.
static inline int32_t value_after(uint64_t bits, int length, int size) {
  if (size == 0) return 0;
  const int32_t value = (int32_t)((bits << length) >> (64 - size));
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

// The code that the bits of `index` begin with, with its value; 0 where they are more bits.
static uint32_t value_within(const code_table *table, uint32_t index, bool is_ac) {
  const code next = read_code(table, index << (16 - value_bits));
  const int size = is_ac ? next.symbol & 15 : next.symbol, bits = next.length + size;
  if (next.length == 0 || size > 11 || bits > value_bits) return 0;
  const int value = value_after((uint64_t)index << (64 - value_bits), next.length, size);
  return (uint32_t)bits | (uint32_t)places_passed(next.symbol, is_ac) << 6 | (uint32_t)value << 16;
}

static bool make_table(const JHUFF_TBL *from, bool is_ac, code_table *table) {
  if (!from) return false;
  *table = (code_table){0};
  uint32_t next = 0, count = 0;
  for (int length = 1; length <= 16; length++) {
    table->first[length] = (int32_t)count - (int32_t)next;
    for (int i = 0; i < from->bits[length]; i++, next++, count++) {
      if (count > 255 || next >> length) return false;
      table->symbols[count] = from->huffval[count];
      for (uint32_t k = 0; length <= near_bits && k < 1u << (near_bits - length); k++)
        table->near[(next << (near_bits - length)) + k] = (uint16_t)(length << 8 | from->huffval[count]);
    }
    table->bound[length] = next << (16 - length);
    next <<= 1;
  }
  for (uint32_t index = 0; is_ac && index < 1 << many_bits; index++) table->many[index] = codes_within(table, index);
  for (uint32_t index = 0; index < 1 << value_bits; index++) table->values[index] = value_within(table, index, is_ac);
  return true;
}

// MARK: Bits

typedef struct {
  uint8_t *bytes;
  const uint8_t *next;  // what is not in the window yet
  uint64_t window;      // the next bits, from the top
  int left;             // how many of them count
  size_t end;           // in bits
} bit_reader;

// From now on at least 56 bits are in the window.
static inline void refill(bit_reader *reader) {
  uint64_t word;
  memcpy(&word, reader->next, 8);
  reader->window |= __builtin_bswap64(word) >> reader->left;
  reader->next += (63 - reader->left) >> 3;
  reader->left |= 56;
}

static inline void take(bit_reader *reader, int count) {
  reader->window <<= count;
  reader->left -= count;
}

static inline bool is_past_end(const bit_reader *reader) {
  return (size_t)(reader->next - reader->bytes) * 8 - (size_t)reader->left > reader->end;
}

// MARK: Blocks

typedef struct {
  code_table dc, ac;
  float divisors[most_kept];  // of the first coefficients, in the order of the file
  int32_t mean;
  int across, down;  // blocks in a unit of the scan
  int wide, high;    // samples that a block becomes, 1 or 2 in either direction
  int kept;          // coefficients that are looked at
  uint8_t *samples;  // as many as the picture has in units, `stride` in a row
} component;

typedef struct {
  component parts[3];
  int count;
  uint32_t columns, rows;  // units
  int wide, high;          // samples of a unit
  size_t stride;
  uint32_t interval;  // units between restarts, 0 for none
} picture;

// One code of many bits, or one at the end of a block that has all of its coefficients: the place behind it, 64 for the block's
// end, more where there is none.
static inline int skip_one(bit_reader *reader, const code_table *table, int place) {
  refill(reader);
  const code next = read_code(table, (uint32_t)(reader->window >> 48));
  take(reader, next.length + (next.symbol & 15));
  if (next.length == 0) return 65;
  return ends_block(next.symbol) ? 64 : place + (next.symbol >> 4) + 1;
}

// Steps over the codes from a place of the block to its end.
static inline bool skip_rest(bit_reader *reader, const code_table *table, int place) {
  while (place < 64) {
    refill(reader);
    uint64_t window = reader->window;
    uint32_t sum = (uint32_t)place << 6, many = 0;
    for (int times = 0; times < 56 / most_bits && sum < 64 << 6; times++) {
      many = table->many[window >> (64 - many_bits)];
      window <<= many & 63;
      sum += many;
    }
    place = (int)(sum >> 6);
    if (place <= 64 || (place >= block_end && place < block_end + 64)) {
      reader->window = window;
      reader->left -= sum & 63;
      if (place >= block_end) return true;
    } else {
      sum -= many;
      take(reader, sum & 63);
      place = skip_one(reader, table, (int)(sum >> 6));
    }
  }
  return place == 64;
}

// The next code: how many places it passes, 64 for the block's end, and its value. False where there is none.
static inline bool read_value(bit_reader *reader, const code_table *table, bool is_ac, int *passed, int *value) {
  refill(reader);
  const uint32_t known = table->values[reader->window >> (64 - value_bits)];
  if (__builtin_expect(known != 0, 1)) {
    *passed = known >> 6 & 127;
    *value = (int32_t)known >> 16;
    take(reader, known & 63);
    return true;
  }
  const code next = read_code(table, (uint32_t)(reader->window >> 48));
  const int size = is_ac ? next.symbol & 15 : next.symbol;
  if (next.length == 0 || size > 15) return false;
  *passed = places_passed(next.symbol, is_ac);
  *value = value_after(reader->window, next.length, size);
  take(reader, next.length + size);
  return true;
}

// The mean of a block, and the coefficients after it as far as they are looked at.
static inline bool read_block(bit_reader *reader, component *part, float block[most_kept]) {
  int passed, value, place = 1;
  if (!read_value(reader, &part->dc, false, &passed, &value)) return false;
  part->mean += value;
  if (part->mean < -(1 << 15) || part->mean >= 1 << 15) return false;
  block[0] = (float)part->mean * part->divisors[0];
  for (; place < part->kept; place++) {
    if (!read_value(reader, &part->ac, true, &passed, &value)) return false;
    place += passed;
    if (place < part->kept) block[place] = (float)value * part->divisors[place];
    if (passed == 64) return true;
  }
  return skip_rest(reader, &part->ac, place);
}

static inline uint8_t sample(float level) { return level <= 0 ? 0 : level >= 255 ? 255 : (uint8_t)(level + 0.5f); }

// The mean of a block, or those of its halves or quarters: the constants are the means of the lowest waves over them.
static inline void put_block(const component *part, const float block[most_kept], uint8_t *to, size_t stride) {
  const float mean = block[0] * 0.125f + 128;
  if (part->kept == 1) {
    *to = sample(mean);
    return;
  }
  const float x = part->wide == 2 ? block[1] * 0.11326593f : 0, y = part->high == 2 ? block[2] * 0.11326593f : 0;
  const float xy = part->wide + part->high == 4 ? block[4] * 0.10263337f : 0;
  for (int row = 0; row < part->high; row++) {
    const float level = row ? mean - y : mean + y, slope = row ? x - xy : x + xy;
    to[(size_t)row * stride] = sample(level + slope);
    if (part->wide == 2) to[(size_t)row * stride + 1] = sample(level - slope);
  }
}

static bool read_unit(bit_reader *reader, picture *picture, uint32_t row, uint32_t column) {
  for (int p = 0; p < picture->count; p++) {
    component *part = &picture->parts[p];
    uint8_t *unit = part->samples + (size_t)row * (size_t)picture->high * picture->stride
                    + (size_t)column * (size_t)picture->wide;
    for (int y = 0; y < part->down; y++)
      for (int x = 0; x < part->across; x++) {
        float block[most_kept] = {0};
        if (!read_block(reader, part, block)) return false;
        put_block(part, block, unit + (size_t)(y * part->high) * picture->stride + (size_t)(x * part->wide), picture->stride);
      }
  }
  return !is_past_end(reader);
}

// MARK: The scan

// The scan's bytes without those that only keep them apart from markers, up to a marker; how many of the source they were.
static size_t unstuff(const uint8_t *from, size_t length, uint8_t *to, size_t *made) {
  size_t at = 0;
  *made = 0;
  while (at < length) {
    const uint8_t *mark = memchr(from + at, 0xFF, length - at);
    const size_t plain = mark ? (size_t)(mark - from) - at : length - at;
    memcpy(to + *made, from + at, plain);
    *made += plain;
    at += plain;
    if (at + 1 >= length || from[at + 1] != 0) return at;
    to[(*made)++] = 0xFF;
    at += 2;
  }
  return at;
}

// The bits between two restarts; false where they are not followed by the restart that is due.
static bool enter_interval(const uint8_t **from, size_t *length, uint32_t number, bit_reader *reader) {
  if (number > 0) {
    if (*length < 2 || (*from)[0] != 0xFF || (*from)[1] != 0xD0 + (number - 1) % 8) return false;
    *from += 2;
    *length -= 2;
  }
  size_t made;
  const size_t used = unstuff(*from, *length, reader->bytes, &made);
  *from += used;
  *length -= used;
  memset(reader->bytes + made, 0, padding);
  *reader = (bit_reader){.bytes = reader->bytes, .next = reader->bytes, .end = made * 8};
  return true;
}

static bool read_scan(const uint8_t *from, size_t length, picture *picture, uint32_t rows, bit_reader *reader) {
  for (uint32_t row = 0, unit = 0; row < rows; row++)
    for (uint32_t column = 0; column < picture->columns; column++, unit++) {
      if (unit == 0 || (picture->interval && unit % picture->interval == 0)) {
        if (!enter_interval(&from, &length, picture->interval ? unit / picture->interval : 0, reader)) return false;
        for (int p = 0; p < picture->count; p++) picture->parts[p].mean = 0;
      }
      if (!read_unit(reader, picture, row, column)) return false;
    }
  return true;
}

// MARK: The picture

static bool make_part(const struct jpeg_decompress_struct *info, int number, component *part) {
  const jpeg_component_info *from = info->cur_comp_info[number];
  const JQUANT_TBL *table = info->quant_tbl_ptrs[from->quant_tbl_no & 3];
  const bool is_alone = info->num_components == 1;
  const int most_across = is_alone ? 1 : info->max_h_samp_factor, most_down = is_alone ? 1 : info->max_v_samp_factor;
  part->across = is_alone ? 1 : from->h_samp_factor;
  part->down = is_alone ? 1 : from->v_samp_factor;
  part->wide = most_across / part->across;
  part->high = most_down / part->down;
  const bool fits = part->wide <= 2 && part->high <= 2 && part->wide * part->across == most_across
                    && part->high * part->down == most_down;
  if (!table || !fits || from->component_index != number) return false;
  part->kept = part->wide + part->high == 2 ? 1 : most_kept;
  static const int places[most_kept] = {0, 1, 8, 16, 9};  // libjpeg keeps tables row by row
  for (int k = 0; k < most_kept; k++) part->divisors[k] = table->quantval[places[k]];
  return make_table(info->dc_huff_tbl_ptrs[from->dc_tbl_no & 3], false, &part->dc)
         && make_table(info->ac_huff_tbl_ptrs[from->ac_tbl_no & 3], true, &part->ac);
}

static bool is_usual(const struct jpeg_decompress_struct *info) {
  const bool is_grey = info->num_components == 1;
  return !info->progressive_mode && !info->arith_code && info->data_precision == 8 && info->Ss == 0 && info->Se == 63
         && info->Ah == 0 && info->Al == 0 && info->comps_in_scan == info->num_components
         && (is_grey || (info->num_components == 3 && info->jpeg_color_space == JCS_YCbCr));
}

static bool describe(const struct jpeg_decompress_struct *info, picture *picture) {
  if (!is_usual(info)) return false;
  picture->count = info->num_components;
  picture->wide = picture->count == 1 ? 1 : info->max_h_samp_factor;
  picture->high = picture->count == 1 ? 1 : info->max_v_samp_factor;
  const uint32_t across = 8 * (uint32_t)picture->wide, down = 8 * (uint32_t)picture->high;
  picture->columns = (info->image_width + across - 1) / across;
  picture->rows = (info->image_height + down - 1) / down;
  picture->stride = (size_t)picture->columns * (size_t)picture->wide;
  picture->interval = info->restart_interval;
  for (int p = 0; p < picture->count; p++)
    if (!make_part(info, p, &picture->parts[p])) return false;
  return true;
}

static void put_row(const picture *picture, hc_sink *sink, uint32_t y, hc_layout layout) {
  uint8_t *row = hc_row(sink, y, layout, 8);
  const uint8_t *luma = picture->parts[0].samples + y * picture->stride;
  const uint32_t first = sink->window.left, end = first + sink->window.width;
  if (picture->count == 1 || layout == HC_GRAY) {
    for (uint32_t x = first; x < end; x++)
      for (int c = 0; c < (int)layout; c++) row[x * layout + (uint32_t)c] = luma[x];
  } else {
    const uint8_t *blue = picture->parts[1].samples + y * picture->stride;
    const uint8_t *red = picture->parts[2].samples + y * picture->stride;
    for (uint32_t x = first; x < end; x++) {
      const float level = luma[x], u = (float)blue[x] - 128, v = (float)red[x] - 128;
      row[3 * x] = sample(level + 1.402f * v);
      row[3 * x + 1] = sample(level - 0.344136f * u - 0.714136f * v);
      row[3 * x + 2] = sample(level + 1.772f * u);
    }
  }
  hc_put_row(sink, y, row, layout, 8);
}

bool hc_jpeg_small(const struct jpeg_decompress_struct *info, hc_sink *sink, hc_layout layout) {
  picture *picture = calloc(1, sizeof *picture);
  const size_t length = info->src->bytes_in_buffer;
  bool done = picture && describe(info, picture);
  const size_t plane = done ? picture->stride * picture->rows * (size_t)picture->high : 0;
  uint8_t *space = done ? malloc(length + padding + plane * (size_t)picture->count) : NULL;
  if (space) {
    bit_reader reader = {.bytes = space};
    for (int p = 0; p < picture->count; p++) picture->parts[p].samples = space + length + padding + plane * (size_t)p;
    const uint32_t bottom = sink->window.top + sink->window.height, high = (uint32_t)picture->high;
    done = read_scan(info->src->next_input_byte, length, picture, (bottom + high - 1) / high, &reader);
    for (uint32_t y = sink->window.top; done && y < bottom; y++) put_row(picture, sink, y, layout);
    if (done) sink->rows = bottom;
  }
  const bool succeeded = space && done;
  free(space);
  free(picture);
  return succeeded;
}
