// A JPEG at an eighth of its size, without the work that such a picture does not need.
#ifndef HONE_JPEG_SMALL_H
#define HONE_JPEG_SMALL_H

#include <stdio.h>

#include <jpeglib.h>

#include "codec.h"

/// Hands all rows of the window in `layout` (grey or RGB) to the sink. False, and nothing done, where the file is of another
/// kind than most are (one sequential scan, Huffman codes, grey or YCbCr) or not in order: libjpeg takes those. `info` has read
/// its header, and nothing after it.
bool hc_jpeg_small(const struct jpeg_decompress_struct *info, hc_sink *sink, hc_layout layout);

#endif
