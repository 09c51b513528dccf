// Max-pool in training on the CPU.
//
// To remember where a pooled number came from libtorch writes eight bytes, four times as many as the number itself. One
// is enough for its place in the window; the gradient is then gathered, each of its numbers written once.

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t lanes = 16;
using Floats = float __attribute__((ext_vector_type(16)));
using Words = int32_t __attribute__((ext_vector_type(16)));
using Halves = uint16_t __attribute__((ext_vector_type(16)));
using Bytes = uint8_t __attribute__((ext_vector_type(16)));

// Vectors go by reference: as results they would need the widest registers everywhere.
HT_INLINE void read(const float *from, Floats &values) { std::memcpy(&values, from, sizeof values); }
HT_INLINE void read(const uint16_t *from, Floats &values) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  Words bits = __builtin_convertvector(halves, Words) << 16;
  std::memcpy(&values, &bits, sizeof values);
}
HT_INLINE void read(const uint8_t *from, Words &values) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  values = __builtin_convertvector(bytes, Words);
}
HT_INLINE void write(float *to, const Floats &values) { std::memcpy(to, &values, sizeof values); }
HT_INLINE void write(uint16_t *to, const Floats &values) {  // to the nearest, ties to even
  Words bits;
  std::memcpy(&bits, &values, sizeof bits);
  Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  Halves halves = __builtin_convertvector(values != values ? Words(0x7fc0) : rounded, Halves);
  std::memcpy(to, &halves, sizeof halves);
}

struct Range {
  int64_t first, end;
};

struct Pool {
  std::array<int64_t, 2> kernel, stride, padding, input, output;
  int64_t channels;

  /// The taps of a window, along one axis, that lie inside the picture.
  Range taps(int64_t window, int axis) const {
    int64_t start = window * stride[axis] - padding[axis];
    return {std::max<int64_t>(0, -start), std::min(kernel[axis], input[axis] - start)};
  }
  /// The windows, along one axis, that see a pixel.
  Range windows(int64_t pixel, int axis) const {
    int64_t at = pixel + padding[axis], before = at - kernel[axis];
    return {before < 0 ? 0 : before / stride[axis] + 1, std::min(output[axis], at / stride[axis] + 1)};
  }
};

/// One row of windows: the largest of each, the first of several, and its place. A NaN is never lost.
template <class T>
HT_INLINE void largest(const T *x, T *y, uint8_t *places, int64_t row, const Pool &z) {
  auto [firstY, endY] = z.taps(row, 0);
  for (int64_t column = 0; column < z.output[1]; column++) {
    auto [firstX, endX] = z.taps(column, 1);
    int64_t top = row * z.stride[0] - z.padding[0], left = column * z.stride[1] - z.padding[1];
    const T *corner = x + (top * z.input[1] + left) * z.channels;
    for (int64_t c = 0; c < z.channels; c += lanes) {
      Floats best = -std::numeric_limits<float>::infinity();
      Words place = int32_t(firstY * z.kernel[1] + firstX);
      for (int64_t i = firstY; i < endY; i++)
        for (int64_t j = firstX; j < endX; j++) {
          Floats value;
          read(corner + (i * z.input[1] + j) * z.channels + c, value);
          Words wins = (value > best) | (value != value);
          best = wins ? value : best;
          place = wins ? Words(int32_t(i * z.kernel[1] + j)) : place;
        }
      int64_t at = column * z.channels + c;
      write(y + at, best);
      Bytes narrow = __builtin_convertvector(place, Bytes);
      std::memcpy(places + at, &narrow, sizeof narrow);
    }
  }
}

/// One row of the input's gradient: what comes from the windows whose largest number each was.
template <class T>
HT_INLINE void gathered(const T *gradient, const uint8_t *places, T *result, int64_t row, const Pool &z) {
  auto [firstY, endY] = z.windows(row, 0);
  for (int64_t column = 0; column < z.input[1]; column++) {
    auto [firstX, endX] = z.windows(column, 1);
    for (int64_t c = 0; c < z.channels; c += lanes) {
      Floats sum = 0;
      for (int64_t i = firstY; i < endY; i++)
        for (int64_t j = firstX; j < endX; j++) {
          int64_t tap = (row + z.padding[0] - i * z.stride[0]) * z.kernel[1] + column + z.padding[1] - j * z.stride[1];
          int64_t at = (i * z.output[1] + j) * z.channels + c;
          Words place;
          Floats value;
          read(places + at, place);
          read(gradient + at, value);
          sum += place == Words(int32_t(tap)) ? value : Floats(0);
        }
      write(result + column * z.channels + c, sum);
    }
  }
}

