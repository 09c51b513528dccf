/* The loops of hone_effects.h, included once per instruction set by effects.c with HE(name) naming the variant. */
#include "lanes.h"

static inline uint8_t HE(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

/* Two rounds of multiply and shift, one half of the key before each. */
static inline uint32_t HE(hash)(uint32_t low, uint32_t high, uint32_t i) {
  uint32_t x = i * 0x9e3779b1u + low;
  x = (x ^ (x >> 16)) * 0x21f0aaadu + high;
  x = (x ^ (x >> 15)) * 0x735a2d97u;
  return x ^ (x >> 15);
}

static inline uint32_t HE(sum_of_bytes)(uint32_t x) {
  const uint32_t pairs = (x & 0x00ff00ffu) + ((x >> 8) & 0x00ff00ffu);
  return (pairs + (pairs >> 16)) & 0xffffu;
}

/* Eight bytes that depend on one number in ways too tangled to see: their sum is as good as normal. */
static inline int16_t HE(normal)(uint32_t x) {
  const uint32_t y = (x ^ 0x5bd1e995u) * 0x846ca68bu;
  return (int16_t)((int32_t)(HE(sum_of_bytes)(x) + HE(sum_of_bytes)(y ^ (y >> 16))) - 1020);
}

static void HE(random)(uint64_t key, size_t first, size_t count, uint32_t *restrict out) {
  const uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32), start = (uint32_t)first;
  for (size_t i = 0; i < count; i++) out[i] = HE(hash)(low, high, start + (uint32_t)i);
}

static void HE(noise)(uint64_t key, size_t first, size_t count, int shape, const int16_t *laplace,
                      int16_t *restrict out) {
  const uint32_t low = (uint32_t)key, high = (uint32_t)(key >> 32), start = (uint32_t)first;
  if (shape == HK_NORMAL)
    for (size_t i = 0; i < count; i++) out[i] = HE(normal)(HE(hash)(low, high, start + (uint32_t)i));
  else if (shape == HK_UNIFORM) /* 724 = 2 sqrt(3) HK_NOISE_DEVIATION: one of 725 whole numbers */
    for (size_t i = 0; i < count; i++)
      out[i] = (int16_t)((int32_t)(((HE(hash)(low, high, start + (uint32_t)i) >> 16) * 725u) >> 16) - 362);
  else
    for (size_t i = 0; i < count; i++) out[i] = laplace[HE(hash)(low, high, start + (uint32_t)i) >> 22];
}

static inline uint8_t HE(noisy)(int32_t v, int32_t n, int32_t a, int32_t b, int32_t c) {
  const int32_t strength = (a + v * (b + v * c)) >> 8;
  return HE(clamp)(v + ((n * strength + 32768) >> 16));
}

static void HE(add_noise)(uint8_t *restrict values, const int16_t *restrict noise, size_t count, int channels,
                          const int32_t p[3]) {
  const int32_t a = p[0], b = p[1], c = p[2];
  if (channels == 1) {
    for (size_t i = 0; i < count; i++) values[i] = HE(noisy)(values[i], noise[i], a, b, c);
  } else if (channels == 3) {
    for (size_t i = 0; i < count / 3; i++)
      for (int k = 0; k < 3; k++) values[3 * i + (size_t)k] = HE(noisy)(values[3 * i + (size_t)k], noise[i], a, b, c);
  } else {
    for (size_t i = 0; i < count; i++) values[i] = HE(noisy)(values[i], noise[i / (size_t)channels], a, b, c);
  }
}

static void HE(level_noise)(uint8_t *restrict values, size_t count, uint64_t key, size_t first,
                            const uint32_t *restrict entries) {
  uint32_t bits[256];
  for (size_t start = 0; start < count; start += 256) {
    const size_t n = count - start < 256 ? count - start : 256;
    HE(random)(key, first + start, n, bits);
    for (size_t i = 0; i < n; i++) {
      const uint32_t entry = entries[(size_t)values[start + i] * 256 + (bits[i] >> 24)];
      values[start + i] = (uint8_t)((bits[i] & 0xffffu) < entry >> 16 ? entry : entry >> 8);
    }
  }
}

