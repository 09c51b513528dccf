// Batch norm in training on the CPU, with the addition and the ReLU that follow it, as one differentiable operation.
//
// These layers move memory and compute next to nothing. libtorch reads and writes every number 14 times in a training
// step; here it is 8: statistics in one pass, normalization and what follows in another, and two for the gradients. What
// the ReLU shut is worked out again from the input rather than read.

#include <torch/csrc/autograd/custom_function.h>

#include "bridge.hpp"
#include "loops.hpp"
#include "rows.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Loops over a block of rows of C channels. `sums` and `more` have a number per channel and gather `together` rows at a
// time: to read and write them costs as much as a row.

constexpr int64_t together = 4;

template <int64_t R, class T>
HT_INLINE void addStatistics(const T *__restrict x, const T *__restrict base, float *__restrict sums,
                             float *__restrict more, int64_t channels) {
  HT_LANES
  for (int64_t c = 0; c < channels; c++) {
    float sum = 0, squares = 0;
    for (int64_t row = 0; row < R; row++) {
      float difference = load(x[row * channels + c]) - load(base[c]);
      sum += difference;
      squares += difference * difference;
    }
    sums[c] += sum;
    more[c] += squares;
  }
}

/// Sums of differences from the block's first row, and of their squares: no digits are lost where the mean is large.
template <class T>
HT_INLINE void statistics(const T *__restrict x, float *__restrict sums, float *__restrict more, int64_t rows,
                          int64_t channels) {
  for (int64_t c = 0; c < channels; c++) sums[c] = more[c] = 0;
  int64_t row = 0;
  for (; row + together <= rows; row += together) addStatistics<together>(x + row * channels, x, sums, more, channels);
  for (; row < rows; row++) addStatistics<1>(x + row * channels, x, sums, more, channels);
}

/// curve(scale · x + shift)
template <class T>
HT_INLINE void apply(const T *__restrict x, T *__restrict y, const float *__restrict scale,
                     const float *__restrict shift, Bounds bounds, int64_t rows, int64_t channels) {
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels)
    HT_LANES
    for (int64_t c = 0; c < channels; c++) store(y + c, bounded(scale[c] * load(x[c]) + shift[c], bounds));
}

/// curve(scale · x + shift + addend)
template <class T>
HT_INLINE void applyAdding(const T *__restrict x, const T *__restrict addend, T *__restrict y,
                           const float *__restrict scale, const float *__restrict shift, Bounds bounds, int64_t rows,
                           int64_t channels) {
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels, addend += channels)
    HT_LANES
    for (int64_t c = 0; c < channels; c++)
      store(y + c, bounded(scale[c] * load(x[c]) + shift[c] + load(addend[c]), bounds));
}

template <int64_t R, class T>
HT_INLINE void addSlopes(const T *__restrict x, const T *__restrict gradient, const float *__restrict scale,
                         const float *__restrict shift, const float *__restrict mean, Bounds bounds,
                         float *__restrict sums, float *__restrict more, int64_t channels) {
  HT_LANES
  for (int64_t c = 0; c < channels; c++) {
    float sum = 0, products = 0;
    for (int64_t row = 0; row < R; row++) {
      float value = load(x[row * channels + c]), incoming = load(gradient[row * channels + c]);
      float passed = inside(scale[c] * value + shift[c], bounds) ? incoming : 0;
      sum += passed;
      products += passed * (value - mean[c]);
    }
    sums[c] += sum;
    more[c] += products;
  }
}

/// Sums of the gradients that pass the curve, and of their products with x − mean.
template <class T>
HT_INLINE void slopes(const T *__restrict x, const T *__restrict gradient, const float *__restrict scale,
                      const float *__restrict shift, const float *__restrict mean, Bounds bounds,
                      float *__restrict sums, float *__restrict more, int64_t rows, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) sums[c] = more[c] = 0;
  int64_t row = 0;
  for (int64_t at = 0; row + together <= rows; row += together, at += together * channels)
    addSlopes<together>(x + at, gradient + at, scale, shift, mean, bounds, sums, more, channels);
  for (int64_t at = row * channels; row < rows; row++, at += channels)
    addSlopes<1>(x + at, gradient + at, scale, shift, mean, bounds, sums, more, channels);
}

