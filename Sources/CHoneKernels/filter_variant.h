/* The loops of hone_filter.h, included once per instruction set by filter.c with FIL(name) naming the variant. */
#include "lanes.h"

/* Fraction bits of what a bell across leaves: twice the largest still fits 16 bits. */
enum { FIL(fraction) = 6 };

/* A row's margins, `radius` pixels on both sides of it, from the row itself. */
#define FILTER_MARGINS(row, length, channels, radius, border)                                                  \
  for (int32_t k = 1; k <= (radius); k++) {                                                                    \
    const int32_t width = (int32_t)((length) / (size_t)(channels));                                            \
    const ptrdiff_t left = hk_border_index(-k, width, border) * (ptrdiff_t)(channels);                         \
    const ptrdiff_t right = hk_border_index(width - 1 + k, width, border) * (ptrdiff_t)(channels);             \
    for (ptrdiff_t c = 0; c < (channels); c++) {                                                               \
      (row)[c - k * (ptrdiff_t)(channels)] = (row)[left + c];                                                  \
      (row)[(ptrdiff_t)(length) + (k - 1) * (ptrdiff_t)(channels) + c] = (row)[right + c];                     \
    }                                                                                                          \
  }

/* sums += first * weight + second * its neighbour, LANE_BYTES of each. */
static inline __attribute__((always_inline)) void FIL(weigh)(const LANE(row16) first[2], const LANE(row16) second[2],
                                                             LANE(row16) weights, LANE(row32) sums[4]) {
  for (int h = 0; h < 2; h++) {
    LANE(row16) pairs[2];
    LANE(zip16)(first[h], second[h], pairs);
    for (int q = 0; q < 2; q++) sums[2 * h + q] = LANE(add_products)(sums[2 * h + q], pairs[q], weights);
  }
}

/* Both neighbours so many bytes, or rows, away, added. */
static inline __attribute__((always_inline)) void FIL(beside)(const uint8_t *p, ptrdiff_t away, LANE(row16) out[2]) {
  LANE(row16) other[2];
  LANE(widen)(LANE(get)(p + away), out);
  LANE(widen)(LANE(get)(p - away), other);
  for (int h = 0; h < 2; h++) out[h] += other[h];
}
static inline __attribute__((always_inline)) void FIL(above)(const int16_t *const *middle, ptrdiff_t away, size_t at,
                                                             LANE(row16) out[2]) {
  LANE(row16) other[2];
  __builtin_memcpy(out, middle[away] + at, 2 * LANE_BYTES);
  __builtin_memcpy(other, middle[-away] + at, 2 * LANE_BYTES);
  for (int h = 0; h < 2; h++) out[h] += other[h];
}

/* Sums of one block through a bell, whose middle is in `first`, two of its weights at a time: PAIR(t, out) reads what lies
 * t away on both sides. */
#define FILTER_SUMS(bell, shift, first, sums, PAIR)                                                            \
  for (int q = 0; q < 4; q++) sums[q] = (LANE(row32)){} + (1 << ((shift) - 1));                                \
  for (int32_t t = 0; t <= (bell)->radius; t += 2) {                                                           \
    LANE(row16) second[2];                                                                                     \
    if (t > 0) PAIR(t, first);                                                                                 \
    PAIR(t + 1, second);                                                                                       \
    FIL(weigh)(first, second, LANE(weights)((bell)->weights[t], (bell)->weights[t + 1]), sums);                \
  }                                                                                                            \
  for (int q = 0; q < 4; q++) sums[q] >>= (shift);

static void FIL(blur_across)(const uint8_t *row, size_t length, ptrdiff_t step, const hk_bell *bell, int16_t *out) {
  const int shift = bell->bits - FIL(fraction);
  for (size_t i = 0; i < length; i += LANE_BYTES) {
    LANE(row16) first[2];
    LANE(row32) sums[4];
    LANE(widen)(LANE(get)(row + i), first);
#define PAIR(t, values) FIL(beside)(row + i, (t) * step, values)
    FILTER_SUMS(bell, shift, first, sums, PAIR)
#undef PAIR
    const LANE(row16) made[2] = {LANE(pack32)(sums[0], sums[1]), LANE(pack32)(sums[2], sums[3])};
    __builtin_memcpy(out + i, made, sizeof made);
  }
}

static void FIL(blur_down)(const int16_t *const *middle, size_t length, const hk_bell *bell, uint8_t *out) {
  const int shift = bell->bits + FIL(fraction);
  for (size_t i = 0; i < length; i += LANE_BYTES) {
    LANE(row16) first[2];
    LANE(row32) sums[4];
    __builtin_memcpy(first, middle[0] + i, 2 * LANE_BYTES);
#define PAIR(t, values) FIL(above)(middle, t, i, values)
    FILTER_SUMS(bell, shift, first, sums, PAIR)
#undef PAIR
    const LANE(row) made = LANE(pack)(sums);
    if (i + LANE_BYTES <= length) __builtin_memcpy(out + i, &made, LANE_BYTES);
    else __builtin_memcpy(out + i, &made, length - i);
  }
}

