// Layers whose CPU training step costs more in libtorch than its arithmetic.
//
// Convolution, bias, ReLU and 2×2 max-pool as one differentiable operation: pictures go through in groups small enough
// that what the convolution wrote is still in the processor's cache when it is pooled, and all that is kept for the
// backward pass is one byte per pooled number. The convolutions themselves are libtorch's, but for the backward pass
// behind a pool, which has kernels of its own (survivors.cpp) where they serve.

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "bridge.hpp"
#include "convolution.hpp"
#include "loops.hpp"
#include "parallel.hpp"
#include "stem.hpp"
#include "survivors.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t groupBytes = int64_t(8) << 20;  // of one convolution's output: it should stay in the cache

/// Whether `x` wins over `y`: the first largest wins, and a NaN is never lost.
HT_INLINE bool wins(float x, float y) { return (x > y) | (x != x); }

/// One row of pooled pixels from two rows of pixels, channels innermost.
template <class T>
HT_INLINE void poolRow(const T *top, const T *bottom, const float *bias, T *out, uint8_t *where, int64_t width,
                       int64_t channels) {
  for (int64_t x = 0; x < width; x++) {
    const T *a = top + 2 * x * channels, *b = a + channels, *c = bottom + 2 * x * channels, *d = c + channels;
    T *result = out + x * channels;
    uint8_t *place = where + x * channels;
    for (int64_t i = 0; i < channels; i++) {
      float best = load(a[i]), vb = load(b[i]), vc = load(c[i]), vd = load(d[i]);
      uint8_t k = 0;
      bool take = wins(vb, best);
      best = take ? vb : best, k = take ? 1 : k;
      take = wins(vc, best);
      best = take ? vc : best, k = take ? 2 : k;
      take = wins(vd, best);
      best = take ? vd : best, k = take ? 3 : k;
      best += bias[i];
      bool passes = wins(best, 0);
      store(result + i, passes ? best : 0);
      place[i] = passes ? k : shut;
    }
  }
}

/// The gradient of `poolRow`: two rows of pixels from a row of pooled ones; `sums` gathers the bias's gradient.
template <class T>
HT_INLINE void unpoolRow(const T *gradient, const uint8_t *where, T *top, T *bottom, float *sums, int64_t width,
                         int64_t channels) {
  for (int64_t x = 0; x < width; x++) {
    const T *g = gradient + x * channels;
    const uint8_t *place = where + x * channels;
    T *a = top + 2 * x * channels, *b = a + channels, *c = bottom + 2 * x * channels, *d = c + channels;
    for (int64_t i = 0; i < channels; i++) {
      T value = g[i];
      uint8_t k = place[i];
      a[i] = k == 0 ? value : T(0);
      b[i] = k == 1 ? value : T(0);
      c[i] = k == 2 ? value : T(0);
      d[i] = k == 3 ? value : T(0);
      sums[i] += k == shut ? 0 : load(value);
    }
  }
}

/// One row of pixels with bias and ReLU, in place.
template <class T>
HT_INLINE void reluRow(T *row, const float *bias, int64_t width, int64_t channels) {
  for (int64_t x = 0; x < width; x++, row += channels)
    for (int64_t i = 0; i < channels; i++) {
      float value = load(row[i]) + bias[i];
      store(row + i, wins(value, 0) ? value : 0);
    }
}

template <class T>
HT_INLINE void unreluRow(const T *gradient, const T *output, T *result, float *sums, int64_t width, int64_t channels) {
  for (int64_t x = 0; x < width; x++, gradient += channels, output += channels, result += channels)
    for (int64_t i = 0; i < channels; i++) {
      T value = load(output[i]) == 0 ? T(0) : gradient[i];
      result[i] = value;
      sums[i] += load(value);
    }
}

#define HT_ROWS(T, SUFFIX)                                                                                         \
  HT_CLONES void poolRow##SUFFIX(const T *top, const T *bottom, const float *bias, T *out, uint8_t *where,         \
                                 int64_t width, int64_t channels) {                                                \
    poolRow(top, bottom, bias, out, where, width, channels);                                                       \
  }                                                                                                                \
  HT_CLONES void unpoolRow##SUFFIX(const T *gradient, const uint8_t *where, T *top, T *bottom, float *sums,        \
                                   int64_t width, int64_t channels) {                                              \
    unpoolRow(gradient, where, top, bottom, sums, width, channels);                                                \
  }                                                                                                                \
  HT_CLONES void reluRow##SUFFIX(T *row, const float *bias, int64_t width, int64_t channels) {                     \
    reluRow(row, bias, width, channels);                                                                           \
  }                                                                                                                \
  HT_CLONES void unreluRow##SUFFIX(const T *gradient, const T *output, T *result, float *sums, int64_t width,      \
                                   int64_t channels) {                                                             \
    unreluRow(gradient, output, result, sums, width, channels);                                                    \
  }                                                                                                                \
  struct Rows##SUFFIX {                                                                                            \
    using Element = T;                                                                                             \
    static constexpr auto pool = poolRow##SUFFIX;                                                                  \
    static constexpr auto unpool = unpoolRow##SUFFIX;                                                              \
    static constexpr auto relu = reluRow##SUFFIX;                                                                  \
    static constexpr auto unrelu = unreluRow##SUFFIX;                                                              \
  };
