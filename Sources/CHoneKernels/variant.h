/* The loops, included once per instruction set by kernels.c with HK(name) naming the variant. */

static inline uint8_t HK(clamp)(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v; }

static void HK(split)(const uint8_t *restrict pixels, size_t count, int channels, uint8_t *const *planes) {
  if (channels == 3) {
    uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
    for (size_t i = 0; i < count; i++) {
      r[i] = pixels[3 * i];
      g[i] = pixels[3 * i + 1];
      b[i] = pixels[3 * i + 2];
    }
    return;
  }
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < count; i++) planes[c][i] = pixels[i * (size_t)channels + (size_t)c];
}

static void HK(join)(const uint8_t *const *planes, size_t count, int channels, uint8_t *restrict pixels) {
  if (channels == 3) {
    const uint8_t *restrict r = planes[0], *restrict g = planes[1], *restrict b = planes[2];
    for (size_t i = 0; i < count; i++) {
      pixels[3 * i] = r[i];
      pixels[3 * i + 1] = g[i];
      pixels[3 * i + 2] = b[i];
    }
    return;
  }
  for (int c = 0; c < channels; c++)
    for (size_t i = 0; i < count; i++) pixels[i * (size_t)channels + (size_t)c] = planes[c][i];
}

static void HK(matrix)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count,
                       const int32_t m[12]) {
  const int32_t half = 1 << (HK_MATRIX_BITS - 1);
  const int32_t m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3] + half;
  const int32_t m4 = m[4], m5 = m[5], m6 = m[6], m7 = m[7] + half;
  const int32_t m8 = m[8], m9 = m[9], m10 = m[10], m11 = m[11] + half;
  for (size_t i = 0; i < count; i++) {
    const int32_t x = r[i], y = g[i], z = b[i];
    r[i] = HK(clamp)((m0 * x + m1 * y + m2 * z + m3) >> HK_MATRIX_BITS);
    g[i] = HK(clamp)((m4 * x + m5 * y + m6 * z + m7) >> HK_MATRIX_BITS);
    b[i] = HK(clamp)((m8 * x + m9 * y + m10 * z + m11) >> HK_MATRIX_BITS);
  }
}

/* With chroma c, a hue of h sixths makes a channel v - clamp(min(k, 4c - k), 0, c), k = (n + h) c mod 6c. All terms are
 * multiples of c, so no division is needed; 3 fraction bits keep everything within 16 bits. */
static inline int16_t HK(hue_channel)(int16_t v, int16_t c, int16_t k) {
  const int16_t down = (int16_t)(4 * c - k);
  int16_t drop = k < down ? k : down;
  drop = drop < 0 ? 0 : drop;
  drop = drop > c ? c : drop;
  return (int16_t)((v - drop + 4) >> 3);
}

static void HK(hue)(uint8_t *restrict r, uint8_t *restrict g, uint8_t *restrict b, size_t count, int shift) {
  const int32_t turn = shift; /* sixths of the circle, 8 fraction bits */
  for (size_t i = 0; i < count; i++) {
    const int16_t x = r[i], y = g[i], z = b[i];
    int16_t high = x > y ? x : y, low = x < y ? x : y;
    high = high > z ? high : z;
    low = low < z ? low : z;
    const int16_t c = (int16_t)((high - low) * 8), c2 = (int16_t)(2 * c), c6 = (int16_t)(3 * c2);
    const int16_t from_red = (int16_t)((y - z) * 8);
    const int16_t from_green = (int16_t)(c2 + (z - x) * 8);
    const int16_t from_blue = (int16_t)(2 * c2 + (x - y) * 8);
    int16_t hue = high == x ? from_red : high == y ? from_green : from_blue;
    hue = (int16_t)(hue + (int16_t)(((high - low) * turn + 16) >> 5));
    hue = hue < 0 ? (int16_t)(hue + c6) : hue;
    hue = hue >= c6 ? (int16_t)(hue - c6) : hue; /* 0 ..< 6c */
    int16_t kr = (int16_t)(hue - c); /* 5c - 6c */
    kr = kr < 0 ? (int16_t)(kr + c6) : kr;
    int16_t kg = (int16_t)(hue - 3 * c);
    kg = kg < 0 ? (int16_t)(kg + c6) : kg;
    int16_t kb = (int16_t)(hue - 5 * c);
    kb = kb < 0 ? (int16_t)(kb + c6) : kb;
    const int16_t v = (int16_t)(high * 8);
    r[i] = (uint8_t)HK(hue_channel)(v, c, kr);
    g[i] = (uint8_t)HK(hue_channel)(v, c, kg);
    b[i] = (uint8_t)HK(hue_channel)(v, c, kb);
  }
}

