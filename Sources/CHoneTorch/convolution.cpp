// Which way a convolution goes, and one that goes a way of its own: in bfloat16, in training on the CPU.
//
// There libtorch's gradient of the filters runs at two thirds of the rate of its other products, at a twentieth with a
// stride. Where the processor adds products of pairs there is a kernel for it (filters.cpp); elsewhere, with a stride,
// it is one product with the windows written out. Wide 3×3 filters with stride 1 go Winograd's way (winograd16.cpp).

#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "bridge.hpp"
#include "convolution.hpp"
#include "filters.hpp"
#include "loops.hpp"
#include "sliding.hpp"
#include "winograd16.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Windows {
  int64_t height, width, stride, padding;  // all of the kernel

  /// `[N · places, h · w · C]`: what lies under the kernel at each of its places, of channels-last pictures.
  at::Tensor written(const at::Tensor &x, int64_t rows, int64_t columns) const {
    auto padded = at::constant_pad_nd(x, {padding, padding, padding, padding}).permute({0, 2, 3, 1}).contiguous();
    int64_t pixel = padded.size(3), row = padded.size(2) * pixel, picture = padded.size(1) * row;
    auto places = padded.as_strided({x.size(0), rows, columns, height, width, pixel},
                                    {picture, stride * row, stride * pixel, row, pixel, 1});
    return places.reshape({x.size(0) * rows * columns, height * width * pixel});
  }

  at::Tensor weightGradient(const at::Tensor &x, const at::Tensor &gradient) const {
    constexpr int64_t mostNumbers = 1 << 24;  // written out at once
    int64_t filters = gradient.size(1), rows = gradient.size(2), columns = gradient.size(3);
    int64_t each = rows * columns * height * width * x.size(1), group = std::max<int64_t>(1, mostNumbers / each);
    auto total = at::zeros({filters, height * width * x.size(1)}, x.options().dtype(at::kFloat));
    for (int64_t start = 0; start < x.size(0); start += group) {
      int64_t count = std::min(group, x.size(0) - start);
      auto slopes = gradient.narrow(0, start, count).permute({0, 2, 3, 1}).reshape({count * rows * columns, filters});
      total += at::mm(slopes.t(), written(x.narrow(0, start, count), rows, columns));
    }
    return total.view({filters, height, width, x.size(1)}).permute({0, 3, 1, 2});
  }
};

/// Whether the filters' gradient has a way of its own in bfloat16.
bool hasOwnGradient(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding) {
  bool isSquare = stride[0] == stride[1] && padding[0] == padding[1];
  bool isWindow = weight.size(2) * weight.size(3) > 1 && weight.size(1) == x.size(1);
  return isSquare && isWindow && (stride[0] > 1 || pairsServe(x, weight));
}

struct Convolution : torch::autograd::Function<Convolution> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight,
                            const std::optional<at::Tensor> &bias, int64_t stride, int64_t padding) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto x = input.to(at::kBFloat16).contiguous(MemoryFormat::ChannelsLast);
    TrainingFilters filters(x, weight, at::kBFloat16, {stride, stride}, {padding, padding}, input.requires_grad());
    context->save_for_backward({x, filters.plain, filters.behind});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["biased"] = bias.has_value();
    return filters(x, bias);
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    int64_t stride = context->saved_data["stride"].toInt(), padding = context->saved_data["padding"].toInt();
    auto gradient = gradients[0].to(at::kBFloat16).contiguous(MemoryFormat::ChannelsLast);
    const TrainingFilters filters(saved[1], saved[2], {stride, stride}, {padding, padding});
    auto found = filters.gradients(gradient, saved[0], context->needs_input_grad(0));
    at::Tensor db;
    if (context->saved_data["biased"].toBool()) db = gradient.sum(at::IntArrayRef{0, 2, 3}, false, at::kFloat);
    return {found.input, found.filters, db, {}, {}};
  }
};

