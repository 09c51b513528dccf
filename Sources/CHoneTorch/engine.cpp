// Errors, the engine's own state, devices and thread-local modes.

#include "bridge.hpp"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/detail/MPSHooksInterface.h>
#include <cpuinfo.h>
#include <dlfcn.h>
#include <torch/version.h>

#include <mutex>
#include <new>

#include "memory.hpp"

namespace hone {

std::atomic<ht_int> liveTensors{0};

namespace {

std::string firstLine(const std::string &text) { return text.substr(0, text.find('\n')); }

bool mentions(const std::string &text, std::initializer_list<const char *> words) {
  for (auto *word : words)
    if (text.find(word) != std::string::npos) return true;
  return false;
}

/// libtorch has one exception type for most failures; its wording tells them apart.
ht_code codeFor(const std::string &message) {
  if (mentions(message, {"out of memory", "can't allocate memory", "not enough memory"})) return HT_MEMORY_ERROR;
  if (mentions(message, {"Could not run", "No CUDA", "invalid device"})) return HT_DEVICE_ERROR;
  if (mentions(message, {"dtype", "scalar type", "ScalarType", "data type", "expected Long", "expected Float"}))
    return HT_DTYPE_ERROR;
  if (mentions(message, {"size", "shape", "dimension", "dim ", "channels", "out of range", "kernel"}))
    return HT_SHAPE_ERROR;
  if (mentions(message, {"CUDA", "MPS", "device", "backend"})) return HT_DEVICE_ERROR;
  return HT_INTERNAL_ERROR;
}

ht_error *makeError(const char *function, ht_code code, std::string message,
                    std::vector<std::vector<int64_t>> shapes) {
  constexpr size_t prefix = 3;  // "ht_"
  return new ht_error{code, std::string(function).substr(prefix), firstLine(message), std::move(shapes)};
}

}  // namespace

ht_error *currentError(const char *function, std::vector<std::vector<int64_t>> shapes) {
  try {
    throw;
  } catch (const c10::OutOfMemoryError &e) {
    return makeError(function, HT_MEMORY_ERROR, e.what_without_backtrace(), std::move(shapes));
  } catch (const c10::Error &e) {
    std::string message = e.what_without_backtrace();
    return makeError(function, codeFor(message), message, std::move(shapes));
  } catch (const std::bad_alloc &) {
    return makeError(function, HT_MEMORY_ERROR, "out of memory", std::move(shapes));
  } catch (const std::exception &e) {
    return makeError(function, codeFor(e.what()), e.what(), std::move(shapes));
  } catch (...) {
    return makeError(function, HT_INTERNAL_ERROR, "unknown C++ exception", std::move(shapes));
  }
}

at::ScalarType scalarType(ht_dtype dtype) {
  switch (dtype) {
    case HT_FLOAT32: return at::kFloat;
    case HT_FLOAT64: return at::kDouble;
    case HT_BFLOAT16: return at::kBFloat16;
    case HT_FLOAT16: return at::kHalf;
    case HT_INT64: return at::kLong;
    case HT_INT32: return at::kInt;
    case HT_UINT8: return at::kByte;
    case HT_BOOL: return at::kBool;
    case HT_OTHER_DTYPE: break;
  }
  TORCH_CHECK(false, "unknown dtype");
}

ht_dtype dtypeOf(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return HT_FLOAT32;
    case at::kDouble: return HT_FLOAT64;
    case at::kBFloat16: return HT_BFLOAT16;
    case at::kHalf: return HT_FLOAT16;
    case at::kLong: return HT_INT64;
    case at::kInt: return HT_INT32;
    case at::kByte: return HT_UINT8;
    case at::kBool: return HT_BOOL;
    default: return HT_OTHER_DTYPE;
  }
}

at::Device deviceOf(ht_device device) {
  switch (device.kind) {
    case HT_CPU: return at::kCPU;
    case HT_CUDA: return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device.index));
    case HT_MPS: return at::Device(at::kMPS, 0);
    case HT_PRIVATE: return at::Device(at::kPrivateUse1, 0);
  }
  TORCH_CHECK(false, "unknown device");
}

}  // namespace hone

using namespace hone;

ht_code ht_error_code(const ht_error *error) { return error->code; }
const char *ht_error_operation(const ht_error *error) { return error->operation.c_str(); }
const char *ht_error_message(const ht_error *error) { return error->message.c_str(); }
ht_int ht_error_operands(const ht_error *error) { return error->shapes.size(); }
ht_int ht_error_rank(const ht_error *error, ht_int operand) { return error->shapes[operand].size(); }
ht_int ht_error_size(const ht_error *error, ht_int operand, ht_int axis) { return error->shapes[operand][axis]; }
void ht_error_free(ht_error *error) { delete error; }

void ht_start(void) {
  static std::once_flag once;
  std::call_once(once, [] {
    // The linker drops libtorch_cuda because nothing refers to it; loading it registers its kernels.
    dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL);
    installAllocator();
  });
}

void ht_set_threads(ht_int count) { at::set_num_threads(static_cast<int>(count)); }
ht_int ht_threads(void) { return at::get_num_threads(); }
const char *ht_version(void) { return TORCH_VERSION; }
const char *ht_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}
bool ht_fast_bfloat16(void) {
  return cpuinfo_initialize() && (cpuinfo_has_x86_avx512bf16() || cpuinfo_has_x86_amx_bf16() || cpuinfo_has_arm_bf16());
}
ht_int ht_live_tensors(void) { return liveTensors.load(); }

ht_int ht_cuda_count(void) {
  try {
    return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0;
  } catch (...) {
    return 0;
  }
}
bool ht_mps_available(void) { return at::hasMPS(); }
bool ht_private_available(void) { return c10::impl::hasDeviceGuardImpl(at::kPrivateUse1); }
void ht_synchronize(ht_device device) {
  if (device.kind == HT_CUDA && ht_cuda_count() > 0) at::detail::getCUDAHooks().deviceSynchronize(device.index);
  if (device.kind == HT_MPS && at::hasMPS()) at::detail::getMPSHooks().deviceSynchronize();
}

bool ht_set_gradients(bool enabled) {
  bool former = at::GradMode::is_enabled();
  at::GradMode::set_enabled(enabled);
  return former;
}

namespace {
at::DeviceType deviceType(ht_device_kind kind) {
  return deviceOf({kind, 0}).type();
}
}  // namespace

ht_autocast ht_current_autocast(ht_device_kind kind) {
  auto device = deviceType(kind);
  return {at::autocast::is_autocast_enabled(device), dtypeOf(at::autocast::get_autocast_dtype(device))};
}

ht_autocast ht_begin_autocast(ht_device_kind kind, ht_autocast wanted) {
  auto device = deviceType(kind);
  const auto former = ht_current_autocast(kind);
  at::autocast::set_autocast_enabled(device, wanted.enabled);
  if (wanted.enabled) at::autocast::set_autocast_dtype(device, scalarType(wanted.dtype));
  at::autocast::set_autocast_cache_enabled(true);
  at::autocast::increment_nesting();
  return former;
}

void ht_end_autocast(ht_device_kind kind, ht_autocast former) {
  auto device = deviceType(kind);
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(device, former.enabled);
  at::autocast::set_autocast_dtype(device, scalarType(former.dtype));
}
