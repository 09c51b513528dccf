#include "codec.h"

static uint32_t number(const uint8_t *p, int bytes, bool big) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; i++) value |= (uint32_t)p[big ? bytes - 1 - i : i] << (8 * i);
  return value;
}

int hc_exif_orientation(const uint8_t *exif, size_t length) {
  if (length >= 6 && memcmp(exif, "Exif\0\0", 6) == 0) exif += 6, length -= 6;
  if (length < 14) return 1;
  bool big = exif[0] == 'M' && exif[1] == 'M';
  if (!big && !(exif[0] == 'I' && exif[1] == 'I')) return 1;
  size_t start = number(exif + 4, 4, big);
  if (start > length - 2) return 1;
  size_t entries = number(exif + start, 2, big);
  for (size_t i = 0; i < entries; i++) {
    size_t at = start + 2 + i * 12;
    if (at + 12 > length) return 1;
    const uint8_t *entry = exif + at;
    if (number(entry, 2, big) != 0x0112) continue;
    uint32_t type = number(entry + 2, 2, big);
    uint32_t value = type == 4 ? number(entry + 8, 4, big) : type == 1 ? entry[8] : number(entry + 8, 2, big);
    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}
