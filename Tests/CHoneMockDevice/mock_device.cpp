#include "hone_mock_device.h"

#include <hone_torch.h>

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace {

constexpr auto kind = c10::DeviceType::PrivateUse1;
const c10::Device mock(kind, 0);
std::atomic<long> operations{0}, pinned{0}, replays{0};

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

/// Operations to be done again on the same tensors, as a graph of CUDA's holds them.
struct Recording {
  std::vector<std::function<void()>> steps;
};
std::atomic<Recording *> recording{nullptr};

/// Notes how results come about: done again, they are written to where they lay.
void note(std::vector<at::Tensor> results, std::function<std::vector<at::Tensor>()> again) {
  if (auto *open = recording.load())
    open->steps.push_back([results = std::move(results), again = std::move(again)] {
      const auto fresh = again();
      for (size_t i = 0; i < results.size(); i++)
        if (results[i].defined() && fresh[i].defined() && results[i].data_ptr() != fresh[i].data_ptr())  // no view
          seen(results[i], at::kCPU).copy_(fresh[i]);
    });
}

/// As on a graphics card, what reads numbers back or draws them cannot be recorded.
void refuseRecording(const c10::OperatorHandle &op, const std::vector<c10::IValue> &given) {
  if (!recording.load()) return;
  bool draws = false;
  for (const auto &value : given) draws |= value.isGenerator();
  TORCH_CHECK(!draws && op.schema().name() != "aten::_local_scalar_dense", op.schema().name(), " cannot be recorded");
}

std::vector<at::Tensor> tensorsOf(const torch::jit::Stack &stack, size_t count) {
  std::vector<at::Tensor> found;
  for (size_t i = stack.size() - count; i < stack.size(); i++) {
    if (stack[i].isTensor()) found.push_back(stack[i].toTensor());
    if (stack[i].isTensorList())
      for (const at::Tensor &x : stack[i].toTensorVector()) found.push_back(x);
  }
  return found;
}

/// Any operation: the processor does it, in the device's memory.
void done(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  operations++;
  const auto &schema = op.schema();
  const size_t count = schema.arguments().size(), first = stack->size() - count;
  std::vector<c10::IValue> given(stack->begin() + first, stack->end());
  refuseRecording(op, given);
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
  note(tensorsOf(*stack, results.size()), [op, given, count = results.size()] {
    torch::jit::Stack again;
    for (const auto &value : given) again.push_back(lent(op, value));
    op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &again);
    return tensorsOf(again, count);
  });
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

/// A stream beside the default one, whose copies are done as late as a device may do them: when somebody waits for them.
class Beside {
 public:
  static c10::Stream stream() { return c10::Stream(c10::Stream::UNSAFE, mock, 1); }

  void add(std::function<void()> copy) {
    std::lock_guard lock(mutex);
    late.push_back(std::move(copy));
  }
  void finish() {
    std::lock_guard lock(mutex);
    for (auto &copy : late) copy();
    copies += long(late.size());
    late.clear();
  }
  std::atomic<long> copies{0};

 private:
  std::mutex mutex;
  std::vector<std::function<void()>> late;
};

Beside &beside() {
  static auto *shared = new Beside;
  return *shared;
}

thread_local c10::Stream current(c10::Stream::DEFAULT, mock);

at::Tensor copyFrom(const at::Tensor &source, const at::Tensor &target, bool lags) {
  auto here = [](const at::Tensor &x) { return isMock(x) ? seen(x, at::kCPU) : x; };
  auto copy = [from = here(source), to = here(target)] { to.copy_(from); };
  TORCH_CHECK(!recording.load() || (isMock(source) && isMock(target)), "a copy between devices cannot be recorded");
  note({}, [copy] { return copy(), std::vector<at::Tensor>(); });
  if (lags && current == Beside::stream()) beside().add(copy);
  else copy();
  return target;
}

at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                       at::IntArrayRef outputPadding, int64_t groups) {
  TORCH_CHECK(isMock(x) && isMock(weight), "Expected all tensors to be on the same device");
  auto other = bias ? std::optional(seen(*bias, at::kCPU)) : std::nullopt;
  auto make = [=, x = seen(x, at::kCPU), weight = seen(weight, at::kCPU), stride = stride.vec(), padding = padding.vec(),
               dilation = dilation.vec(), outputPadding = outputPadding.vec()] {
    return at::convolution(x, weight, other, stride, padding, dilation, transposed, outputPadding, groups);
  };
  auto result = seen(make(), mock);
  note({result}, [make] { return std::vector{make()}; });
  return result;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolutionGradients(
    const at::Tensor &gradient, const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef outputPadding, int64_t groups,
    std::array<bool, 3> wanted) {
  auto make = [=, gradient = seen(gradient, at::kCPU), x = seen(x, at::kCPU), weight = seen(weight, at::kCPU),
               stride = stride.vec(), padding = padding.vec(), dilation = dilation.vec(),
               outputPadding = outputPadding.vec()] {
    return at::convolution_backward(gradient, x, weight, at::IntArrayRef{weight.size(0)}, stride, padding, dilation,
                                    transposed, outputPadding, groups, wanted);
  };
  auto [dx, dw, db] = make();
  auto result = std::make_tuple(seen(dx, mock), seen(dw, mock), seen(db, mock));
  note({std::get<0>(result), std::get<1>(result), std::get<2>(result)}, [make] {
    auto [dx, dw, db] = make();
    return std::vector{dx, dw, db};
  });
  return result;
}

void *begin(ht_int) {
  auto *made = new Recording;
  recording = made;
  return made;
}
void end(void *) { recording = nullptr; }
void replay(void *graph) {
  for (auto &step : static_cast<Recording *>(graph)->steps) step();
  replays++;
}
void release(void *graph) { delete static_cast<Recording *>(graph); }
constexpr ht_graphs graphs{begin, end, replay, release};

/// What libtorch asks of a device that works by itself.
struct Hooks final : at::PrivateUse1HooksInterface {
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  at::Allocator *getPinnedMemoryAllocator() const override {
    pinned++;
    return at::getCPUAllocator();
  }
};

struct Guard final : c10::impl::NoOpDeviceGuardImpl<kind> {
  c10::Device exchangeDevice(c10::Device) const override { return mock; }
  c10::Device getDevice() const override { return mock; }
  c10::Stream getStream(c10::Device) const noexcept override { return current; }
  c10::Stream getDefaultStream(c10::Device) const override { return usual(); }
  c10::Stream getNewStream(c10::Device, int) const override { return usual(); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return Beside::stream(); }
  c10::Stream exchangeStream(c10::Stream next) const noexcept override { return std::exchange(current, next); }
  void record(void **, const c10::Stream &, const c10::DeviceIndex, const c10::EventFlag) const override {}
  void block(void *, const c10::Stream &) const override { beside().finish(); }
  bool queryEvent(void *) const override { return true; }
  void synchronizeDevice(const c10::DeviceIndex) const override { beside().finish(); }
  void recordDataPtrOnStream(const c10::DataPtr &, const c10::Stream &) const override {}

  static c10::Stream usual() { return c10::Stream(c10::Stream::DEFAULT, mock); }
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
    ht_offer_graphs(HT_PRIVATE, &graphs);
  });
}
long hone_mock_device_operations(void) { return operations.load(); }
long hone_mock_device_copies_beside(void) { return beside().copies.load(); }
long hone_mock_device_pinned(void) { return pinned.load(); }
long hone_mock_device_replays(void) { return replays.load(); }