static void HK(blend)(uint8_t *restrict a, const uint8_t *restrict b, size_t count, int32_t weight) {
  for (size_t i = 0; i < count; i++)
    a[i] = HK(clamp)(a[i] + ((((int32_t)b[i] - a[i]) * weight + 32768) >> 16));
}

static uint64_t HK(luma_sum)(const uint8_t *restrict r, const uint8_t *restrict g, const uint8_t *restrict b,
                             size_t count) {
  uint64_t total = 0;
  for (size_t start = 0; start < count; start += 4096) {
    const size_t end = count - start < 4096 ? count : start + 4096;
    uint32_t sum = 0;
    for (size_t i = start; i < end; i++) sum += (r[i] * 19595u + g[i] * 38470u + b[i] * 7471u + 0x8000u) >> 16;
    total += sum;
  }
  return total;
}

static void HK(normalize_float32)(const uint8_t *restrict values, size_t count, float scale, float bias,
                                  float *restrict out) {
  for (size_t i = 0; i < count; i++) out[i] = (float)values[i] * scale + bias;
}

static inline uint16_t HK(bfloat16)(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16); /* to nearest, ties to even; no NaN comes here */
}
static inline float HK(from_bfloat16)(uint16_t value) {
  const uint32_t bits = (uint32_t)value << 16;
  float out;
  __builtin_memcpy(&out, &bits, 4);
  return out;
}

static void HK(normalize_bfloat16)(const uint8_t *restrict values, size_t count, float scale, float bias,
                                   uint16_t *restrict out) {
  for (size_t i = 0; i < count; i++) out[i] = HK(bfloat16)((float)values[i] * scale + bias);
}

static void HK(weighted_rows)(const uint8_t *const *rows, const int32_t *weights, int taps, size_t count,
                              uint8_t *restrict out) {
  const int32_t half = 1 << (HK_WEIGHT_BITS - 1);
  int32_t sums[256];
  for (size_t start = 0; start < count; start += 256) {
    const size_t n = count - start < 256 ? count - start : 256;
    for (size_t i = 0; i < n; i++) sums[i] = half;
    for (int t = 0; t < taps; t++) {
      const uint8_t *restrict row = rows[t] + start;
      const int32_t weight = weights[t];
      for (size_t i = 0; i < n; i++) sums[i] += row[i] * weight;
    }
    for (size_t i = 0; i < n; i++) out[start + i] = HK(clamp)(sums[i] >> HK_WEIGHT_BITS);
  }
}

typedef int32_t HK(lanes) __attribute__((vector_size(16)));
typedef int32_t HK(wide_lanes) __attribute__((vector_size(32)));
typedef int16_t HK(words) __attribute__((vector_size(16)));
typedef uint8_t HK(octet) __attribute__((vector_size(8)));
typedef uint8_t HK(bytes) __attribute__((vector_size(4)));

static inline void HK(store_pixel)(uint8_t *out, HK(lanes) v, int wide) {
  v >>= HK_WEIGHT_BITS;
  v = __builtin_elementwise_min(__builtin_elementwise_max(v, (HK(lanes)){0, 0, 0, 0}), (HK(lanes)){255, 255, 255, 255});
  const HK(bytes) four = __builtin_convertvector(v, HK(bytes));
  if (wide) {
    __builtin_memcpy(out, &four, 4);
  } else {
    out[0] = four[0];
    out[1] = four[1];
    out[2] = four[2];
  }
}

/* One output column of several rows of three channels, two taps at a time: 8 bytes are read at every pair, and 4 written
 * where `wide`. */
