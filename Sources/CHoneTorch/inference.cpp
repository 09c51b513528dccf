// Convolutions for inference: the weight laid out once as the way that a convolution goes likes it, and bias, curve and the
// sum with a shortcut done while the result is still in registers.

#include <array>

#include "bottleneck.hpp"
#include "bridge.hpp"
#include "onednn.hpp"
#include "winograd16.hpp"

namespace hone {
namespace {

using MaybeTensor = std::optional<at::Tensor>;
using Sizes = at::IntArrayRef;

/// The ways that a convolution may go.
enum class Way { slide, multiply, map, oneDNN, plain };

/// One convolution to be done: of what, and what follows.
struct Call {
  const at::Tensor &x;
  const MaybeTensor &addend;
  ht_curve curve;
  at::ScalarType type;

  Call(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve, at::ScalarType type)
      : x(x), addend(addend), curve(curve), type(type) {}
  Call(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) : Call(x, addend, curve, computeType(x)) {}
};

/// The type of an inverted residual: float32 where autocast's bfloat16 would be no faster and less exact, because depthwise
/// windows and narrow products cost more than what they read.
at::ScalarType bottleneckType(const at::Tensor &x) {
  const auto type = computeType(x);
  const bool casts = type == at::kBFloat16 && at::autocast::is_autocast_enabled(at::kCPU);
  return casts && multipliesRows() && !multipliesTiles() ? at::kFloat : type;
}

at::Tensor channelsLast(const at::Tensor &x, at::ScalarType type) {
  return x.to(type).contiguous(at::MemoryFormat::ChannelsLast);
}

/// What is added to a result, as the loops read it; undefined where there is nothing.
at::Tensor addendFor(const at::Tensor &result, const MaybeTensor &addend) {
  if (!addend) return {};
  TORCH_CHECK(addend->sizes() == result.sizes(), "a result of the shape ", result.sizes(), " cannot take up an addend of ",
              addend->sizes());
  return channelsLast(*addend, result.scalar_type());
}

}  // namespace
}  // namespace hone

using namespace hone;

struct ht_packed {
  explicit ht_packed(Filters made) : filters(std::move(made)) {}
  ht_packed(const ht_packed &) = delete;

  at::Tensor operator()(const Call &call);
  /// An inverted residual: after `this` come a depthwise convolution and a 1×1 one.
  at::Tensor bottleneck(const Call &call, ht_packed &depthwise, ht_curve slid, ht_packed &project, const MaybeTensor &addend,
                        ht_curve last);

 private:
  static constexpr int64_t undilated[] = {1, 1};
  Filters filters;
  // Made when they are first needed.
  std::optional<Taps> taps;
  std::optional<Winograd> winograd;
  std::optional<Direct> direct;
  at::Tensor mappedFilters;  // in bfloat16
  OneDNNConvolution oneDNN{filters};

  Way way(const Call &call) const;
  at::Tensor plain(const Call &call) const;
  at::Tensor slid(const Call &call);
  at::Tensor multiplied(const Call &call);
  at::Tensor mapped(const Call &call);

  at::Tensor bias() const { return filters.bias.value_or(at::Tensor()); }
  const Taps &asTaps() { return taps ? *taps : taps.emplace(filters.weight, bias()); }
  const Direct &asDirect() {
    return direct ? *direct : direct.emplace(filters.weight, bias(), filters.stride, filters.padding);
  }
  bool slides(at::IntArrayRef shape, at::ScalarType type) const {
    return hone::slides(shape, filters.weight, type, filters.stride, filters.padding, undilated, filters.groups);
  }
  bool isPointwise() const;
  Places places(at::IntArrayRef shape) const;
};

Places ht_packed::places(at::IntArrayRef shape) const {
  auto along = [&](int64_t axis) {
    return (shape[axis] + 2 * filters.padding[axis - 2] - filters.weight.size(axis)) / filters.stride[axis - 2] + 1;
  };
  return {along(2), along(3)};
}

bool ht_packed::isPointwise() const {
  auto are = [](Sizes numbers, int64_t wanted) { return numbers[0] == wanted && numbers[1] == wanted; };
  return filters.groups == 1 && are(filters.weight.sizes().slice(2), 1) && are(filters.padding, 0) &&
         are(filters.stride, 1);
}

Way ht_packed::way(const Call &call) const {
  const auto &[x, addend, curve, type] = call;
  const auto &weight = filters.weight;
  const bool isKnown = type == at::kFloat || type == at::kBFloat16;
  if (!isKnown || !x.is_cpu() || !weight.is_cpu() || x.dim() != 4 || (at::GradMode::is_enabled() && x.requires_grad()))
    return Way::plain;
  if (slides(x.sizes(), type)) return Way::slide;
  auto holds = [&](int64_t axis) { return x.size(axis) + 2 * filters.padding[axis - 2] >= weight.size(axis); };
  const bool fits = filters.groups == 1 && x.size(1) == weight.size(1) && holds(2) && holds(3);
  if (type == at::kFloat && multipliesRows() && isBound(curve) && fits) return Way::multiply;
  if (type == at::kBFloat16 && isBound(curve) && fits && winogradServes(x, weight, filters.stride, filters.padding))
    return Way::map;
  return OneDNNConvolution::isThere() ? Way::oneDNN : Way::plain;
}

