#pragma once
// What the hand-written loops over channels-last float32 and bfloat16 numbers share.

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <cstring>
#include <limits>

#include "cpu.hpp"
#include "include/hone_torch.h"

// Inner loops compiled for several instruction sets and chosen at run time.
#if defined(__x86_64__) && defined(__linux__)
#define HT_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HT_CLONES
#endif
#define HT_INLINE inline __attribute__((always_inline))

// The same loops over `__bf16`, for processors that round to it in one instruction; clang must be told that they do.
#if defined(__x86_64__)
#define HT_ROUNDING __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,bmi,bmi2")))
#define HT_LANES _Pragma("clang loop vectorize_width(16)")
#else
#define HT_ROUNDING
#define HT_LANES
#endif

namespace hone {

HT_INLINE float load(float x) { return x; }
HT_INLINE float load(uint16_t x) {  // bfloat16
  uint32_t bits = uint32_t(x) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

HT_INLINE void store(float *target, float value) { *target = value; }
HT_INLINE void store(uint16_t *target, float value) {  // to the nearest, ties to even
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  *target = uint16_t(value != value ? 0x7fc0 : rounded);
}

HT_INLINE float load(__bf16 x) { return x; }
HT_INLINE void store(__bf16 *target, float value) { *target = __bf16(value); }

/// Where a curve cuts off: ReLU below 0, ReLU6 above 6 too.
struct Bounds {
  float low, high;
};

inline Bounds boundsOf(ht_curve curve) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (curve) {
    case HT_RELU: return {0, infinity};
    case HT_RELU6: return {0, 6};
    default: return {-infinity, infinity};
  }
}

/// Whether a curve does nothing but cut off.
inline bool isBound(ht_curve curve) { return curve == HT_NO_CURVE || curve == HT_RELU || curve == HT_RELU6; }

HT_INLINE float bounded(float x, Bounds bounds) {  // a NaN stays
  x = x < bounds.low ? bounds.low : x;
  return x > bounds.high ? bounds.high : x;
}
HT_INLINE bool inside(float x, Bounds bounds) { return (x > bounds.low) & (x < bounds.high); }

template <class T>
inline T *pointer(const at::Tensor &x) {
  return static_cast<T *>(x.data_ptr());
}

/// A `[N, C, H, W]` tensor with channels innermost.
inline at::Tensor empty(at::IntArrayRef shape, const at::Tensor &like, at::ScalarType type) {
  auto options = like.options().dtype(type).requires_grad(false);
  return at::empty(shape, options.memory_format(at::MemoryFormat::ChannelsLast));
}

/// The type that the calling thread's autocast asks for; the tensor's own without it.
inline at::ScalarType computeType(const at::Tensor &x) {
  bool casts = at::autocast::is_autocast_enabled(at::kCPU) && x.scalar_type() == at::kFloat;
  return casts ? at::autocast::get_autocast_dtype(at::kCPU) : x.scalar_type();
}

}  // namespace hone