static inline __attribute__((always_inline)) void HK(resample_column3)(const uint8_t *p, ptrdiff_t stride, int rows, const int32_t *w, int32_t count,
                                        int wide, uint8_t *out, ptrdiff_t out_stride) {
  const int32_t half = 1 << (HK_WEIGHT_BITS - 1);
  HK(wide_lanes) sums[8];
  for (int r = 0; r < rows; r++) sums[r] = (HK(wide_lanes)){half, half, half, 0, 0, 0, 0, 0};
#pragma clang loop vectorize(disable) unroll(disable)
  for (int32_t t = 0; t < count; t += 2) {
    const int32_t w0 = w[t], w1 = t + 1 < count ? w[t + 1] : 0;
    const HK(wide_lanes) pair = {w0, w0, w0, w1, w1, w1, 0, 0};
    for (int r = 0; r < rows; r++) {
      HK(octet) eight;
      __builtin_memcpy(&eight, p + r * stride + 3 * t, 8);
      sums[r] += __builtin_convertvector(eight, HK(wide_lanes)) * pair;
    }
  }
  for (int r = 0; r < rows; r++) {
    const HK(lanes) sum = __builtin_shufflevector(sums[r], sums[r], 0, 1, 2, 6) +
                          __builtin_shufflevector(sums[r], sums[r], 3, 4, 5, 7);
    HK(store_pixel)(out + r * out_stride, sum, wide);
  }
}

static void HK(resample_column)(const uint8_t *p, ptrdiff_t stride, int rows, int channels, const int32_t *w,
                                int32_t count, uint8_t *out, ptrdiff_t out_stride) {
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < channels; c++) {
      int32_t sum = 1 << (HK_WEIGHT_BITS - 1);
      for (int32_t t = 0; t < count; t++) sum += p[r * stride + t * channels + c] * w[t];
      out[r * out_stride + c] = HK(clamp)(sum >> HK_WEIGHT_BITS);
    }
}

static void HK(resample_rows)(const uint8_t *pixels, ptrdiff_t stride, size_t rows, size_t readable, int channels,
                              const int32_t *starts, const int32_t *counts, const int32_t *weights, int taps,
                              size_t count, uint8_t *out) {
  const ptrdiff_t out_stride = (ptrdiff_t)count * channels;
  for (size_t y = 0; y < rows; y += 8, pixels += 8 * stride, out += 8 * out_stride) {
    const int block = rows - y < 8 ? (int)(rows - y) : 8;
    const ptrdiff_t left = (ptrdiff_t)readable - (ptrdiff_t)(y + (size_t)block - 1) * stride;
    for (size_t i = 0; i < count; i++) {
      const ptrdiff_t start = (ptrdiff_t)starts[i] * channels;
      const int32_t *w = weights + i * (size_t)taps;
      uint8_t *to = out + i * (size_t)channels;
      if (channels == 3 && start + 3 * counts[i] + 5 <= left) {
        if (block == 8) HK(resample_column3)(pixels + start, stride, 8, w, counts[i], i + 1 < count, to, out_stride);
        else HK(resample_column3)(pixels + start, stride, block, w, counts[i], i + 1 < count, to, out_stride);
      } else {
        HK(resample_column)(pixels + start, stride, block, channels, w, counts[i], to, out_stride);
      }
    }
  }
}

static void HK(gather)(const uint8_t *origin, ptrdiff_t row_step, ptrdiff_t column_step, size_t height, size_t width,
                       int channels, uint8_t *restrict out) {
  for (size_t y = 0; y < height; y++) {
    const uint8_t *p = origin + (ptrdiff_t)y * row_step;
    if (column_step == channels) {
      __builtin_memcpy(out, p, width * (size_t)channels);
      out += width * (size_t)channels;
    } else if (channels == 3) {
      for (size_t x = 0; x < width; x++, p += column_step, out += 3) {
        out[0] = p[0];
        out[1] = p[1];
        out[2] = p[2];
      }
    } else {
      for (size_t x = 0; x < width; x++, p += column_step, out += channels)
        for (int c = 0; c < channels; c++) out[c] = p[c];
    }
  }
}

static inline const uint8_t *HK(at)(const hk_source *s, int32_t x, int32_t y) {
  if (x < s->left || x >= s->right || y < s->top || y >= s->bottom) {
    if (s->border == HK_CONSTANT) return s->fill;
    x = s->left + hk_border_index(x - s->left, s->right - s->left, s->border);
    y = s->top + hk_border_index(y - s->top, s->bottom - s->top, s->border);
  }
  return s->pixels + (ptrdiff_t)y * s->stride + (ptrdiff_t)x * s->channels;
}