/// Whether `Convolution` takes a convolution.
bool trainsInPairs(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type, at::IntArrayRef stride,
                   at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups) {
  if (x.dim() != 4 || weight.dim() != 4 || !x.is_cpu() || type != at::kBFloat16 || groups != 1) return false;
  bool fits = std::min(x.size(2), x.size(3)) + 2 * padding[0] >= std::max(weight.size(2), weight.size(3));
  return fits && dilation[0] == 1 && dilation[1] == 1 && weight.scalar_type() == at::kFloat &&
         hasOwnGradient(x, weight, stride, padding);
}

}  // namespace

TrainingFilters::TrainingFilters(const at::Tensor &x, const at::Tensor &weight, at::ScalarType type,
                                 at::IntArrayRef stride, at::IntArrayRef padding, bool wantsInput)
    : plain(weight.to(type).contiguous(MemoryFormat::ChannelsLast)), stride(stride.vec()), padding(padding.vec()) {
  if (type != at::kBFloat16 || !winogradServes(x, weight, stride, padding)) return;
  auto mapped = mapFilters(weight, wantsInput);
  ahead = mapped.forwards, behind = mapped.backwards;
}

at::Tensor TrainingFilters::operator()(const at::Tensor &x, const std::optional<at::Tensor> &bias) const {
  if (ahead.defined()) {
    const int64_t grown = 2 * padding[0] - 2;
    auto y = empty({x.size(0), plain.size(0), x.size(2) + grown, x.size(3) + grown}, x, x.scalar_type());
    winograd(x, ahead, bias ? bias->to(at::kFloat) : at::Tensor(), padding[0], {y, {}, boundsOf(HT_NO_CURVE)});
    return y;
  }
  return at::conv2d(x, plain, bias ? std::make_optional(bias->to(plain.scalar_type())) : std::nullopt, stride, padding);
}

TrainingFilters::Gradients TrainingFilters::gradients(const at::Tensor &gradient, const at::Tensor &x,
                                                      bool wantsInput) const {
  bool isOwn = x.scalar_type() == at::kBFloat16 && hasOwnGradient(x, plain, stride, padding);
  bool isMapped = wantsInput && behind.defined();
  Gradients found;
  if ((wantsInput && !isMapped) || !isOwn)
    std::tie(found.input, found.filters, std::ignore) =
        at::convolution_backward(gradient, x, plain, std::nullopt, stride, padding, {1, 1}, false, {0, 0}, 1,
                                 {wantsInput && !isMapped, !isOwn, false});
  if (isMapped) {
    found.input = empty(x.sizes(), x, x.scalar_type());
    winograd(gradient, behind, {}, 2 - padding[0], {found.input, {}, boundsOf(HT_NO_CURVE)});
  }
  if (!isOwn) return found;
  int64_t height = plain.size(2), width = plain.size(3);
  if (winogradServes(x, plain, stride, padding)) found.filters = winogradGradient(x, gradient, padding[0]);
  else if (pairsServe(x, plain)) found.filters = filterGradient(x, gradient, height, width, stride[0], padding[0]);
  else found.filters = Windows{height, width, stride[0], padding[0]}.weightGradient(x, gradient);
  return found;
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups) {
  auto type = computeType(x);
  bool records = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
  if (records) {
    if (x.is_cpu() && weight.scalar_type() == at::kFloat &&
        slides(x.sizes(), weight, type, stride, padding, dilation, groups))
      return depthwise(x, weight, bias, type, stride[0], padding[0]);
    if (arePatches(x, weight, stride, padding, dilation, groups)) return patchProducts(x, weight, bias);
    if (trainsInPairs(x, weight, type, stride, padding, dilation, groups))
      return Convolution::apply(x, weight, bias, stride[0], padding[0]);
  }
  return at::conv2d(x, weight, bias, stride, padding, dilation, groups);
}

}  // namespace hone