static void HE(impulses)(uint8_t *pixels, size_t count, int channels, uint64_t key, size_t first, uint64_t below,
                         uint64_t above, const uint8_t *low, const uint8_t *high) {
  uint32_t bits[256];
  uint8_t kinds[256];
  const uint32_t lower = (uint32_t)(below > 0 ? below - 1 : 0), upper = (uint32_t)(above > 0 ? above - 1 : 0);
  const uint8_t any_low = below > 0, any_high = above > 0;
  for (size_t start = 0; start < count; start += 256) {
    const size_t n = count - start < 256 ? count - start : 256;
    HE(random)(key, first + start, n, bits);
    for (size_t i = 0; i < n; i++)
      kinds[i] = (uint8_t)((any_low & (bits[i] <= lower)) | ((any_high & (bits[i] <= upper)) << 1));
    for (size_t i = 0; i < n; i++) {
      if (!kinds[i]) continue;
      const uint8_t *with = kinds[i] & 1 ? low : high;
      uint8_t *p = pixels + (start + i) * (size_t)channels;
      for (int k = 0; k < channels; k++) p[k] = with[k];
    }
  }
}

static inline uint8_t HE(modulated)(int32_t v, int32_t m, int32_t slope, int32_t offset) {
  return HE(clamp)(v + (((slope * v + offset) * m + (1 << (HK_MASK_BITS - 1))) >> HK_MASK_BITS));
}

static void HE(modulate)(uint8_t *restrict pixels, const uint8_t *restrict mask, size_t count, int channels,
                         const int32_t *slope, const int32_t *offset, int center) {
  if (channels == 3) {
    const int32_t s0 = slope[0], s1 = slope[1], s2 = slope[2], o0 = offset[0], o1 = offset[1], o2 = offset[2];
    for (size_t i = 0; i < count; i++) {
      const int32_t m = mask[i] - center;
      pixels[3 * i] = HE(modulated)(pixels[3 * i], m, s0, o0);
      pixels[3 * i + 1] = HE(modulated)(pixels[3 * i + 1], m, s1, o1);
      pixels[3 * i + 2] = HE(modulated)(pixels[3 * i + 2], m, s2, o2);
    }
    return;
  }
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < channels; k++, pixels++) *pixels = HE(modulated)(*pixels, mask[i] - center, slope[k], offset[k]);
}

static void HE(ramp)(const float *restrict across, float gain, float offset, int root, size_t count,
                     uint8_t *restrict mask) {
  for (size_t i = 0; i < count; i++) {
    float v = across[i] * gain + offset;
    v = v < 0.0f ? 0.0f : v > 1.0f ? 1.0f : v;
    v = root ? __builtin_sqrtf(v) : v;
    mask[i] = (uint8_t)(int32_t)(v * 255.0f + 0.5f);
  }
}

/* With value v and chroma c, a channel lies (v - p) below v; both scale with the new saturation and value. */
static void HE(shade)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count, float saturation,
                      float value) {
  for (size_t i = 0; i < count; i++) {
    const int32_t x = r[i], y = g[i], z = b[i];
    int32_t high = x > y ? x : y, low = x < y ? x : y;
    high = high > z ? high : z;
    low = low < z ? low : z;
    const float v = (float)high, c = (float)(high - low);
    float s = c / (v > 0.5f ? v : 1.0f) + saturation, w = v + value;
    s = s < 0.0f ? 0.0f : s > 1.0f ? 1.0f : s;
    w = w < 0.0f ? 0.0f : w > 255.0f ? 255.0f : w;
    const float gain = c > 0.5f ? w * s / c : 0.0f, top = w + 0.5f;
    r[i] = (uint8_t)(int32_t)(top - gain * (float)(high - x));
    g[i] = (uint8_t)(int32_t)(top - gain * (float)(high - y));
    b[i] = (uint8_t)(int32_t)(top - gain * (float)(high - z));
  }
}

/* With twice the lightness l and a distance d from it, a channel is (l + d) / 2; as l grows the distances keep their share
 * of what the lightness leaves room for. */
static void HE(bleach)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count, float point,
                       float gain) {
  for (size_t i = 0; i < count; i++) {
    const int32_t x = r[i], y = g[i], z = b[i];
    int32_t high = x > y ? x : y, low = x < y ? x : y;
    high = high > z ? high : z;
    low = low < z ? low : z;
    const float light = (float)(high + low), lifted = light * gain < 510.0f ? light * gain : 510.0f;
    const float lit = light < point ? lifted : light;
    const float before = 255.0f - __builtin_fabsf(light - 255.0f), after = 255.0f - __builtin_fabsf(lit - 255.0f);
    const float share = light < point ? after / (before > 1.0f ? before : 1.0f) : 1.0f;
    const float red = (lit + ((float)(2 * x) - light) * share) * 0.5f + 0.5f;
    const float green = (lit + ((float)(2 * y) - light) * share) * 0.5f + 0.5f;
    const float blue = (lit + ((float)(2 * z) - light) * share) * 0.5f + 0.5f;
    r[i] = HE(clamp)((int32_t)red);
    g[i] = HE(clamp)((int32_t)green);
    b[i] = HE(clamp)((int32_t)blue);
  }
}