/* The weighted mean of four pixels: first downwards with 7 fraction bits kept, then across. */
static inline void HK(bilinear_pixel)(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d, int32_t fx,
                                      int32_t fy, int channels, uint8_t *restrict out) {
  for (int k = 0; k < channels; k++) {
    const int32_t left = (a[k] * (256 - fy) + c[k] * fy) >> 1, right = (b[k] * (256 - fy) + d[k] * fy) >> 1;
    out[k] = (uint8_t)((left * (256 - fx) + right * fx + 16384) >> 15);
  }
}

static inline HK(lanes) HK(pair_sums)(HK(words) a, HK(words) b) {
#if defined(__SSE2__)
  return (HK(lanes))_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  const HK(lanes) even = __builtin_convertvector(__builtin_shufflevector(a, a, 0, 2, 4, 6), HK(lanes)) *
                         __builtin_convertvector(__builtin_shufflevector(b, b, 0, 2, 4, 6), HK(lanes));
  return even + __builtin_convertvector(__builtin_shufflevector(a, a, 1, 3, 5, 7), HK(lanes)) *
                    __builtin_convertvector(__builtin_shufflevector(b, b, 1, 3, 5, 7), HK(lanes));
#endif
}

enum { HK(block) = 16 };

/* A run of pixels whose four neighbours lie inside, three channels: reads 8 bytes at each, writes 4 but for the last. */
static inline __attribute__((always_inline)) void HK(bilinear_run)(const uint8_t *pixels, ptrdiff_t stride, const int32_t *offsets, const int32_t *x,
                                    const int32_t *y, size_t count, uint8_t *out) {
  typedef uint16_t unsigned_words __attribute__((vector_size(16)));
  uint8_t last[4];
  for (size_t i = 0; i < count; i++, out += 3) {
    HK(octet) upper, lower;
    __builtin_memcpy(&upper, pixels + offsets[i], 8);
    __builtin_memcpy(&lower, pixels + offsets[i] + stride, 8);
    const unsigned_words a = __builtin_convertvector(upper, unsigned_words);
    const unsigned_words b = __builtin_convertvector(lower, unsigned_words);
    const unsigned_words mixed = ((a << 8) + (b - a) * (uint16_t)(y[i] & 255)) >> 1;
    const HK(words) pairs = (HK(words))__builtin_shufflevector(mixed, mixed, 0, 3, 1, 4, 2, 5, 0, 3);
    const int32_t fx = x[i] & 255, weight = (256 - fx) | fx << 16;
    const HK(lanes) weights = {weight, weight, weight, weight};
    const HK(lanes) sum = (HK(pair_sums)(pairs, (HK(words))weights) + 16384) >> 15;
    const HK(bytes) four = __builtin_convertvector(sum, HK(bytes));
    __builtin_memcpy(i + 1 < count ? out : last, &four, 4);
  }
  __builtin_memcpy(out - 3, last, 3);
}

/* Offsets of a block's pixels; true where all of them and their neighbours lie inside and may be read in eights. */
static inline int HK(block_inside)(const hk_source *s, const int32_t *x, const int32_t *y, int32_t *offsets) {
  const int32_t left = s->left, top = s->top, stride = (int32_t)s->stride;
  const int32_t width = s->right - s->left - 1, height = s->bottom - s->top - 1;
  int32_t outside = 0, furthest = 0;
  for (int i = 0; i < HK(block); i++) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    outside |= (ix - left) | (width - 1 - (ix - left)) | (iy - top) | (height - 1 - (iy - top));
    offsets[i] = (int32_t)((uint32_t)iy * (uint32_t)stride + (uint32_t)ix * 3u);
    furthest = offsets[i] > furthest ? offsets[i] : furthest;
  }
  return outside >= 0 && (int64_t)furthest + stride + 8 <= (int64_t)(s->bottom - 1) * stride + s->right * 3;
}

