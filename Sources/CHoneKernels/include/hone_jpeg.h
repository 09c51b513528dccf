#ifndef HONE_JPEG_H
#define HONE_JPEG_H

#include <stddef.h>
#include <stdint.h>

/* What JPEG loses, without the code between: the bytes that libjpeg-turbo gives for a picture of one channel or three which it
 * has encoded (accurate integer transform, chroma at half the size in both directions) and decoded again (chroma
 * interpolated), in place. Tables of divisors are row by row; `space` has hk_jpeg_space bytes. Pictures of three channels
 * are wider than HK_JPEG_NARROW pixels. */
enum { HK_JPEG_NARROW = 4 };
void hk_jpeg(uint8_t *pixels, size_t height, size_t width, int channels, const uint16_t luma[64],
             const uint16_t chroma[64], uint8_t *space);
size_t hk_jpeg_space(size_t height, size_t width, int channels);

#endif