static inline __attribute__((always_inline)) void HE(order)(LANE(row) * a, LANE(row) * b) {
  const LANE(row) low = __builtin_elementwise_min(*a, *b);
  *b = __builtin_elementwise_max(*a, *b);
  *a = low;
}

static inline __attribute__((always_inline)) void HE(order3)(LANE(row) * v, int step) {
  HE(order)(v, v + step);
  HE(order)(v + step, v + 2 * step);
  HE(order)(v, v + step);
}

/* Nine comparisons put five in order. */
static inline __attribute__((always_inline)) void HE(order5)(LANE(row) * v, int s) {
  HE(order)(v, v + s);
  HE(order)(v + 3 * s, v + 4 * s);
  HE(order)(v + 2 * s, v + 4 * s);
  HE(order)(v + 2 * s, v + 3 * s);
  HE(order)(v + s, v + 4 * s);
  HE(order)(v, v + 3 * s);
  HE(order)(v, v + 2 * s);
  HE(order)(v + s, v + 3 * s);
  HE(order)(v + s, v + 2 * s);
}

static inline __attribute__((always_inline)) void HE(median9)(LANE(row) * v) {
  for (int c = 0; c < 3; c++) HE(order3)(v + c, 3);
  const LANE(row) low = __builtin_elementwise_max(__builtin_elementwise_max(v[0], v[1]), v[2]);
  const LANE(row) high = __builtin_elementwise_min(__builtin_elementwise_min(v[6], v[7]), v[8]);
  HE(order3)(v + 3, 1);
  LANE(row) last[3] = {low, v[4], high};
  HE(order3)(last, 1);
  v[0] = last[1];
}

/* The median replaces the first element. With columns and rows in order, element (i, j) is at least (i + 1)(j + 1)-th and
 * at most 26 - (5 - i)(5 - j)-th; twelve of 25 cannot be the thirteenth. Of the other 13 the extremes are dropped two by two. */
static inline __attribute__((always_inline)) void HE(median25)(LANE(row) * v) {
  for (int c = 0; c < 5; c++) HE(order5)(v + c, 5);
  for (int r = 0; r < 5; r++) HE(order5)(v + 5 * r, 1);
  LANE(row) w[13] = {v[3], v[4], v[7], v[8], v[9], v[11], v[12], v[13], v[15], v[16], v[17], v[20], v[21]};
#pragma clang loop unroll(full)
  for (int n = 8; n >= 3; n--) { /* the first n of w hold the candidates; each turn drops two and takes one more */
#pragma clang loop unroll(full)
    for (int i = 1; i < n; i++) HE(order)(&w[0], &w[i]);
#pragma clang loop unroll(full)
    for (int i = 1; i < n - 1; i++) HE(order)(&w[i], &w[n - 1]);
    w[0] = w[n - 2]; /* the least and the greatest are gone */
    w[n - 2] = w[16 - n < 13 ? 16 - n : 12];
  }
  v[0] = w[0];
}

static inline __attribute__((always_inline)) void HE(median_block)(const uint8_t *const *rows, int side, size_t step,
                                                                   size_t at, uint8_t *out) {
  LANE(row) v[25];
  for (int r = 0; r < side; r++)
    for (int c = 0; c < side; c++) __builtin_memcpy(&v[r * side + c], rows[r] + at + (size_t)c * step, LANE_BYTES);
  if (side == 3) HE(median9)(v);
  else HE(median25)(v);
  __builtin_memcpy(out + at, v, LANE_BYTES);
}

static void HE(median_rows)(const uint8_t *const *rows, int side, size_t step, size_t count, uint8_t *out) {
  if (count < LANE_BYTES) return HE_sliding(rows, side, step, count, out);
  for (size_t i = 0; i < count; i += LANE_BYTES) {
    const size_t at = i + LANE_BYTES <= count ? i : count - LANE_BYTES;
    if (side == 3) HE(median_block)(rows, 3, step, at, out);
    else HE(median_block)(rows, 5, step, at, out);
  }
}

