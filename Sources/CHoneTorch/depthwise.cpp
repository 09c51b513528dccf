// Depthwise convolutions in training on the CPU.
//
// libtorch's gradients of them take many times longer than their arithmetic should. Here the window slides in loops of
// Hone's own (sliding.cpp), also over the gradients; with a stride every input pixel gathers from the few output pixels
// that saw it, all channels at once.

#include <torch/csrc/autograd/custom_function.h>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"
#include "sliding.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t mostTaps = 16;  // of one input pixel

/// One input pixel's gradient from the output pixels that saw it.
template <class T>
HT_INLINE void gather(const T *const *gradients, const float *const *weights, int64_t taps, T *result,
                      int64_t channels) {
  constexpr int64_t block = 64;
  for (int64_t first = 0; first < channels; first += block) {
    int64_t count = channels - first < block ? channels - first : block;
    float sum[block] = {};
    for (int64_t t = 0; t < taps; t++) {
      const T *g = gradients[t] + first;
      const float *w = weights[t] + first;
      for (int64_t i = 0; i < count; i++) sum[i] += load(g[i]) * w[i];
    }
    for (int64_t i = 0; i < count; i++) store(result + first + i, sum[i]);
  }
}

HT_CLONES void gatherFloat(const float *const *gradients, const float *const *weights, int64_t taps, float *result,
                           int64_t channels) {
  gather(gradients, weights, taps, result, channels);
}
HT_CLONES void gatherBFloat16(const uint16_t *const *gradients, const float *const *weights, int64_t taps,
                              uint16_t *result, int64_t channels) {
  gather(gradients, weights, taps, result, channels);
}

/// The gradient of a depthwise convolution's input; all channels-last, `weight` `[C, 1, h, w]`.
template <class T, auto gatherPixel>
void gatherGradient(const at::Tensor &gradient, const at::Tensor &weight, const at::Tensor &result,
                   at::IntArrayRef stride, at::IntArrayRef padding) {
  int64_t channels = result.size(1), height = result.size(2), width = result.size(3);
  int64_t rows = gradient.size(2), columns = gradient.size(3);
  int64_t kernelRows = weight.size(2), kernelColumns = weight.size(3);
  auto packed = weight.to(at::kFloat).permute({2, 3, 0, 1}).contiguous();  // [h, w, C]
  const float *w = pointer<float>(packed);
  const T *source = pointer<T>(gradient);
  T *target = pointer<T>(result);
  int64_t strideY = stride[0], strideX = stride[1], paddingY = padding[0], paddingX = padding[1];
  parallel(result.size(0) * height, 4, [&](int64_t begin, int64_t end) {
    const T *gradients[mostTaps];
    const float *weights[mostTaps];
    for (int64_t row = begin; row < end; row++)
      for (int64_t x = 0; x < width; x++) {
        int64_t picture = row / height, y = row % height, taps = 0;
        for (int64_t ky = (y + paddingY) % strideY; ky < kernelRows; ky += strideY) {
          int64_t oy = (y + paddingY - ky) / strideY;
          if (y + paddingY < ky || oy >= rows) continue;
          for (int64_t kx = (x + paddingX) % strideX; kx < kernelColumns; kx += strideX) {
            int64_t ox = (x + paddingX - kx) / strideX;
            if (x + paddingX < kx || ox >= columns) continue;
            gradients[taps] = source + ((picture * rows + oy) * columns + ox) * channels;
            weights[taps++] = w + (ky * kernelColumns + kx) * channels;
          }
        }
        gatherPixel(gradients, weights, taps, target + (row * width + x) * channels, channels);
      }
  });
}

at::Tensor inputGradient(const at::Tensor &x, const at::Tensor &gradient, const at::Tensor &weight, int64_t stride,
                         int64_t padding) {
  auto result = empty(x.sizes(), x, x.scalar_type());
  int64_t around = weight.size(2) - 1 - padding;
  if (stride == 1) {
    slide(gradient, Taps(weight.flip({2, 3}), {}), 1, around, boundsOf(HT_NO_CURVE), result);
  } else {
    auto run = gatherGradient<float, gatherFloat>;
    if (x.scalar_type() == at::kBFloat16) run = gatherGradient<uint16_t, gatherBFloat16>;
    run(gradient, weight, result, {stride, stride}, {padding, padding});
  }
  return result;
}

struct Depthwise : torch::autograd::Function<Depthwise> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias, at::ScalarType type, int64_t stride,
                            int64_t padding) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto x = input.to(type).contiguous(MemoryFormat::ChannelsLast);
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["biased"] = bias.has_value();
    auto places = [&](int64_t axis) { return (x.size(axis) + 2 * padding - weight.size(axis)) / stride + 1; };
    auto y = empty({x.size(0), x.size(1), places(2), places(3)}, x, type);
    slide(x, Taps(weight, bias.value_or(at::Tensor())), stride, padding, boundsOf(HT_NO_CURVE), y);
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &weight = saved[1];
    int64_t stride = context->saved_data["stride"].toInt(), padding = context->saved_data["padding"].toInt();
    auto gradient = gradients[0].to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    auto found = slideGradients(x, gradient, weight.size(2), stride, padding);
    at::Tensor dx, db;
    if (context->needs_input_grad(0)) dx = inputGradient(x, gradient, weight, stride, padding);
    if (context->saved_data["biased"].toBool()) db = found.bias;
    return {dx, found.weight, db, {}, {}, {}};
  }
};

}  // namespace

at::Tensor depthwise(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                     at::ScalarType type, int64_t stride, int64_t padding) {
  return Depthwise::apply(x, weight, bias, type, stride, padding);
}

}  // namespace hone