template <int64_t R, class T>
HT_INLINE void addSlopesBehind(const T *__restrict x, const T *__restrict gradient, const T *__restrict y,
                               T *__restrict passing, const float *__restrict mean, Bounds bounds,
                               float *__restrict sums, float *__restrict more, int64_t channels) {
  HT_LANES
  for (int64_t c = 0; c < channels; c++) {
    float sum = 0, products = 0;
    for (int64_t row = 0; row < R; row++) {
      int64_t at = row * channels + c;
      T passed = inside(load(y[at]), bounds) ? gradient[at] : T(0);
      passing[at] = passed;
      sum += load(passed);
      products += load(passed) * (load(x[at]) - mean[c]);
    }
    sums[c] += sum;
    more[c] += products;
  }
}

/// The same where an addend hides what came of x: the curve's output tells what passes, and that is written too.
template <class T>
HT_INLINE void slopesBehind(const T *__restrict x, const T *__restrict gradient, const T *__restrict y,
                            T *__restrict passing, const float *__restrict mean, Bounds bounds, float *__restrict sums,
                            float *__restrict more, int64_t rows, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) sums[c] = more[c] = 0;
  int64_t row = 0;
  for (int64_t at = 0; row + together <= rows; row += together, at += together * channels)
    addSlopesBehind<together>(x + at, gradient + at, y + at, passing + at, mean, bounds, sums, more, channels);
  for (int64_t at = row * channels; row < rows; row++, at += channels)
    addSlopesBehind<1>(x + at, gradient + at, y + at, passing + at, mean, bounds, sums, more, channels);
}

/// scale · gradient + slope · x + offset, the gradient where it passes the curve.
template <class T>
HT_INLINE void inputGradient(const T *__restrict x, const T *__restrict gradient, T *__restrict result,
                             const float *__restrict scale, const float *__restrict shift,
                             const float *__restrict slope, const float *__restrict offset, Bounds bounds, int64_t rows,
                             int64_t channels) {
  for (int64_t row = 0; row < rows; row++, x += channels, gradient += channels, result += channels)
    HT_LANES
    for (int64_t c = 0; c < channels; c++) {
      float value = load(x[c]), incoming = load(gradient[c]);
      float passed = inside(scale[c] * value + shift[c], bounds) ? incoming : 0;
      store(result + c, scale[c] * passed + slope[c] * value + offset[c]);
    }
}

#define HT_NORM(T, SUFFIX, TARGETS)                                                                                 \
  TARGETS void statistics##SUFFIX(const T *x, float *sums, float *more, int64_t rows, int64_t channels) {           \
    statistics(x, sums, more, rows, channels);                                                                      \
  }                                                                                                                 \
  TARGETS void apply##SUFFIX(const T *x, T *y, const float *scale, const float *shift, Bounds bounds, int64_t rows, \
                               int64_t channels) {                                                                  \
    apply(x, y, scale, shift, bounds, rows, channels);                                                              \
  }                                                                                                                 \
  TARGETS void applyAdding##SUFFIX(const T *x, const T *addend, T *y, const float *scale, const float *shift,       \
                                     Bounds bounds, int64_t rows, int64_t channels) {                               \
    applyAdding(x, addend, y, scale, shift, bounds, rows, channels);                                                \
  }                                                                                                                 \
  TARGETS void slopes##SUFFIX(const T *x, const T *gradient, const float *scale, const float *shift,                \
                                const float *mean, Bounds bounds, float *sums, float *more, int64_t rows,           \
                                int64_t channels) {                                                                 \
    slopes(x, gradient, scale, shift, mean, bounds, sums, more, rows, channels);                                    \
  }                                                                                                                 \
  TARGETS void slopesBehind##SUFFIX(const T *x, const T *gradient, const T *y, T *passing, const float *mean,       \
                                      Bounds bounds, float *sums, float *more, int64_t rows, int64_t channels) {    \
    slopesBehind(x, gradient, y, passing, mean, bounds, sums, more, rows, channels);                                \
  }                                                                                                                 \
  TARGETS void inputGradient##SUFFIX(const T *x, const T *gradient, T *result, const float *scale,                  \
                                       const float *shift, const float *slope, const float *offset, Bounds bounds,  \
                                       int64_t rows, int64_t channels) {                                            \
    inputGradient(x, gradient, result, scale, shift, slope, offset, bounds, rows, channels);                        \
  }                                                                                                                 \
  struct Loops##SUFFIX {                                                                                            \
    using Element = T;                                                                                              \
    static constexpr auto statistics = statistics##SUFFIX;                                                          \
    static constexpr auto apply = apply##SUFFIX;                                                                    \
    static constexpr auto applyAdding = applyAdding##SUFFIX;                                                        \
    static constexpr auto slopes = slopes##SUFFIX;                                                                  \
    static constexpr auto slopesBehind = slopesBehind##SUFFIX;                                                      \
    static constexpr auto inputGradient = inputGradient##SUFFIX;                                                    \
  };