/* LANE_BYTES outputs at once, two taps at a time. */
static void HE(convolve_block)(const uint8_t *const *rows, const int16_t *weights, int taps, int bits, size_t at,
                               uint8_t *out) {
  LANE(row32) sums[4];
  for (int q = 0; q < 4; q++) sums[q] = (LANE(row32)){} + (1 << (bits - 1));
  for (int t = 0; t < taps; t += 2) {
    const int next = t + 1 < taps ? t + 1 : t;
    const LANE(row16) pair = LANE(weights)(weights[t], next > t ? weights[next] : 0);
    LANE(row16) values[4];
    LANE(pair_up)(LANE(get)(rows[t] + at), LANE(get)(rows[next] + at), values);
    for (int q = 0; q < 4; q++) sums[q] = LANE(add_products)(sums[q], values[q], pair);
  }
  for (int q = 0; q < 4; q++) sums[q] >>= bits;
  const LANE(row) made = LANE(pack)(sums);
  __builtin_memcpy(out + at, &made, LANE_BYTES);
}

static void HE(convolve)(const uint8_t *const *rows, const int16_t *weights, int taps, int bits, size_t count,
                         uint8_t *restrict out) {
  if (count >= LANE_BYTES) {
    for (size_t i = 0; i < count; i += LANE_BYTES)
      HE(convolve_block)(rows, weights, taps, bits, i + LANE_BYTES <= count ? i : count - LANE_BYTES, out);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    int32_t sum = 1 << (bits - 1);
    for (int t = 0; t < taps; t++) sum += rows[t][i] * weights[t];
    out[i] = HE(clamp)(sum >> bits);
  }
}

static void HE(far_apart)(const uint8_t *restrict values, const uint8_t *restrict others, size_t count, int limit,
                          uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int16_t apart = (int16_t)(values[i] - others[i]);
    out[i] = (apart < 0 ? -apart : apart) > limit ? 255 : 0;
  }
}

/* The division by 255 is to the nearest. */
static void HE(unsharp)(const uint8_t *restrict values, const uint8_t *restrict smooth, const uint8_t *restrict places,
                        size_t count, int32_t gain, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int32_t own = values[i], weight = places[i];
    const int32_t sharp = HE(clamp)(own + (((own - smooth[i]) * gain + 32768) >> 16));
    const int32_t sum = own * (255 - weight) + sharp * weight + 128;
    out[i] = (uint8_t)((sum + (sum >> 8)) >> 8);
  }
}

static inline int32_t HE(fixed)(float pixels) {
  const float scaled = pixels * 256.0f;
  const float bounded = scaled > -1e9f ? (scaled < 1e9f ? scaled : 1e9f) : -1e9f;
  return (int32_t)(bounded + (bounded < 0.0f ? -0.5f : 0.5f));
}

/* Down first, then across, whichever way it is done, so that the bytes are the same. */
static inline float HE(between)(float a, float b, float part) { return a + (b - a) * part; }

/* Every pixel of a row in turn, 1 << shift of them from node to node. */
static inline __attribute__((always_inline)) void HE(bend_even)(const float *restrict dx, const float *restrict dy,
                                                                size_t count, int shift, int32_t *restrict x,
                                                                int32_t *restrict y) {
  const size_t span = (size_t)1 << shift, whole = count >> shift;
  const float unit = 1.0f / (float)span;
  for (size_t n = 0; n < whole; n++)
    for (size_t k = 0; k < span; k++) {
      x[(n << shift) + k] += HE(fixed)(HE(between)(dx[n], dx[n + 1], (float)(int32_t)k * unit));
      y[(n << shift) + k] += HE(fixed)(HE(between)(dy[n], dy[n + 1], (float)(int32_t)k * unit));
    }
  for (size_t i = whole << shift; i < count; i++) {
    const float part = (float)(int32_t)(i & (span - 1)) * unit;
    x[i] += HE(fixed)(HE(between)(dx[whole], dx[whole + 1], part));
    y[i] += HE(fixed)(HE(between)(dy[whole], dy[whole + 1], part));
  }
}