HT_ROWS(float, Float)
HT_ROWS(uint16_t, BFloat16)

struct Shape {  // of a convolution's output
  int64_t count, channels, height, width;
  explicit Shape(const at::Tensor &x) : count(x.size(0)), channels(x.size(1)), height(x.size(2)), width(x.size(3)) {}
};

/// Bias, ReLU and pooling of a group of pictures into `out` and `where`.
template <class Rows>
void poolGroup(const at::Tensor &convolved, const at::Tensor &bias, const at::Tensor &out, const at::Tensor &where) {
  using T = typename Rows::Element;
  Shape from(convolved), to(out);
  auto *source = pointer<T>(convolved), *target = pointer<T>(out);
  auto *places = pointer<uint8_t>(where);
  auto *biases = pointer<float>(bias);
  int64_t row = from.width * from.channels, pooledRow = to.width * to.channels;
  parallel(to.count * to.height, 8, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; y++) {
      const T *top = source + (y / to.height * from.height + y % to.height * 2) * row;
      Rows::pool(top, top + row, biases, target + y * pooledRow, places + y * pooledRow, to.width, to.channels);
    }
  });
}

/// The gradient at a group's convolution; `sums` has a row of bias gradients for every pooled row.
template <class Rows>
void unpoolGroup(const at::Tensor &gradient, const at::Tensor &where, const at::Tensor &result,
                 const at::Tensor &sums) {
  using T = typename Rows::Element;
  Shape from(gradient), to(result);
  auto *source = pointer<T>(gradient), *target = pointer<T>(result);
  auto *places = pointer<uint8_t>(where);
  auto *totals = pointer<float>(sums);
  int64_t row = to.width * to.channels, pooledRow = from.width * from.channels;
  int64_t rest = row - 2 * pooledRow;  // of an odd width
  parallel(from.count * from.height, 8, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; y++) {
      T *top = target + (y / from.height * to.height + y % from.height * 2) * row;
      Rows::unpool(source + y * pooledRow, places + y * pooledRow, top, top + row, totals + y * from.channels,
                   from.width, from.channels);
      std::memset(top + row - rest, 0, rest * sizeof(T));
      std::memset(top + 2 * row - rest, 0, rest * sizeof(T));
      bool last = y % from.height == from.height - 1;
      if (last && to.height > 2 * from.height) std::memset(top + 2 * row, 0, row * sizeof(T));
    }
  });
}

template <class Rows>
void reluGroup(const at::Tensor &convolved, const at::Tensor &bias) {
  using T = typename Rows::Element;
  Shape shape(convolved);
  auto *values = pointer<T>(convolved);
  auto *biases = pointer<float>(bias);
  parallel(shape.count * shape.height, 8, [&](int64_t begin, int64_t end) {
    Rows::relu(values + begin * shape.width * shape.channels, biases, (end - begin) * shape.width, shape.channels);
  });
}

template <class Rows>
void unreluGroup(const at::Tensor &gradient, const at::Tensor &output, const at::Tensor &result,
                 const at::Tensor &sums) {
  using T = typename Rows::Element;
  Shape shape(output);
  auto *source = pointer<T>(gradient), *kept = pointer<T>(output), *target = pointer<T>(result);
  auto *totals = pointer<float>(sums);
  int64_t row = shape.width * shape.channels;
  parallel(shape.count * shape.height, 8, [&](int64_t begin, int64_t end) {
    for (int64_t y = begin; y < end; y++)
      Rows::unrelu(source + y * row, kept + y * row, target + y * row, totals + y * shape.channels, shape.width,
                   shape.channels);
  });
}

/// Calls `body` with the rows' functions for `type`.
template <class Body>
auto withRows(at::ScalarType type, Body body) {
  return type == at::kBFloat16 ? body(RowsBFloat16()) : body(RowsFloat());
}