HT_NORM(float, Float, HT_CLONES)
HT_NORM(uint16_t, BFloat16, HT_CLONES)
HT_NORM(__bf16, Rounding, HT_ROUNDING)

template <class Body>
auto withLoops(const at::Tensor &x, Body body) {
  if (x.scalar_type() == at::kFloat) return body(LoopsFloat());
  return roundsToBFloat16() ? body(LoopsRounding()) : body(LoopsBFloat16());
}

/// Mean and variance (by n) of each channel, in float64: blocks joined as Chan, Golub & LeVeque, 1979, join them.
std::pair<at::Tensor, at::Tensor> moments(const at::Tensor &x, const Rows &rows) {
  ChannelSums found(rows, x.options().dtype(at::kFloat));
  const int64_t channels = x.size(1);
  auto mean = at::zeros({channels}, x.options().dtype(at::kDouble)), spread = at::zeros_like(mean);
  auto *means = pointer<double>(mean), *spreads = pointer<double>(spread);
  withLoops(x, [&](auto loops) {
    using Loops = decltype(loops);
    auto *data = pointer<typename Loops::Element>(x);
    rows.each([&](int64_t i, int64_t first, int64_t size) {
      Loops::statistics(data + first, found.sum(i), found.another(i), size, rows.channels);
    });
    double before = 0;
    for (int64_t i = 0; i < rows.blocks(); i++) {
      int64_t first = i * rows.block;
      double size = std::min(rows.block, rows.count - first);
      for (int64_t at = 0; at < rows.channels; at += channels, before += size) {
        const auto *base = data + first * rows.channels + at;
        const float *sum = found.sum(i) + at, *squares = found.another(i) + at;
        double each = 1 / size, share = size / (before + size), apart = before * share;
        for (int64_t c = 0; c < channels; c++) {
          double shift = sum[c] * each, distance = load(base[c]) + shift - means[c];
          means[c] += distance * share;
          spreads[c] += squares[c] - sum[c] * shift + distance * distance * apart;
        }
      }
    }
  });
  return {mean, spread.div_(double(x.numel() / channels)).clamp_min_(0)};
}

