// What needs CUDA's symbols: a library of its own, built where libtorch is a CUDA build, and opened by CHoneTorch.
#pragma once

#include <hone_torch.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How CUDA cards record what they do.
const ht_graphs *hone_cuda_graphs(void);

#ifdef __cplusplus
}
#endif