at::Tensor ht_packed::plain(const Call &call) const {
  auto y = at::conv2d(call.x, filters.weight, filters.bias, filters.stride, filters.padding, undilated, filters.groups);
  return curved(call.addend ? y + *call.addend : y, call.curve);
}

at::Tensor ht_packed::slid(const Call &call) {
  const auto [rows, columns] = places(call.x.sizes());
  auto y = empty({call.x.size(0), call.x.size(1), rows, columns}, call.x, call.type);
  const bool isWhole = !call.addend && isBound(call.curve);
  slide(channelsLast(call.x, call.type), asTaps(), filters.stride[0], filters.padding[0],
        boundsOf(isWhole ? call.curve : HT_NO_CURVE), y);
  return isWhole ? y : curved(call.addend ? y + *call.addend : y, call.curve);
}

at::Tensor ht_packed::multiplied(const Call &call) {
  const auto &weight = filters.weight;
  const auto [rows, columns] = places(call.x.sizes());
  auto y = empty({call.x.size(0), weight.size(0), rows, columns}, call.x, at::kFloat);
  auto addend = addendFor(y, call.addend);
  const Output output{y, addend, boundsOf(call.curve)};
  if (Winograd::suits(weight, y, filters.stride)) {
    if (!winograd) winograd.emplace(weight, bias(), filters.padding);
    (*winograd)(channelsLast(call.x, at::kFloat), output);
  } else {
    asDirect()(call.x.to(at::kFloat), output);
  }
  return y;
}

at::Tensor ht_packed::mapped(const Call &call) {
  const auto &weight = filters.weight;
  const auto [rows, columns] = places(call.x.sizes());
  auto y = empty({call.x.size(0), weight.size(0), rows, columns}, call.x, call.type);
  auto addend = addendFor(y, call.addend);
  if (!mappedFilters.defined()) mappedFilters = mapFilters(weight, false).forwards;
  hone::winograd(channelsLast(call.x, call.type), mappedFilters, bias(), filters.padding[0],
                 {y, addend, boundsOf(call.curve)});
  return y;
}

at::Tensor ht_packed::operator()(const Call &call) {
  const auto way = this->way(call);
  if (way == Way::plain) return plain(call);
  c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
  switch (way) {
    case Way::slide: return slid(call);
    case Way::multiply: return multiplied(call);
    case Way::map: return mapped(call);
    default: return oneDNN(channelsLast(call.x, call.type), call.addend, call.curve);
  }
}

at::Tensor ht_packed::bottleneck(const Call &call, ht_packed &depthwise, ht_curve slid, ht_packed &project,
                                 const MaybeTensor &addend, ht_curve last) {
  const auto &x = call.x;
  constexpr int64_t few = 16;  // channels, as a stem has; 3×3 windows of more go Winograd's way
  const bool expands = way(call) == Way::multiply && (isPointwise() || x.size(1) < few);
  if (expands && isBound(slid) && isBound(last) && project.isPointwise()) {
    const auto inner = places(x.sizes());
    const std::array<int64_t, 4> expanded{x.size(0), filters.weight.size(0), inner.rows, inner.columns};
    if (depthwise.slides(expanded, at::kFloat) && project.filters.weight.size(1) == expanded[1]) {
      const auto [rows, columns] = depthwise.places(expanded);
      auto y = empty({x.size(0), project.filters.weight.size(0), rows, columns}, x, at::kFloat);
      const Bottleneck fused{asDirect(), depthwise.asTaps(), project.asDirect(), depthwise.filters.stride[0],
                             depthwise.filters.padding[0], boundsOf(call.curve), boundsOf(slid)};
      if (fused.suits(x, y)) {
        auto other = addendFor(y, addend);
        fused(x.to(at::kFloat), {y, other, boundsOf(last)});
        return y;
      }
    }
  }
  const auto expanded = (*this)(call), between = depthwise(Call(expanded, {}, slid, call.type));
  return project(Call(between, addend, last, call.type));
}

ht_packed *ht_pack(ht_tensor *weight, ht_tensor *bias, const ht_int stride[2], const ht_int padding[2], ht_int groups,
                   ht_error **error) {
  HT_DO(weight, bias) {
    TORCH_CHECK(of(weight).dim() == 4, "a convolution's weight has 4 axes, not the shape ", of(weight).sizes());
    return new ht_packed({of(weight), maybe(bias), pair(stride).vec(), pair(padding).vec(), groups});
  };
}
ht_tensor *ht_packed_conv2d(ht_tensor *x, ht_packed *convolution, ht_tensor *addend, ht_curve curve, ht_error **error) {
  HT_RETURN((*convolution)(Call(of(x), maybe(addend), curve)), x, addend);
}
ht_tensor *ht_packed_bottleneck(ht_tensor *x, ht_packed *expand, ht_curve expanded, ht_packed *depthwise, ht_curve slid,
                                ht_packed *project, ht_tensor *addend, ht_curve curve, ht_error **error) {
  HT_RETURN(expand->bottleneck(Call(of(x), {}, expanded, bottleneckType(of(x))), *depthwise, slid, *project, maybe(addend),
                               curve),
            x, addend);
}
void ht_packed_free(ht_packed *convolution) { delete convolution; }
