#include "hone_mock_device.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <mutex>
#include <set>

namespace {

constexpr auto kind = c10::DeviceType::PrivateUse1;
const c10::Device mock(kind, 0);
std::atomic<long> operations{0};

struct Memory final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) override {
    auto memory = at::getCPUAllocator()->allocate(bytes);
    void *data = memory.get();
    auto release = memory.get_deleter();
    return {data, memory.release_context(), release, mock};
  }
  void copy_data(void *target, const void *source, size_t bytes) const override {
    default_copy_data(target, source, bytes);
  }
};

Memory &memory() {
  static auto *shared = new Memory;
  return *shared;
}

bool isMock(const at::Tensor &x) { return x.defined() && x.device().type() == kind; }

/// The same memory as a tensor of the other device.
at::Tensor seen(const at::Tensor &x, c10::Device device) {
  if (!x.defined()) return x;
  return at::for_blob(x.data_ptr(), x.sizes())
      .strides(x.strides())
      .deleter([x](void *) {})
      .options(x.options().device(device).requires_grad(false))
      .target_device(device)
      .make_tensor();
}

/// As on a graphics card: only single numbers, and indices, may come from the processor.
void refuseMixed(const c10::OperatorHandle &op, const at::Tensor &x) {
  static const std::set<std::string> mixes{"aten::index.Tensor", "aten::index_put_", "aten::_index_put_impl_"};
  TORCH_CHECK(isMock(x) || !x.defined() || x.dim() == 0 || mixes.count(op.schema().name()) > 0,
              "Expected all tensors to be on the same device, but ", op.schema().name(), " was given one of ", x.sizes(),
              " on ", x.device());
}

at::Tensor lent(const c10::OperatorHandle &op, const at::Tensor &x) {
  refuseMixed(op, x);
  return isMock(x) ? seen(x, at::kCPU) : x;
}

c10::IValue lent(const c10::OperatorHandle &op, const c10::IValue &value) {
  if (value.isTensor()) return lent(op, value.toTensor());
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor &x : value.toTensorVector()) list.push_back(lent(op, x));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> list;
    for (const std::optional<at::Tensor> &x : value.toOptionalTensorVector())
      list.push_back(x ? std::optional(lent(op, *x)) : std::nullopt);
    return list;
  }
  if (value.isDevice()) return c10::Device(at::kCPU);
  return value;
}

c10::IValue kept(const c10::IValue &value) {
  if (value.isTensor()) return seen(value.toTensor(), mock);
  if (!value.isTensorList()) return value;
  c10::List<at::Tensor> list;
  for (const at::Tensor &x : value.toTensorVector()) list.push_back(seen(x, mock));
  return list;
}

/// The argument that a result is, where the operation writes into one.
const c10::IValue *written(const c10::FunctionSchema &schema, const c10::Argument &result,
                           const std::vector<c10::IValue> &given) {
  if (!result.alias_info() || !result.alias_info()->isWrite()) return nullptr;
  for (size_t i = 0; i < given.size(); i++) {
    const auto *alias = schema.arguments()[i].alias_info();
    if (alias && alias->isWrite() && alias->beforeSets() == result.alias_info()->beforeSets()) return &given[i];
  }
  return nullptr;
}

/// Results that come as arguments without memory get what was made for them.
void adopt(const c10::IValue &argument, const c10::IValue &made) {
  auto *target = argument.toTensor().unsafeGetTensorImpl();
  const auto result = seen(made.toTensor(), mock);
  target->set_storage_keep_dtype(result.storage());
  target->set_sizes_and_strides(result.sizes(), result.strides(), result.storage_offset());
}

