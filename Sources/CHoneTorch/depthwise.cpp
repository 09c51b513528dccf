// Depthwise convolutions with a stride on the CPU.
//
// libtorch's gradient of their input takes twenty times longer than its arithmetic should: a third of MobileNetV2's
// training step. Here every input pixel gathers from the few output pixels that saw it, all channels at once.

#include <torch/csrc/autograd/custom_function.h>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

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
void inputGradient(const at::Tensor &gradient, const at::Tensor &weight, const at::Tensor &result,
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

struct StridedDepthwise : torch::autograd::Function<StridedDepthwise> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias, at::ScalarType type,
                            at::IntArrayRef stride, at::IntArrayRef padding) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto x = input.to(type).contiguous(MemoryFormat::ChannelsLast), w = weight.to(type);
    auto b = bias ? std::optional<at::Tensor>(bias->to(type)) : std::nullopt;
    context->save_for_backward({x, w});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["biased"] = bias.has_value();
    return at::conv2d(x, w, b, stride, padding, {1, 1}, x.size(1));
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &w = saved[1];
    auto stride = context->saved_data["stride"].toIntVector(), padding = context->saved_data["padding"].toIntVector();
    bool biased = context->saved_data["biased"].toBool(), wantsInput = context->needs_input_grad(0);
    auto gradient = gradients[0].to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    int64_t channels = x.size(1);
    auto [none, dw, db] = at::convolution_backward(gradient, x, w, at::IntArrayRef{channels}, stride, padding, {1, 1},
                                                   false, {0, 0}, channels, {false, true, biased});
    at::Tensor dx;
    if (wantsInput) {
      dx = empty(x.sizes(), x, x.scalar_type());
      auto run = inputGradient<float, gatherFloat>;
      if (x.scalar_type() == at::kBFloat16) run = inputGradient<uint16_t, gatherBFloat16>;
      run(gradient, w, dx, stride, padding);
    }
    return {dx, dw, db, {}, {}, {}};
  }
};

bool stridedDepthwise(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
                      at::IntArrayRef dilation, int64_t groups) {
  bool depthwise = x.dim() == 4 && weight.dim() == 4 && groups > 1 && groups == x.size(1) && groups == weight.size(0);
  bool known = type == at::kFloat || type == at::kBFloat16;
  if (!depthwise || !known || !x.is_cpu() || dilation[0] != 1 || dilation[1] != 1) return false;
  int64_t taps = ((weight.size(2) - 1) / stride[0] + 1) * ((weight.size(3) - 1) / stride[1] + 1);
  return stride[0] * stride[1] > 1 && taps <= mostTaps;
}

}  // namespace

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                  at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups) {
  auto type = computeType(x);
  bool records = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
  if (records && stridedDepthwise(x, weight, type, stride, dilation, groups))
    return StridedDepthwise::apply(x, weight, bias, type, stride, padding);
  return at::conv2d(x, weight, bias, stride, padding, dilation, groups);
}

}  // namespace hone
