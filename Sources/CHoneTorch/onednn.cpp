// Convolutions for inference by libtorch's oneDNN operations: bias, curve and the sum with a shortcut are done while the
// result is still in registers.

#include "onednn.hpp"

#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>

#include "bridge.hpp"

namespace hone {
namespace {

using Sizes = at::IntArrayRef;
using Name = std::string_view;
using Scalars = c10::List<std::optional<at::Scalar>>;
using MaybeTensor = std::optional<at::Tensor>;

constexpr int64_t undilated[] = {1, 1};

/// One of libtorch's operations that is reached by its name only; absent in a libtorch that was built without oneDNN.
template <class Signature>
class Named {
 public:
  Named(const char *name, const char *overload) {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (found) operation.emplace(found->template typed<Signature>());
  }
  explicit operator bool() const { return operation.has_value(); }

  template <class... Operands>
  at::Tensor operator()(const Operands &...operands) const {
    return operation->call(operands...);
  }

 private:
  std::optional<c10::TypedOperatorHandle<Signature>> operation;
};

struct Operations {
  Named<at::Tensor(const at::Tensor &, Sizes, Sizes, Sizes, int64_t, at::OptionalIntArrayRef)> pack{
      "mkldnn::_reorder_convolution_weight", ""};
  Named<at::Tensor(const at::Tensor &, const at::Tensor &, const MaybeTensor &, Sizes, Sizes, Sizes, int64_t, Name,
                   Scalars, std::optional<Name>)>
      curved{"mkldnn::_convolution_pointwise", ""};
  Named<at::Tensor(const at::Tensor &, const at::Tensor &, const at::Tensor &, const MaybeTensor &, Sizes, Sizes, Sizes,
                   int64_t, Name, std::optional<at::Scalar>, std::optional<Name>, Scalars, std::optional<Name>)>
      added{"mkldnn::_convolution_pointwise", "binary"};
};

const Operations &operations() {
  static const Operations found;
  return found;
}

/// A curve as oneDNN names it.
struct CurveName {
  Name name = "none";
  std::vector<std::optional<at::Scalar>> numbers;
  std::optional<Name> kind;
};

CurveName nameOf(ht_curve curve) {
  switch (curve) {
    case HT_NO_CURVE: break;
    case HT_RELU: return {"relu", {}, {}};
    case HT_RELU6: return {"hardtanh", {at::Scalar(0.0), at::Scalar(6.0)}, {}};
    case HT_SILU: return {"swish", {}, {}};
    case HT_HARD_SWISH: return {"hardswish", {}, {}};
    case HT_GELU: return {"gelu", {}, "none"};
  }
  return {};
}

}  // namespace

bool OneDNNConvolution::isThere() { return operations().pack && operations().curved && operations().added; }

const OneDNNConvolution::Pack &OneDNNConvolution::packFor(const at::Tensor &x) {
  constexpr size_t mostPacks = 4;  // a loader's batches, the last and smaller one, single pictures
  auto type = x.scalar_type();
  auto known = std::find_if(packs.begin(), packs.end(),
                            [&](auto &pack) { return pack.type == type && x.sizes().equals(pack.input); });
  if (known != packs.end()) {
    packs.splice(packs.begin(), packs, known);
  } else {
    auto packed = operations().pack(filters.weight.to(type).contiguous(), Sizes(filters.padding), Sizes(filters.stride),
                                    Sizes(undilated), filters.groups, at::OptionalIntArrayRef(x.sizes()));
    packs.push_front({type, x.sizes().vec(), packed, filters.bias ? filters.bias->to(type) : at::Tensor()});
    if (packs.size() > mostPacks) packs.pop_back();
  }
  return packs.front();
}

at::Tensor OneDNNConvolution::operator()(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) {
  auto &pack = packFor(x);
  auto shift = pack.bias.defined() ? MaybeTensor(pack.bias) : std::nullopt;
  auto [name, numbers, kind] = nameOf(curve);
  Sizes stride(filters.stride), padding(filters.padding), dilation(undilated);
  if (!addend)
    return operations().curved(x, pack.weight, shift, padding, stride, dilation, filters.groups, name, Scalars(numbers),
                               kind);
  auto other = addend->to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
  auto relu = curve == HT_RELU ? std::optional<Name>("relu") : std::nullopt;
  auto sum = operations().added(x, other, pack.weight, shift, padding, stride, dilation, filters.groups, Name("add"),
                                std::optional<at::Scalar>(1.0), relu, Scalars(), std::optional<Name>());
  return relu ? sum : curved(sum, curve);
}

}  // namespace hone
