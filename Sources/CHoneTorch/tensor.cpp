// Making, reading and converting tensors; gradients.

#include "bridge.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <cstring>

namespace hone {

at::Generator generator(at::Device device, uint64_t seed) {
  if (device.is_cpu() || device.is_privateuseone()) return at::detail::createCPUGenerator(seed);
  auto result = at::globalContext().defaultGenerator(device).clone();
  result.set_current_seed(seed);
  return result;
}

at::Scalar scalarFor(at::ScalarType type, double value) {
  bool whole = std::floor(value) == value && std::abs(value) < 9e15;
  return at::isFloatingType(type) || !whole ? at::Scalar(value) : at::Scalar(static_cast<int64_t>(value));
}

}  // namespace hone

using namespace hone;

namespace {

at::TensorOptions options(ht_dtype dtype, ht_device device) {
  return at::TensorOptions().dtype(scalarType(dtype)).device(deviceOf(device));
}

at::MemoryFormat memoryFormat(ht_format format) {
  return format == HT_CHANNELS_LAST ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

}  // namespace

ht_tensor *ht_full(const ht_int *shape, ht_int rank, double value, ht_dtype dtype, ht_device device, ht_error **error) {
  HT_RETURN(at::full(ints(shape, rank), scalarFor(scalarType(dtype), value), options(dtype, device)));
}
ht_tensor *ht_arange(double start, double end, double step, ht_dtype dtype, ht_device device, ht_error **error) {
  HT_RETURN(at::arange(start, end, step, options(dtype, device)));
}
ht_tensor *ht_eye(ht_int size, ht_dtype dtype, ht_device device, ht_error **error) {
  HT_RETURN(at::eye(size, options(dtype, device)));
}
ht_tensor *ht_copying(const void *bytes, const ht_int *shape, ht_int rank, ht_dtype dtype, ht_error **error) {
  HT_DO() {
    auto result = at::empty(ints(shape, rank), options(dtype, {HT_CPU, 0}));
    if (result.nbytes() > 0) std::memcpy(result.data_ptr(), bytes, result.nbytes());
    return wrap(result);
  };
}
ht_tensor *ht_adopting(void *bytes, const ht_int *shape, ht_int rank, ht_dtype dtype, void *context,
                       void (*release)(void *, void *), ht_error **error) {
  HT_DO() {
    auto done = [context, release](void *memory) { release(context, memory); };
    return wrap(at::from_blob(bytes, ints(shape, rank), done, options(dtype, {HT_CPU, 0})));
  };
}
ht_tensor *ht_uniform(const ht_int *shape, ht_int rank, double low, double high, uint64_t seed, ht_dtype dtype,
                      ht_device device, ht_error **error) {
  HT_RETURN(at::empty(ints(shape, rank), options(dtype, device))
                .uniform_(low, high, generator(deviceOf(device), seed)));
}
ht_tensor *ht_normal(const ht_int *shape, ht_int rank, double mean, double deviation, uint64_t seed, ht_dtype dtype,
                     ht_device device, ht_error **error) {
  HT_RETURN(at::empty(ints(shape, rank), options(dtype, device))
                .normal_(mean, deviation, generator(deviceOf(device), seed)));
}
ht_tensor *ht_bernoulli(const ht_int *shape, ht_int rank, double chance, uint64_t seed, ht_dtype dtype,
                        ht_device device, ht_error **error) {
  HT_RETURN(at::empty(ints(shape, rank), options(dtype, device))
                .bernoulli_(chance, generator(deviceOf(device), seed)));
}
void ht_free(ht_tensor *x) {
  if (!x) return;
  liveTensors.fetch_sub(1, std::memory_order_relaxed);
  delete x;
}

ht_int ht_rank(ht_tensor *x) { return x->value.dim(); }
ht_int ht_size(ht_tensor *x, ht_int axis) { return x->value.sizes()[axis]; }
ht_int ht_count(ht_tensor *x) { return x->value.numel(); }
ht_dtype ht_dtype_of(ht_tensor *x) { return dtypeOf(x->value.scalar_type()); }
ht_device ht_device_of(ht_tensor *x) {
  auto device = x->value.device();
  auto kind = device.is_cuda() ? HT_CUDA : device.is_mps() ? HT_MPS : device.is_privateuseone() ? HT_PRIVATE : HT_CPU;
  return {kind, device.has_index() && kind == HT_CUDA ? device.index() : 0};
}
bool ht_is_format(ht_tensor *x, ht_format format) { return x->value.is_contiguous(memoryFormat(format)); }
bool ht_requires_gradient(ht_tensor *x) { return x->value.requires_grad(); }
bool ht_shares_memory(ht_tensor *x, ht_tensor *y) { return x->value.is_alias_of(y->value); }
double ht_item(ht_tensor *x, ht_error **error) {
  HT_DO(x) { return of(x).item().toDouble(); };
}
void ht_copy_out(ht_tensor *x, ht_dtype dtype, void *bytes, ht_int capacity, ht_error **error) {
  HT_DO(x) {
    auto source = of(x).detach().to(at::kCPU, scalarType(dtype)).contiguous();
    TORCH_CHECK(source.nbytes() <= static_cast<size_t>(capacity), "the destination has the wrong size");
    if (source.nbytes() > 0) std::memcpy(bytes, source.data_ptr(), source.nbytes());
  };
}

ht_tensor *ht_to_dtype(ht_tensor *x, ht_dtype dtype, ht_error **error) {
  HT_RETURN(of(x).to(scalarType(dtype)), x);
}
ht_tensor *ht_to_device(ht_tensor *x, ht_device device, ht_error **error) {
  HT_RETURN(of(x).to(deviceOf(device)), x);
}
ht_tensor *ht_to_format(ht_tensor *x, ht_format format, ht_error **error) {
  HT_RETURN(of(x).contiguous(memoryFormat(format)), x);
}
ht_tensor *ht_detach(ht_tensor *x, ht_error **error) { HT_RETURN(of(x).detach(), x); }
ht_tensor *ht_clone(ht_tensor *x, ht_error **error) { HT_RETURN(of(x).clone(), x); }
ht_tensor *ht_leaf(ht_tensor *x, bool gradient, ht_error **error) {
  HT_RETURN(of(x).detach().requires_grad_(gradient), x);
}
void ht_assign(ht_tensor *x, ht_tensor *value, ht_error **error) {
  HT_DO(x, value) {
    at::NoGradGuard off;
    of(x).copy_(of(value));
  };
}

void ht_backward(ht_tensor *x, ht_tensor *gradient, bool keep, ht_error **error) {
  HT_DO(x, gradient) { of(x).backward(gradient ? of(gradient) : at::Tensor(), keep); };
}
void ht_gradients(ht_tensor *x, ht_tensor *const *inputs, ht_int count, bool differentiable, ht_tensor **results,
                  ht_error **error) {
  HT_DO(x) {
    auto found = torch::autograd::grad({of(x)}, list(inputs, count), /*grad_outputs=*/{}, differentiable,
                                       differentiable, /*allow_unused=*/true);
    for (ht_int i = 0; i < count; i++) results[i] = found[i].defined() ? wrap(found[i]) : nullptr;
  };
}
ht_tensor *ht_gradient(ht_tensor *x, ht_error **error) {
  HT_DO(x) { return of(x).grad().defined() ? wrap(of(x).grad()) : nullptr; };
}
void ht_set_gradient(ht_tensor *x, ht_tensor *gradient, ht_error **error) {
  HT_DO(x, gradient) { x->value.mutable_grad() = gradient ? of(gradient) : at::Tensor(); };
}
