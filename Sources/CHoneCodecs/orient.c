#include "codec.h"

// Where the pixel shown at (0, 0) is stored, and how far the next one right and the next one below are, in pixels.
typedef struct {
  ptrdiff_t start, right, below;
} walk;

static walk walk_for(int orientation, ptrdiff_t height, ptrdiff_t width) {
  ptrdiff_t last_row = (height - 1) * width, last = width - 1;
  switch (orientation) {
    case 2: return (walk){last, -1, width};
    case 3: return (walk){last_row + last, -1, -width};
    case 4: return (walk){last_row, 1, -width};
    case 5: return (walk){0, width, 1};
    case 6: return (walk){last_row, -width, 1};
    case 7: return (walk){last_row + last, -width, -1};
    case 8: return (walk){last, width, -1};
    default: return (walk){0, 1, width};
  }
}

enum { tile = 32 };  // small enough that the rows and columns of a tile stay in the first cache

static inline __attribute__((always_inline)) void orient(
    const uint8_t *in, uint8_t *out, ptrdiff_t height, ptrdiff_t width, walk w, size_t pixel) {
  for (ptrdiff_t top = 0; top < height; top += tile)
    for (ptrdiff_t left = 0; left < width; left += tile)
      for (ptrdiff_t y = top; y < top + tile && y < height; y++)
        for (ptrdiff_t x = left; x < left + tile && x < width; x++)
          memcpy(out + (y * width + x) * (ptrdiff_t)pixel, in + (w.start + y * w.below + x * w.right) * (ptrdiff_t)pixel, pixel);
}

void hc_orient(const void *in, uint32_t height, uint32_t width, size_t pixel_bytes, int orientation, void *out) {
  walk w = walk_for(orientation, height, width);
  ptrdiff_t shown_height = orientation >= 5 ? width : height, shown_width = orientation >= 5 ? height : width;
  switch (pixel_bytes) {
    case 1: orient(in, out, shown_height, shown_width, w, 1); break;
    case 3: orient(in, out, shown_height, shown_width, w, 3); break;
    case 4: orient(in, out, shown_height, shown_width, w, 4); break;
    default: orient(in, out, shown_height, shown_width, w, pixel_bytes);
  }
}
