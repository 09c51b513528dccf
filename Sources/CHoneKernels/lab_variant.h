/* Loops on lightness, included once per instruction set by lab.c with LAB(name) naming the variant. */
enum { LAB(block) = 64 };

static inline int32_t LAB(place)(float light) {
  light = light < 0.0f ? 0.0f : light > 1.0f ? 1.0f : light;
  return (int32_t)(light * (float)HK_LAB_STEPS + 0.5f);
}

static inline float LAB(cube)(float f) {
  return f > 0.206893f ? f * f * f : (f - 16.0f / 116.0f) / 7.787f;
}

/* Red, green and blue of a block as linear light. */
static inline void LAB(linear)(const uint8_t *pixels, size_t count, int channels, const hk_lab *lab, float *restrict r,
                               float *restrict g, float *restrict b) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *p = pixels + i * (size_t)channels;
    r[i] = lab->linear[p[0]];
    g[i] = lab->linear[p[1]];
    b[i] = lab->linear[p[2]];
  }
}

static void LAB(lightness)(const uint8_t *pixels, size_t count, int channels, const hk_lab *lab, uint8_t *light) {
  const float *restrict root = lab->root;
  for (size_t start = 0; start < count; start += LAB(block)) {
    const size_t n = count - start < LAB(block) ? count - start : LAB(block);
    float r[LAB(block)], g[LAB(block)], b[LAB(block)];
    LAB(linear)(pixels + start * (size_t)channels, n, channels, lab, r, g, b);
    for (size_t i = 0; i < n; i++) {
      const float f = root[LAB(place)(r[i] * 0.212671f + g[i] * 0.715160f + b[i] * 0.072169f)];
      const float level = (116.0f * f - 16.0f) * 2.55f + 0.5f;
      light[start + i] = (uint8_t)(int32_t)(level < 0.0f ? 0.0f : level > 255.0f ? 255.0f : level);
    }
  }
}

/* Linear light of a block at another lightness: all three roots of XYZ move alike, so that a and b stay. */
static inline void LAB(move)(const hk_lab *lab, size_t count, const uint8_t *restrict before,
                             const uint8_t *restrict after, float *restrict r, float *restrict g, float *restrict b) {
  const float *restrict root = lab->root;
  for (size_t i = 0; i < count; i++) {
    const float by = (float)((int32_t)after[i] - before[i]) / 295.8f; /* 2.55 levels and 116 */
    const float x = LAB(cube)(root[LAB(place)(0.433953f * r[i] + 0.376219f * g[i] + 0.189828f * b[i])] + by);
    const float y = LAB(cube)(root[LAB(place)(0.212671f * r[i] + 0.715160f * g[i] + 0.072169f * b[i])] + by);
    const float z = LAB(cube)(root[LAB(place)(0.017758f * r[i] + 0.109477f * g[i] + 0.872766f * b[i])] + by);
    r[i] = 3.079933f * x - 1.537150f * y - 0.542782f * z;
    g[i] = -0.921235f * x + 1.875992f * y + 0.045244f * z;
    b[i] = 0.052891f * x - 0.204043f * y + 1.151152f * z;
  }
}

static void LAB(relight)(uint8_t *pixels, size_t count, int channels, const hk_lab *lab, const uint8_t *before,
                         const uint8_t *after) {
  for (size_t start = 0; start < count; start += LAB(block)) {
    const size_t n = count - start < LAB(block) ? count - start : LAB(block);
    float r[LAB(block)], g[LAB(block)], b[LAB(block)];
    uint8_t *block = pixels + start * (size_t)channels;
    LAB(linear)(block, n, channels, lab, r, g, b);
    LAB(move)(lab, n, before + start, after + start, r, g, b);
    for (size_t i = 0; i < n; i++) {
      if (before[start + i] == after[start + i]) continue;
      uint8_t *p = block + i * (size_t)channels;
      p[0] = lab->level[LAB(place)(r[i])];
      p[1] = lab->level[LAB(place)(g[i])];
      p[2] = lab->level[LAB(place)(b[i])];
    }
  }
}

static void LAB(blend_tables)(uint8_t *restrict row, size_t count, const hk_table_blend *t) {
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it leaves whole numbers, halves to even */
  const float *restrict upper = t->upper, *restrict lower = t->lower;
  const float down = t->down;
  for (size_t i = 0; i < count; i++) {
    const int32_t left = t->left[i] + row[i], right = t->right[i] + row[i];
    const float across = t->across[i];
    const float above = upper[left] * (1.0f - across) + upper[right] * across;
    const float below = lower[left] * (1.0f - across) + lower[right] * across;
    row[i] = (uint8_t)(int32_t)((above * (1.0f - down) + below * down + magic) - magic);
  }
}

static const lab_kernels LAB(loops) = {LAB(lightness), LAB(relight), LAB(blend_tables)};
