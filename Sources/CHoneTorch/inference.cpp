// Convolutions for inference: the weight laid out once as the processor likes it for the input that comes, and bias, curve
// and the sum with a shortcut done while the result is still in registers. By libtorch's oneDNN operations, and for depthwise
// ones by loops of Hone's own.

#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <list>

#include "bridge.hpp"
#include "loops.hpp"
#include "sliding.hpp"

namespace hone {
namespace {

using Sizes = at::IntArrayRef;
using Name = std::string_view;
using Scalars = c10::List<std::optional<at::Scalar>>;
using MaybeTensor = std::optional<at::Tensor>;

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

struct OneDNN {
  Named<at::Tensor(const at::Tensor &, Sizes, Sizes, Sizes, int64_t, at::OptionalIntArrayRef)> pack{
      "mkldnn::_reorder_convolution_weight", ""};
  Named<at::Tensor(const at::Tensor &, const at::Tensor &, const MaybeTensor &, Sizes, Sizes, Sizes, int64_t, Name,
                   Scalars, std::optional<Name>)>
      curved{"mkldnn::_convolution_pointwise", ""};
  Named<at::Tensor(const at::Tensor &, const at::Tensor &, const at::Tensor &, const MaybeTensor &, Sizes, Sizes, Sizes,
                   int64_t, Name, std::optional<at::Scalar>, std::optional<Name>, Scalars, std::optional<Name>)>
      added{"mkldnn::_convolution_pointwise", "binary"};

  static const OneDNN *find() {
    static const OneDNN found;
    return found.pack && found.curved && found.added ? &found : nullptr;
  }
};

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

/// A weight as oneDNN wants it for one type and size of input.
struct Pack {
  at::ScalarType type;
  std::vector<int64_t> input;
  at::Tensor weight, bias;
};

}  // namespace
}  // namespace hone

using namespace hone;

struct ht_packed {
  at::Tensor weight;
  MaybeTensor bias;
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups;
  mutable std::list<Pack> packs;  // the one used last comes first

  at::Tensor operator()(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) const;

 private:
  at::Tensor slid(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) const;
  at::Tensor inOne(const OneDNN &operations, const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) const;
  const Pack &packFor(const OneDNN &operations, const at::Tensor &x) const;
};

const Pack &ht_packed::packFor(const OneDNN &operations, const at::Tensor &x) const {
  constexpr size_t mostPacks = 4;  // a loader's batches, the last and smaller one, single pictures
  auto type = x.scalar_type();
  auto known = std::find_if(packs.begin(), packs.end(),
                            [&](auto &pack) { return pack.type == type && x.sizes().equals(pack.input); });
  if (known != packs.end()) {
    packs.splice(packs.begin(), packs, known);
  } else {
    auto packed = operations.pack(weight.to(type).contiguous(), Sizes(padding), Sizes(stride), Sizes(dilation), groups,
                                  at::OptionalIntArrayRef(x.sizes()));
    packs.push_front({type, x.sizes().vec(), packed, bias ? bias->to(type) : at::Tensor()});
    if (packs.size() > mostPacks) packs.pop_back();
  }
  return packs.front();
}

at::Tensor ht_packed::inOne(const OneDNN &operations, const at::Tensor &x, const MaybeTensor &addend,
                            ht_curve curve) const {
  auto &pack = packFor(operations, x);
  auto shift = pack.bias.defined() ? MaybeTensor(pack.bias) : std::nullopt;
  auto [name, numbers, kind] = nameOf(curve);
  if (!addend)
    return operations.curved(x, pack.weight, shift, Sizes(padding), Sizes(stride), Sizes(dilation), groups, name,
                             Scalars(numbers), kind);
  auto other = addend->to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
  auto relu = curve == HT_RELU ? std::optional<Name>("relu") : std::nullopt;
  auto sum = operations.added(x, other, pack.weight, shift, Sizes(padding), Sizes(stride), Sizes(dilation), groups,
                              Name("add"), std::optional<at::Scalar>(1.0), relu, Scalars(), std::optional<Name>());
  return relu ? sum : curved(sum, curve);
}

at::Tensor ht_packed::slid(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) const {
  auto places = [&](int64_t axis) {
    return (x.size(axis) + 2 * padding[axis - 2] - weight.size(axis)) / stride[axis - 2] + 1;
  };
  auto y = empty({x.size(0), x.size(1), places(2), places(3)}, x, x.scalar_type());
  bool isWhole = !addend && isBound(curve);
  slide(x, weight, bias.value_or(at::Tensor()), stride[0], padding[0], boundsOf(isWhole ? curve : HT_NO_CURVE), y);
  return isWhole ? y : curved(addend ? y + *addend : y, curve);
}

at::Tensor ht_packed::operator()(const at::Tensor &x, const MaybeTensor &addend, ht_curve curve) const {
  auto type = computeType(x);
  auto *operations = OneDNN::find();
  bool isOurs = slides(x, weight, type, stride, padding, dilation, groups);
  bool fits = x.is_cpu() && weight.is_cpu() && x.dim() == 4 && (type == at::kFloat || type == at::kBFloat16);
  if ((isOurs || (operations && fits)) && !(at::GradMode::is_enabled() && x.requires_grad())) {
    c10::impl::ExcludeDispatchKeyGuard off(c10::DispatchKey::AutocastCPU);
    auto input = x.to(type).contiguous(at::MemoryFormat::ChannelsLast);
    return isOurs ? slid(input, addend, curve) : inOne(*operations, input, addend, curve);
  }
  auto y = at::conv2d(x, weight, bias, stride, padding, dilation, groups);
  return curved(addend ? y + *addend : y, curve);
}

ht_packed *ht_pack(ht_tensor *weight, ht_tensor *bias, const ht_int stride[2], const ht_int padding[2], ht_int groups,
                   ht_error **error) {
  HT_DO(weight, bias) {
    TORCH_CHECK(of(weight).dim() == 4, "a convolution's weight has 4 axes, not the shape ", of(weight).sizes());
    return new ht_packed{of(weight), maybe(bias), pair(stride).vec(), pair(padding).vec(), {1, 1}, groups, {}};
  };
}
ht_tensor *ht_packed_conv2d(ht_tensor *x, const ht_packed *convolution, ht_tensor *addend, ht_curve curve,
                            ht_error **error) {
  HT_RETURN((*convolution)(of(x), maybe(addend), curve), x, addend);
}
void ht_packed_free(ht_packed *convolution) { delete convolution; }
