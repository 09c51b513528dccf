/* The loop of hone_patches.h, included once per instruction set by patches.c with PATCH(name) naming the variant. */

/* Pixels of a row that lie nearer to a centre than to the others so far. */
static inline __attribute__((always_inline)) void PATCH(claim_row)(const uint8_t *restrict r, const uint8_t *restrict g,
                                                                   const uint8_t *restrict b, int channels,
                                                                   const hk_center *center, size_t count, float from,
                                                                   float apart, float near, int32_t label,
                                                                   float *restrict distances,
                                                                   int32_t *restrict labels) {
  const float red = center->color[0], green = center->color[1], blue = center->color[2];
  for (size_t i = 0; i < count; i++) {
    const float across = from + (float)(int32_t)i, dr = (float)r[i] - red;
    float distance = apart + near * across * across + dr * dr;
    if (channels > 1) distance += ((float)g[i] - green) * ((float)g[i] - green);
    if (channels > 2) distance += ((float)b[i] - blue) * ((float)b[i] - blue);
    labels[i] = distance < distances[i] ? label : labels[i];
    distances[i] = distance < distances[i] ? distance : distances[i];
  }
}

static void PATCH(claim)(const hk_planes *picture, const hk_center *center, size_t y, size_t left, size_t count,
                         float near, int32_t label, float *distances, int32_t *labels) {
  const size_t at = y * picture->width + left, plane = picture->height * picture->width;
  const uint8_t *r = picture->planes + at;
  const float down = (float)(int32_t)y - center->y, from = (float)(int32_t)left - center->x, apart = near * down * down;
  if (picture->channels == 3)
    PATCH(claim_row)(r, r + plane, r + 2 * plane, 3, center, count, from, apart, near, label, distances + at, labels + at);
  else if (picture->channels == 2)
    PATCH(claim_row)(r, r + plane, r, 2, center, count, from, apart, near, label, distances + at, labels + at);
  else
    PATCH(claim_row)(r, r, r, 1, center, count, from, apart, near, label, distances + at, labels + at);
}

static const patch_kernels PATCH(loops) = {PATCH(claim)};