struct ConvReluPool : torch::autograd::Function<ConvReluPool> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const at::Tensor &bias, at::ScalarType type, at::IntArrayRef stride,
                            at::IntArrayRef padding, bool pools) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto x = input.to(type).contiguous(MemoryFormat::ChannelsLast);
    bool wantsInput = input.requires_grad();
    const bool isStem = pools && stemServes(x, weight, type, stride, padding);
    bool survivors = pools && weight.scalar_type() == at::kFloat && !(isStem && !wantsInput) &&
                     survivorsServe(x, weight, stride, padding, wantsInput);
    const TrainingFilters filters(x, weight, type, stride, padding, wantsInput && !survivors);
    auto &w = filters.plain;
    auto b = bias.to(at::kFloat).contiguous();
    int64_t height = (x.size(2) + 2 * padding[0] - w.size(2)) / stride[0] + 1;
    int64_t width = (x.size(3) + 2 * padding[1] - w.size(3)) / stride[1] + 1;
    int64_t factor = pools ? 2 : 1;
    auto out = empty({x.size(0), w.size(0), height / factor, width / factor}, x, type);
    auto where = pools ? empty(out.sizes(), x, at::kByte) : at::Tensor();
    if (isStem) stem(x, weight, b, padding[0], out, where);
    int64_t group = groupSize(w.size(0) * height * width * x.element_size());
    for (int64_t start = isStem ? x.size(0) : 0; start < x.size(0); start += group) {
      int64_t count = std::min(group, x.size(0) - start);
      auto part = [&](const at::Tensor &t) { return t.narrow(0, start, count); };
      auto convolved = filters(part(x)).contiguous(MemoryFormat::ChannelsLast);
      withRows(type, [&](auto rows) {
        using Rows = decltype(rows);
        if (pools) return poolGroup<Rows>(convolved, b, part(out), part(where));
        reluGroup<Rows>(convolved, b);
        part(out).copy_(convolved);
      });
    }
    context->save_for_backward({x, survivors ? weight : w, pools ? where : out, filters.behind});
    context->saved_data["stem"] = isStem && !wantsInput;
    context->saved_data["survivors"] = survivors;
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["height"] = height;
    context->saved_data["width"] = width;
    context->saved_data["pools"] = pools;
    return out;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &w = saved[1], &kept = saved[2];
    auto stride = context->saved_data["stride"].toIntVector(), padding = context->saved_data["padding"].toIntVector();
    int64_t height = context->saved_data["height"].toInt(), width = context->saved_data["width"].toInt();
    bool pools = context->saved_data["pools"].toBool(), wantsInput = context->needs_input_grad(0);
    auto gradient = gradients[0].to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    if (context->saved_data["stem"].toBool()) {
      auto found = stemGradients(x, gradient, kept, w.sizes(), padding[0]);
      return {{}, found.weight, found.bias, {}, {}, {}, {}};
    }
    if (context->saved_data["survivors"].toBool()) {
      auto found = survivorGradients(x, gradient, w, kept, padding[0], wantsInput);
      return {found.input, found.weight, found.bias, {}, {}, {}, {}};
    }
    const TrainingFilters filters(w, saved[3], stride, padding);
    auto inputGradient = wantsInput ? empty(x.sizes(), x, x.scalar_type()) : at::Tensor();
    auto weightGradient = at::zeros(w.sizes(), w.options().dtype(at::kFloat));
    auto biasGradient = at::zeros({w.size(0)}, weightGradient.options());
    // Of an even number, where the filters' gradient takes pictures in pairs.
    int64_t group = groupSize(w.size(0) * height * width * x.element_size() * 2) * 2;
    at::Tensor behind;
    for (int64_t start = 0; start < x.size(0); start += group) {
      int64_t count = std::min(group, x.size(0) - start);
      auto part = [&](const at::Tensor &t) { return t.narrow(0, start, count); };
      if (!behind.defined() || behind.size(0) != count)
        behind = empty({count, w.size(0), height, width}, w, w.scalar_type());
      auto sums = at::zeros({count * gradient.size(2), w.size(0)}, weightGradient.options());
      withRows(w.scalar_type(), [&](auto rows) {
        using Rows = decltype(rows);
        if (pools) unpoolGroup<Rows>(part(gradient), part(kept), behind, sums);
        else unreluGroup<Rows>(part(gradient), part(kept), behind, sums);
      });
      biasGradient.add_(sums.sum(0));
      auto found = filters.gradients(behind, part(x), wantsInput);
      weightGradient.add_(found.filters);
      if (wantsInput) part(inputGradient).copy_(found.input);
    }
    return {inputGradient, weightGradient, biasGradient, {}, {}, {}, {}};
  }

  static int64_t groupSize(int64_t pictureBytes) {
    return std::max<int64_t>(1, groupBytes / std::max<int64_t>(1, pictureBytes));
  }
};

bool fusible(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type) {
  return x.is_cpu() && x.dim() == 4 && weight.dim() == 4 && x.size(1) == weight.size(1) &&
         (type == at::kFloat || type == at::kBFloat16);
}

at::Tensor convReluPool(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, at::IntArrayRef stride,
                        at::IntArrayRef padding, bool pools) {
  auto type = computeType(x);
  if (fusible(x, weight, type)) return ConvReluPool::apply(x, weight, bias, type, stride, padding, pools);
  auto y = at::relu(at::conv2d(x, weight, bias, stride, padding));
  return pools ? at::max_pool2d(y, {2, 2}, {2, 2}) : y;
}

}  // namespace
}  // namespace hone

using namespace hone;

ht_tensor *ht_conv_relu_pool(ht_tensor *x, ht_tensor *weight, ht_tensor *bias, const ht_int stride[2],
                             const ht_int padding[2], bool pools, ht_error **error) {
  HT_DO(x, weight, bias) {
    auto y = convReluPool(of(x), of(weight), of(bias), pair(stride), pair(padding), pools);
    double windows = of(x).size(0);
    for (int64_t axis : {2, 3})
      windows *= (of(x).size(axis) + 2 * padding[axis - 2] - of(weight).size(axis)) / stride[axis - 2] + 1;
    countMultiplyAdds(windows * of(weight).numel());
    return wrap(y);
  };
}