static void FIL(blur)(const uint8_t *pixels, size_t height, size_t length, int channels, const hk_bell *across,
                      const hk_bell *down, void *space, uint8_t *out) {
  const size_t margin = (size_t)across->radius * (size_t)channels, stride = filter_up(length);
  const size_t kept = filter_kept(height, down->radius);
  const int16_t **rows = space;
  int16_t *ring = (int16_t *)((uint8_t *)space + filter_up((2 * (size_t)down->radius + 1) * sizeof(void *)));
  uint8_t *row = (uint8_t *)(ring + kept * stride) + margin;
  size_t ready = 0; /* rows that went across; the last ones are kept */
  for (size_t y = 0; y < height; y++, out += length) {
    for (; ready < height && ready <= y + (size_t)down->radius; ready++) {
      LANE(fetch)(pixels + ready * length, length);
      __builtin_memcpy(row, pixels + ready * length, length);
      FILTER_MARGINS(row, length, channels, across->radius, HK_REFLECT101)
      FIL(blur_across)(row, length, channels, across, ring + ready % kept * stride);
    }
    for (int32_t k = -down->radius; k <= down->radius; k++) {
      const size_t from = (size_t)hk_border_index((int32_t)y + k, (int32_t)height, HK_REFLECT101);
      rows[down->radius + k] = ring + from % kept * stride;
    }
    FIL(blur_down)(rows + down->radius, length, down, out);
  }
}

/* A row of means from the sums of columns, which begin `radius` pixels left of the row. */
static void FIL(box_across)(const uint16_t *restrict sums, size_t length, size_t step, int side, uint8_t *restrict out) {
  const uint32_t area = (uint32_t)(side * side), half = area / 2;
  int shift = 0; /* sums are divided by a factor of 16 bits and a shift: exact for sides of 3 to 15 */
  while (((uint64_t)1 << (17 + shift)) / area < 65535) shift++;
  const uint16_t factor = (uint16_t)((((uint64_t)1 << (16 + shift)) + area - 1) / area);
  typedef uint16_t words __attribute__((vector_size(LANE_BYTES)));
  typedef uint32_t numbers __attribute__((vector_size(2 * LANE_BYTES)));
  typedef uint8_t levels __attribute__((vector_size(LANE_BYTES / 2)));
  for (size_t i = 0; i < length; i += LANE_BYTES / 2) {
    words total = (words){} + (uint16_t)half;
    for (int c = 0; c < side; c++) {
      words column;
      __builtin_memcpy(&column, sums + i + (size_t)c * step, LANE_BYTES);
      total += column;
    }
    const words high = __builtin_convertvector((__builtin_convertvector(total, numbers) * factor) >> 16, words);
    const levels made = __builtin_convertvector(high >> shift, levels);
    if (i + LANE_BYTES / 2 <= length) __builtin_memcpy(out + i, &made, LANE_BYTES / 2);
    else __builtin_memcpy(out + i, &made, length - i);
  }
}

static void FIL(box)(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, uint16_t *sums,
                     uint8_t *out) {
  uint16_t *restrict columns = sums + (size_t)radius * (size_t)channels;
  __builtin_memset(columns, 0, length * sizeof *columns);
  for (ptrdiff_t k = -radius - 1; k < radius; k++) {
    const uint8_t *restrict row = filter_row(pixels, k, height, length, HK_REFLECT101);
    for (size_t i = 0; i < length; i++) columns[i] = (uint16_t)(columns[i] + row[i]);
  }
  for (ptrdiff_t y = 0; y < (ptrdiff_t)height; y++, out += length) {
    const uint8_t *restrict fresh = filter_row(pixels, y + radius, height, length, HK_REFLECT101);
    const uint8_t *restrict stale = filter_row(pixels, y - radius - 1, height, length, HK_REFLECT101);
    LANE(fetch)(fresh, length);
    for (size_t i = 0; i < length; i++) columns[i] = (uint16_t)(columns[i] + fresh[i] - stale[i]);
    FILTER_MARGINS(columns, length, channels, radius, HK_REFLECT101)
    FIL(box_across)(sums, length, (size_t)channels, 2 * radius + 1, out);
  }
}

/* The larger (or smaller) ones of two rows. */
static inline void FIL(win)(const uint8_t *row, int largest, size_t count, uint8_t *restrict out) {
  if (largest)
    for (size_t i = 0; i < count; i++) out[i] = row[i] > out[i] ? row[i] : out[i];
  else
    for (size_t i = 0; i < count; i++) out[i] = row[i] < out[i] ? row[i] : out[i];
}

static void FIL(extremes)(const uint8_t *pixels, size_t height, size_t length, int channels, int radius, int largest,
                          uint8_t *space, uint8_t *out) {
  uint8_t *row = space + (size_t)radius * (size_t)channels;
  for (ptrdiff_t y = 0; y < (ptrdiff_t)height; y++, out += length) {
    LANE(fetch)(filter_row(pixels, y + radius, height, length, HK_EDGE), length);
    __builtin_memcpy(row, filter_row(pixels, y - radius, height, length, HK_EDGE), length);
    for (ptrdiff_t k = 1 - radius; k <= radius; k++)
      FIL(win)(filter_row(pixels, y + k, height, length, HK_EDGE), largest, length, row);
    FILTER_MARGINS(row, length, channels, radius, HK_EDGE)
    __builtin_memcpy(out, space, length);
    for (ptrdiff_t t = 1; t <= 2 * radius; t++) FIL(win)(space + t * channels, largest, length, out);
  }
}

static void FIL(add_levels)(const uint8_t *restrict levels, size_t count, uint16_t *restrict sums) {
  for (size_t i = 0; i < count; i++) sums[i] = (uint16_t)(sums[i] + levels[i]);
}

static void FIL(mean_levels)(const uint16_t *restrict sums, size_t count, int n, uint8_t *restrict out) {
  const float part = 1.0f / (float)n;
  for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(int32_t)((float)sums[i] * part + 0.5f);
}

static const filter_kernels FIL(loops) = {
  FIL(blur), FIL(box), FIL(extremes), FIL(add_levels), FIL(mean_levels),
};
#undef FILTER_MARGINS
#undef FILTER_SUMS