/// Any operation: the processor does it, in the device's memory.
void done(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  operations++;
  const auto &schema = op.schema();
  const size_t count = schema.arguments().size(), first = stack->size() - count;
  std::vector<c10::IValue> given(stack->begin() + first, stack->end());
  std::vector<std::pair<size_t, c10::IValue>> fresh;
  for (size_t i = 0; i < count; i++) {
    auto &value = (*stack)[first + i];
    const auto *alias = schema.arguments()[i].alias_info();
    if (alias && alias->isWrite() && value.isTensor() && isMock(value.toTensor()) && value.toTensor().numel() == 0) {
      value = at::empty({0}, value.toTensor().options().device(at::kCPU));
      fresh.emplace_back(i, value);
    } else {
      value = lent(op, value);
    }
  }
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  for (const auto &[i, value] : fresh) adopt(given[i], value);
  const auto &results = schema.returns();
  for (size_t i = 0; i < results.size(); i++) {
    auto &value = (*stack)[stack->size() - results.size() + i];
    const auto *target = written(schema, results[i], given);
    value = target ? *target : kept(value);
  }
}

at::Tensor empty(at::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                 std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &memory(), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                   c10::dtype_or_default(dtype), format);
}

at::Tensor emptyStrided(at::IntArrayRef size, at::IntArrayRef stride, std::optional<at::ScalarType> dtype,
                        std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, &memory(),
                                           c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(dtype));
}

at::Tensor copyFrom(const at::Tensor &source, const at::Tensor &target, bool) {
  auto here = [](const at::Tensor &x) { return isMock(x) ? seen(x, at::kCPU) : x; };
  here(target).copy_(here(source));
  return target;
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef outputPadding, int64_t groups) {
  TORCH_CHECK(isMock(x) && isMock(weight), "Expected all tensors to be on the same device");
  auto other = bias ? std::optional(seen(*bias, at::kCPU)) : std::nullopt;
  return seen(at::convolution(seen(x, at::kCPU), seen(weight, at::kCPU), other, stride, padding, dilation, transposed,
                              outputPadding, groups),
              mock);
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolutionGradients(
    const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef outputPadding, int64_t groups,
    std::array<bool, 3> wanted) {
  auto [dx, dw, db] = at::convolution_backward(
      seen(gradient, at::kCPU), seen(x, at::kCPU), seen(weight, at::kCPU), at::IntArrayRef{weight.size(0)}, stride,
      padding, dilation, transposed, outputPadding, groups, wanted);
  return {seen(dx, mock), seen(dw, mock), seen(db, mock)};
}

/// What autograd asks of a device that works by itself. Nothing here lags, so there is nothing to wait for.
struct Hooks final : at::PrivateUse1HooksInterface {
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
};

struct Guard final : c10::impl::NoOpDeviceGuardImpl<kind> {
  c10::Device exchangeDevice(c10::Device) const override { return mock; }
  c10::Device getDevice() const override { return mock; }
  c10::Stream getStream(c10::Device) const noexcept override { return only(); }
  c10::Stream getDefaultStream(c10::Device) const override { return only(); }
  c10::Stream getNewStream(c10::Device, int) const override { return only(); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return only(); }
  void record(void **, const c10::Stream &, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void *, const c10::Stream &) const override {}
  bool queryEvent(void *) const override { return true; }
  void synchronizeDevice(const c10::DeviceIndex) const override {}
  void recordDataPtrOnStream(const c10::DataPtr &, const c10::Stream &) const override {}

  static c10::Stream only() { return c10::Stream(c10::Stream::DEFAULT, mock); }
};

}  // namespace

C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&done>());
}
TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", empty);
  library.impl("empty_strided", emptyStrided);
  library.impl("_copy_from", copyFrom);
  library.impl("convolution_overrideable", convolution);
  library.impl("convolution_backward_overrideable", convolutionGradients);
}

void hone_mock_device_start(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    c10::SetAllocator(kind, &memory());
    at::RegisterPrivateUse1HooksInterface(new Hooks);
    c10::register_privateuse1_backend("mock");
  });
}
long hone_mock_device_operations(void) { return operations.load(); }