static inline void HK(bilinear_any)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                                    uint8_t *restrict out) {
  const uint32_t inner_width = (uint32_t)(s->right - s->left - 1), inner_height = (uint32_t)(s->bottom - s->top - 1);
  for (size_t i = 0; i < count; i++, out += channels) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    const int32_t fx = x[i] & 255, fy = y[i] & 255;
    if ((uint32_t)(ix - s->left) < inner_width && (uint32_t)(iy - s->top) < inner_height) {
      const uint8_t *p = s->pixels + (ptrdiff_t)iy * s->stride + (ptrdiff_t)ix * channels;
      HK(bilinear_pixel)(p, p + channels, p + s->stride, p + s->stride + channels, fx, fy, channels, out);
    } else if (s->border == HK_CONSTANT && (ix < s->left - 1 || ix >= s->right || iy < s->top - 1 || iy >= s->bottom)) {
      for (int k = 0; k < channels; k++) out[k] = s->fill[k];
    } else {
      HK(bilinear_pixel)(HK(at)(s, ix, iy), HK(at)(s, ix + 1, iy), HK(at)(s, ix, iy + 1), HK(at)(s, ix + 1, iy + 1), fx,
                         fy, channels, out);
    }
  }
}

static void HK(bilinear3)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, uint8_t *restrict out) {
  const int small = (int64_t)s->bottom * s->stride < INT32_MAX;
  int32_t offsets[HK(block)];
  for (size_t i = 0; i < count; i += HK(block), x += HK(block), y += HK(block), out += 3 * HK(block)) {
    const size_t n = count - i < HK(block) ? count - i : HK(block);
    if (small && n == HK(block) && HK(block_inside)(s, x, y, offsets))
      HK(bilinear_run)(s->pixels, s->stride, offsets, x, y, n, out);
    else HK(bilinear_any)(s, x, y, n, 3, out);
  }
}

static inline void HK(nearest)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int channels,
                               uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++, out += channels) {
    const uint8_t *p = HK(at)(s, (x[i] + 128) >> HK_COORDINATE_BITS, (y[i] + 128) >> HK_COORDINATE_BITS);
    for (int k = 0; k < channels; k++) out[k] = p[k];
  }
}

/* Keys' cubic with a = -0.75, as OpenCV's; weights with 14 fraction bits that sum to one. */
static inline void HK(cubic_weights)(int32_t f, int32_t w[4]) {
  const int64_t t = f, u = 256 - f, one = 256;
  const int64_t cube = one * one * one; /* polynomials in 1/256, scaled by 4 (a = -3/4) */
  const int64_t w0 = -3 * t * u * u;
  const int64_t w1 = 5 * t * t * t - 9 * one * t * t + 4 * cube;
  const int64_t w2 = 5 * u * u * u - 9 * one * u * u + 4 * cube;
  w[0] = (int32_t)((w0 * 16384) / (4 * cube));
  w[1] = (int32_t)((w1 * 16384) / (4 * cube));
  w[2] = (int32_t)((w2 * 16384) / (4 * cube));
  w[3] = 16384 - w[0] - w[1] - w[2];
}

static void HK(bicubic)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    const int32_t ix = x[i] >> HK_COORDINATE_BITS, iy = y[i] >> HK_COORDINATE_BITS;
    int32_t wx[4], wy[4];
    HK(cubic_weights)(x[i] & 255, wx);
    HK(cubic_weights)(y[i] & 255, wy);
    int64_t sums[16] = {0};
    for (int dy = 0; dy < 4; dy++)
      for (int dx = 0; dx < 4; dx++) {
        const uint8_t *p = HK(at)(s, ix + dx - 1, iy + dy - 1);
        const int64_t w = (int64_t)wx[dx] * wy[dy];
        for (int k = 0; k < s->channels; k++) sums[k] += w * p[k];
      }
    for (int k = 0; k < s->channels; k++) out[k] = HK(clamp)((int32_t)((sums[k] + (1 << 27)) >> 28));
    out += s->channels;
  }
}

static void HK(remap_row)(const hk_source *s, const int32_t *x, const int32_t *y, size_t count, int interpolation,
                          uint8_t *out) {
  if (interpolation == HK_BICUBIC) {
    HK(bicubic)(s, x, y, count, out);
  } else if (interpolation == HK_BILINEAR) {
    if (s->channels == 3) HK(bilinear3)(s, x, y, count, out);
    else HK(bilinear_any)(s, x, y, count, s->channels, out);
  } else {
    if (s->channels == 3) HK(nearest)(s, x, y, count, 3, out);
    else HK(nearest)(s, x, y, count, s->channels, out);
  }
}