#define HT_POOL(T, SUFFIX)                                                                                      \
  HT_CLONES void largest##SUFFIX(const T *x, T *y, uint8_t *places, int64_t row, const Pool &z) {               \
    largest(x, y, places, row, z);                                                                              \
  }                                                                                                             \
  HT_CLONES void gathered##SUFFIX(const T *gradient, const uint8_t *places, T *result, int64_t row,             \
                                  const Pool &z) {                                                              \
    gathered(gradient, places, result, row, z);                                                                 \
  }                                                                                                             \
  struct PoolLoops##SUFFIX {                                                                                    \
    using Element = T;                                                                                          \
    static constexpr auto largest = largest##SUFFIX;                                                            \
    static constexpr auto gathered = gathered##SUFFIX;                                                          \
  };
HT_POOL(float, Float)
HT_POOL(uint16_t, BFloat16)

template <class Body>
void withLoops(const at::Tensor &x, Body body) {
  x.scalar_type() == at::kBFloat16 ? body(PoolLoopsBFloat16()) : body(PoolLoopsFloat());
}

/// Calls `body(picture, row)` for all rows of some pictures, on the engine's threads.
template <class Body>
void eachRow(int64_t pictures, int64_t rows, const Body &body) {
  parallel(pictures * rows, 4, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i / rows, i % rows);
  });
}

struct MaxPool : torch::autograd::Function<MaxPool> {
  static Pool sizes(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
    Pool z;
    for (int axis : {0, 1}) {
      z.kernel[axis] = kernel[axis], z.stride[axis] = stride[axis], z.padding[axis] = padding[axis];
      z.input[axis] = x.size(2 + axis);
      z.output[axis] = (z.input[axis] + 2 * padding[axis] - kernel[axis]) / stride[axis] + 1;
    }
    z.channels = x.size(1);
    return z;
  }

  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, at::IntArrayRef kernel,
                            at::IntArrayRef stride, at::IntArrayRef padding) {
    auto z = sizes(x, kernel, stride, padding);
    auto y = empty({x.size(0), z.channels, z.output[0], z.output[1]}, x, x.scalar_type());
    auto places = empty(y.sizes(), x, at::kByte);
    withLoops(x, [&](auto loops) {
      using T = typename decltype(loops)::Element;
      int64_t row = z.output[1] * z.channels, from = z.input[0] * z.input[1] * z.channels;
      eachRow(x.size(0), z.output[0], [&](int64_t picture, int64_t i) {
        int64_t at = (picture * z.output[0] + i) * row;
        decltype(loops)::largest(pointer<T>(x) + picture * from, pointer<T>(y) + at, pointer<uint8_t>(places) + at, i,
                                 z);
      });
    });
    context->save_for_backward({places});
    context->saved_data["input"] = x.sizes().vec();
    context->saved_data["kernel"] = kernel.vec();
    context->saved_data["stride"] = stride.vec();
    context->saved_data["padding"] = padding.vec();
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto places = context->get_saved_variables()[0];
    auto &saved = context->saved_data;
    auto gradient = gradients[0].contiguous(MemoryFormat::ChannelsLast);
    auto result = empty(saved["input"].toIntVector(), gradient, gradient.scalar_type());
    auto kernel = saved["kernel"].toIntVector(), stride = saved["stride"].toIntVector();
    auto z = sizes(result, kernel, stride, saved["padding"].toIntVector());
    withLoops(gradient, [&](auto loops) {
      using T = typename decltype(loops)::Element;
      int64_t row = z.input[1] * z.channels, from = z.output[0] * z.output[1] * z.channels;
      eachRow(result.size(0), z.input[0], [&](int64_t picture, int64_t i) {
        decltype(loops)::gathered(pointer<T>(gradient) + picture * from, pointer<uint8_t>(places) + picture * from,
                                  pointer<T>(result) + (picture * z.input[0] + i) * row, i, z);
      });
    });
    return {result, {}, {}, {}};
  }
};

/// Whether the loops take it: channels innermost and enough of them, a window of at most 255 places.
bool serves(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding) {
  bool type = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
  if (!x.is_cpu() || !type || x.dim() != 4) return false;
  bool isLaidOut = x.is_contiguous(MemoryFormat::ChannelsLast) && x.size(1) % lanes == 0 && x.numel() > 0;
  bool fits = true;
  for (int axis : {0, 1})
    fits = fits && stride[axis] > 0 && padding[axis] >= 0 && 2 * padding[axis] <= kernel[axis] &&
           x.size(2 + axis) + 2 * padding[axis] >= kernel[axis];
  return isLaidOut && fits && kernel[0] * kernel[1] <= 255;
}

}  // namespace

at::Tensor maxPool(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                   bool ceiling) {
  if (!ceiling && serves(x, kernel, stride, padding)) return MaxPool::apply(x, kernel, stride, padding);
  return at::max_pool2d(x, kernel, stride, padding, {1, 1}, ceiling);
}

}  // namespace hone