struct NormCurve : torch::autograd::Function<NormCurve> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const at::Tensor &bias, const std::optional<at::Tensor> &addend,
                            const std::optional<at::Tensor> &runningMean,
                            const std::optional<at::Tensor> &runningVariance, double momentum, double epsilon,
                            int64_t curve) {
    auto x = input.contiguous(MemoryFormat::ChannelsLast);
    Rows rows(x);
    auto bounds = boundsOf(ht_curve(curve));
    auto [mean, variance] = moments(x, rows);
    if (runningMean) {
      runningMean->mul_(1 - momentum).add_(mean, momentum);
      double count = double(x.numel() / x.size(1)), unbiased = count / (count - 1);
      runningVariance->mul_(1 - momentum).add_(variance, momentum * unbiased);
    }
    auto inverse = (variance + epsilon).rsqrt_();
    auto factor = weight.to(at::kDouble) * inverse;
    auto scale = rows.spread(factor), shift = rows.spread(bias - mean * factor);
    auto y = empty(x.sizes(), x, x.scalar_type());
    at::Tensor other;
    if (addend) other = addend->contiguous(MemoryFormat::ChannelsLast);
    withLoops(x, [&](auto loops) {
      using Loops = decltype(loops);
      using T = typename Loops::Element;
      auto *a = pointer<float>(scale), *b = pointer<float>(shift);
      auto *from = pointer<T>(x), *to = pointer<T>(y), *plus = other.defined() ? pointer<T>(other) : nullptr;
      rows.each([&](int64_t, int64_t first, int64_t size) {
        if (plus) Loops::applyAdding(from + first, plus + first, to + first, a, b, bounds, size, rows.channels);
        else Loops::apply(from + first, to + first, a, b, bounds, size, rows.channels);
      });
    });
    bool hidden = addend && curve != HT_NO_CURVE;
    context->save_for_backward({x, scale, shift, mean, inverse, factor, hidden ? y : at::Tensor()});
    context->saved_data["curve"] = curve;
    context->saved_data["adds"] = addend.has_value();
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &scale = saved[1], &shift = saved[2], &mean = saved[3], &inverse = saved[4], &factor = saved[5],
         &y = saved[6];
    Rows rows(x);
    auto bounds = boundsOf(ht_curve(context->saved_data["curve"].toInt()));
    auto gradient = gradients[0].to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    auto center = rows.spread(mean);
    ChannelSums found(rows, scale.options());
    bool wantsInput = context->needs_input_grad(0);
    auto result = wantsInput ? empty(x.sizes(), x, x.scalar_type()) : at::Tensor();
    auto passing = y.defined() ? empty(x.sizes(), x, x.scalar_type()) : gradient;
    at::Tensor shiftGradient, weightGradient;
    withLoops(x, [&](auto loops) {
      using Loops = decltype(loops);
      using T = typename Loops::Element;
      auto *data = pointer<T>(x), *incoming = pointer<T>(gradient), *passed = pointer<T>(passing);
      auto *a = pointer<float>(scale), *b = pointer<float>(shift), *m = pointer<float>(center);
      rows.each([&](int64_t i, int64_t at, int64_t size) {
        float *sums = found.sum(i), *more = found.another(i);
        if (y.defined())
          Loops::slopesBehind(data + at, incoming + at, pointer<T>(y) + at, passed + at, m, bounds, sums, more, size,
                              rows.channels);
        else Loops::slopes(data + at, incoming + at, a, b, m, bounds, sums, more, size, rows.channels);
      });
      shiftGradient = rows.total(found.sums);
      weightGradient = rows.total(found.more) * inverse;
      if (!wantsInput) return;
      // What one input moves through the mean and the spread of all.
      double count = double(x.numel() / x.size(1));
      auto slope = -factor * inverse * weightGradient / count;
      auto slopes = rows.spread(slope), offsets = rows.spread(-factor * shiftGradient / count - slope * mean);
      auto *d = pointer<float>(slopes), *o = pointer<float>(offsets);
      auto open = y.defined() ? boundsOf(HT_NO_CURVE) : bounds;
      rows.each([&](int64_t, int64_t at, int64_t size) {
        Loops::inputGradient(data + at, passed + at, pointer<T>(result) + at, a, b, d, o, open, size, rows.channels);
      });
    });
    auto none = at::Tensor();
    return {result, weightGradient.to(at::kFloat), shiftGradient.to(at::kFloat),
            context->saved_data["adds"].toBool() ? passing : none, none, none, none, none, none};
  }
};

bool isFloat(const std::optional<at::Tensor> &x) { return x && x->scalar_type() == at::kFloat; }

/// Whether the loops take this norm: on the CPU, in training, with everything that networks give it.
bool serves(const at::Tensor &x, const Norm &norm, const std::optional<at::Tensor> &addend) {
  bool type = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
  bool last = x.dim() == 4 && x.is_contiguous(MemoryFormat::ChannelsLast) && x.numel() > x.size(1);
  bool fits = !addend || (addend->sizes() == x.sizes() && addend->scalar_type() == x.scalar_type());
  return x.is_cpu() && type && last && fits && norm.training && isFloat(norm.weight) && isFloat(norm.bias) &&
         (!norm.mean || (isFloat(norm.mean) && isFloat(norm.variance)));
}

}  // namespace

at::Tensor batchNorm(const at::Tensor &x, const Norm &norm, const std::optional<at::Tensor> &addend, ht_curve curve) {
  if (serves(x, norm, addend)) {
    auto within = isBound(curve) ? curve : HT_NO_CURVE;
    auto y = NormCurve::apply(x, *norm.weight, *norm.bias, addend, norm.mean, norm.variance, norm.momentum, norm.epsilon,
                              int64_t(within));
    return within == curve ? y : curved(y, curve);
  }
  auto y = at::batch_norm(x, norm.weight, norm.bias, norm.mean, norm.variance, norm.training, norm.momentum,
                          norm.epsilon, /*cudnn_enabled=*/true);
  return curved(addend ? y + *addend : y, curve);
}

}  // namespace hone