/* A row of one height: the mesh's row there once, then one reading across for every pixel. */
static void HE(bend_level)(const hk_mesh *m, size_t count, int32_t *restrict x, int32_t *restrict y, int32_t height) {
  float dx[1024], dy[1024];
  const int32_t bits = m->shift + HK_COORDINATE_BITS, columns = m->columns, right = (columns - 1) << bits;
  const int32_t bottom = (m->rows - 1) << bits, py = height < 0 ? 0 : height > bottom ? bottom : height;
  const float unit = 1.0f / (float)(1 << bits), fy = (float)(py & ((1 << bits) - 1)) * unit;
  const int32_t upper = (py >> bits) * columns, lower = upper + (py < bottom ? columns : 0);
  for (int32_t i = 0; i < columns; i++) {
    dx[i] = HE(between)(m->dx[upper + i], m->dx[lower + i], fy);
    dy[i] = HE(between)(m->dy[upper + i], m->dy[lower + i], fy);
  }
  int32_t uneven = 0;
  for (size_t i = 0; i < count; i++) uneven |= x[i] ^ (int32_t)(i << HK_COORDINATE_BITS);
  if (!uneven && (count + ((size_t)1 << m->shift) - 1) >> m->shift < (size_t)columns) {
    if (m->shift == 0) return HE(bend_even)(dx, dy, count, 0, x, y);
    if (m->shift == 1) return HE(bend_even)(dx, dy, count, 1, x, y);
    if (m->shift == 2) return HE(bend_even)(dx, dy, count, 2, x, y);
    if (m->shift == 3) return HE(bend_even)(dx, dy, count, 3, x, y);
  }
  for (size_t i = 0; i < count; i++) {
    const int32_t px = x[i] < 0 ? 0 : x[i] > right ? right : x[i], at = px >> bits, next = at + (px < right);
    const float fx = (float)(px & ((1 << bits) - 1)) * unit;
    x[i] += HE(fixed)(HE(between)(dx[at], dx[next], fx));
    y[i] += HE(fixed)(HE(between)(dy[at], dy[next], fx));
  }
}

static void HE(bend)(const hk_mesh *m, size_t count, int32_t *restrict x, int32_t *restrict y) {
  const int32_t bits = m->shift + HK_COORDINATE_BITS, columns = m->columns;
  const int32_t right = (columns - 1) << bits, bottom = (m->rows - 1) << bits;
  const float unit = 1.0f / (float)(1 << bits);
  const float *restrict dx = m->dx, *restrict dy = m->dy;
  int32_t uneven = 0;
  for (size_t i = 0; i < count; i++) uneven |= y[i] ^ y[0];
  if (count > 0 && !uneven && columns <= 1024) return HE(bend_level)(m, count, x, y, y[0]);
  for (size_t i = 0; i < count; i++) {
    const int32_t px = x[i] < 0 ? 0 : x[i] > right ? right : x[i], py = y[i] < 0 ? 0 : y[i] > bottom ? bottom : y[i];
    const int32_t nx = px < right, ny = py < bottom ? columns : 0, at = (py >> bits) * columns + (px >> bits);
    const float fx = (float)(px & ((1 << bits) - 1)) * unit, fy = (float)(py & ((1 << bits) - 1)) * unit;
    const float a = HE(between)(dx[at], dx[at + ny], fy), b = HE(between)(dx[at + nx], dx[at + nx + ny], fy);
    const float c = HE(between)(dy[at], dy[at + ny], fy), d = HE(between)(dy[at + nx], dy[at + nx + ny], fy);
    x[i] += HE(fixed)(HE(between)(a, b, fx));
    y[i] += HE(fixed)(HE(between)(c, d, fx));
  }
}

static void HE(weighted_floats)(const float *const *rows, const float *weights, int taps, size_t count,
                                float *restrict out) {
  for (size_t start = 0; start < count; start += 256) {
    const size_t n = count - start < 256 ? count - start : 256;
    float sums[256] = {0};
    for (int t = 0; t < taps; t++) {
      const float *restrict row = rows[t] + start;
      const float weight = weights[t];
      for (size_t i = 0; i < n; i++) sums[i] += weight * row[i];
    }
    __builtin_memcpy(out + start, sums, n * sizeof *sums);
  }
}

static inline int32_t HE(whole)(double v) {
  const double limit = 1073741824.0;
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  return (int32_t)(v + (v < 0.0 ? -0.5 : 0.5));
}

static void HE(affine_points)(const double m[9], size_t count, int32_t *restrict x, int32_t *restrict y) {
  const double one = (double)(1 << HK_COORDINATE_BITS);
  for (size_t i = 0; i < count; i++) {
    const double px = (double)x[i], py = (double)y[i];
    x[i] = HE(whole)(m[0] * px + m[1] * py + m[2] * one);
    y[i] = HE(whole)(m[3] * px + m[4] * py + m[5] * one);
  }
}

static const he_kernels HE(effects) = {
  HE(random), HE(noise), HE(add_noise), HE(level_noise), HE(impulses), HE(modulate), HE(ramp), HE(shade), HE(bleach),
  HE(convolve), HE(median_rows), HE(far_apart), HE(unsharp), HE(bend), HE(weighted_floats), HE(affine_points),
};