/* A 24-bit coordinate to 8 bits, nudged by 2^-15 pixel so that whole pixels stay whole. */
static inline int32_t HK(coordinate)(int64_t v) {
  const int64_t limit = (int64_t)1 << (22 + HK_COORDINATE_BITS), q = (v + 512) >> (24 - HK_COORDINATE_BITS);
  return (int32_t)(q < -limit ? -limit : q > limit ? limit : q);
}

static void HK(affine_row)(int64_t start_x, int64_t step_x, int64_t start_y, int64_t step_y, size_t count,
                           int32_t *restrict x, int32_t *restrict y) {
  for (size_t i = 0; i < count; i++, start_x += step_x, start_y += step_y) {
    x[i] = HK(coordinate)(start_x);
    y[i] = HK(coordinate)(start_y);
  }
}

/* 1024 v, rounded to even; what no picture reaches is moved nearer. */
static inline double HK(in_1024ths)(double v) {
  const double limit = 4294967296.0, magic = 6755399441055744.0; /* 1.5 * 2^52: adding it leaves no fraction bits */
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  return (v * 1024.0 + magic) - magic;
}

static inline int32_t HK(whole_pixel)(double start, double move) {
  const int64_t limit = (int64_t)1 << 22, q = (int64_t)(start + HK(in_1024ths)(move)) >> 10;
  return (int32_t)(q < -limit ? -limit : q > limit ? limit : q) * (1 << HK_COORDINATE_BITS);
}

static void HK(nearest_row)(double start_x, double step_x, double start_y, double step_y, size_t count,
                            int32_t *restrict x, int32_t *restrict y) {
  const double left = HK(in_1024ths)(start_x) + 512.0, top = HK(in_1024ths)(start_y) + 512.0;
  for (size_t i = 0; i < count; i++) {
    x[i] = HK(whole_pixel)(left, step_x * (double)i);
    y[i] = HK(whole_pixel)(top, step_y * (double)i);
  }
}

static inline int32_t HK(from_double)(double v) {
  const double limit = 4194304.0;
  v = v > -limit ? (v < limit ? v : limit) : -limit;
  const double scaled = v * 256.0 + 0.0078125;
  const int32_t down = (int32_t)scaled;
  return down - (scaled < (double)down);
}

static void HK(projective_row)(const double m[9], double row, size_t count, int32_t *restrict x, int32_t *restrict y) {
  for (size_t i = 0; i < count; i++) {
    const double column = (double)i;
    const double w = m[6] * column + m[7] * row + m[8];
    const double px = (m[0] * column + m[1] * row + m[2]) / w, py = (m[3] * column + m[4] * row + m[5]) / w;
    x[i] = w > 1e-12 ? HK(from_double)(px) : -(1 << 30);
    y[i] = w > 1e-12 ? HK(from_double)(py) : -(1 << 30);
  }
}

static void HK(mix_float32)(float *restrict a, float *restrict b, size_t count, float weight_a, float weight_b) {
  for (size_t i = 0; i < count; i++) {
    const float x = a[i], y = b[i];
    a[i] = y + weight_a * (x - y);
    b[i] = x + weight_b * (y - x);
  }
}

static void HK(mix_bfloat16)(uint16_t *restrict a, uint16_t *restrict b, size_t count, float weight_a,
                             float weight_b) {
  for (size_t i = 0; i < count; i++) {
    const float x = HK(from_bfloat16)(a[i]), y = HK(from_bfloat16)(b[i]);
    a[i] = HK(bfloat16)(y + weight_a * (x - y));
    b[i] = HK(bfloat16)(x + weight_b * (y - x));
  }
}

static const hk_kernels HK(kernels) = {
  HK(split), HK(join), HK(matrix), HK(hue), HK(blend), HK(luma_sum), HK(normalize_float32), HK(normalize_bfloat16),
  HK(weighted_rows), HK(resample_rows), HK(gather), HK(remap_row),
  HK(affine_row), HK(nearest_row), HK(projective_row), HK(mix_float32), HK(mix_bfloat16),
};
