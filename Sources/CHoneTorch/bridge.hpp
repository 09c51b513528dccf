#pragma once
// Handles and the one place where C++ exceptions become C errors.

#include <ATen/ATen.h>

#include <atomic>
#include <string>
#include <type_traits>
#include <vector>

#include "include/hone_torch.h"
#include "profile.hpp"

struct ht_tensor {
  at::Tensor value;
};

struct ht_error {
  ht_code code;
  std::string operation, message;
  std::vector<std::vector<int64_t>> shapes;
};

namespace hone {

extern std::atomic<ht_int> liveTensors;

/// The error of the exception being handled. Call it inside a catch block only.
ht_error *currentError(const char *function, std::vector<std::vector<int64_t>> shapes);

inline ht_tensor *wrap(at::Tensor value) {
  liveTensors.fetch_add(1, std::memory_order_relaxed);
  return new ht_tensor{std::move(value)};
}

inline const at::Tensor &of(const ht_tensor *x) {
  TORCH_CHECK(x != nullptr, "an operand is missing");
  return x->value;
}

inline std::optional<at::Tensor> maybe(const ht_tensor *x) {
  return x ? std::optional<at::Tensor>(x->value) : std::nullopt;
}

inline at::IntArrayRef ints(const ht_int *values, ht_int count) {
  static_assert(sizeof(ht_int) == sizeof(int64_t), "Hone needs a 64-bit machine");
  return {reinterpret_cast<const int64_t *>(values), static_cast<size_t>(count)};
}
inline at::IntArrayRef pair(const ht_int *values) { return ints(values, 2); }

inline at::OptionalIntArrayRef axesOrAll(const ht_int *values, ht_int count) {
  return count == 0 ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(ints(values, count));
}

inline std::vector<at::Tensor> list(ht_tensor *const *handles, ht_int count) {
  std::vector<at::Tensor> result;
  if (!handles) return result;
  result.reserve(count);
  for (ht_int i = 0; i < count; i++) result.push_back(of(handles[i]));
  return result;
}

at::ScalarType scalarType(ht_dtype dtype);
ht_dtype dtypeOf(at::ScalarType type);
at::Device deviceOf(ht_device device);

/// Whole numbers stay whole, so that integer tensors stay integers.
at::Scalar scalarFor(at::ScalarType type, double value);

/// A generator of its own for every draw: no global state, so a draw depends on its seed alone.
at::Generator generator(at::Device device, uint64_t seed);

/// `at::conv2d` with gradients of Hone's own where libtorch's are slow (convolution.cpp).
at::Tensor convolution(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, int64_t groups);

/// A depthwise convolution in loops of Hone's own, forwards and backwards (depthwise.cpp).
at::Tensor depthwise(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias,
                     at::ScalarType type, int64_t stride, int64_t padding);

/// Whether a convolution's windows lie side by side, and what it gives then (patches.cpp).
bool arePatches(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding,
                at::IntArrayRef dilation, int64_t groups);
at::Tensor patchProducts(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

/// `at::scaled_dot_product_attention`, by plain products where these are faster (attention.cpp).
at::Tensor attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                     const std::optional<at::Tensor> &mask, bool causal);

/// `at::linear`, in loops of Hone's own where libtorch's move too much memory (dense.cpp).
at::Tensor dense(const at::Tensor &x, const at::Tensor &weight, const std::optional<at::Tensor> &bias);

at::Tensor curved(const at::Tensor &x, ht_curve curve);

/// `at::gelu` and `at::layer_norm`, in loops of Hone's own where numbers are bfloat16 (gelu.cpp, layernorm.cpp).
at::Tensor gelu(const at::Tensor &x);
at::Tensor layerNorm(const at::Tensor &x, at::IntArrayRef shape, const std::optional<at::Tensor> &weight,
                     const std::optional<at::Tensor> &bias, double epsilon);

struct Norm {
  std::optional<at::Tensor> weight, bias, mean, variance;  // the last two are running ones
  bool training;
  double momentum, epsilon;
};

/// curve(norm(x) + addend), in one where that is faster (norm.cpp).
at::Tensor batchNorm(const at::Tensor &x, const Norm &norm, const std::optional<at::Tensor> &addend, ht_curve curve);

/// Max-pool, with less to remember for the gradient where that is served (pool.cpp).
at::Tensor maxPool(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride, at::IntArrayRef padding,
                   bool ceiling);

inline std::vector<std::vector<int64_t>> shapesOf(std::initializer_list<const ht_tensor *> operands) {
  std::vector<std::vector<int64_t>> shapes;
  for (auto *x : operands)
    if (x && x->value.defined()) shapes.push_back(x->value.sizes().vec());
  return shapes;
}

/// Runs a body; on any exception stores the error and returns a zero of the result's type.
struct Guard {
  const char *function;
  ht_error **error;
  std::initializer_list<const ht_tensor *> operands;

  template <class Body>
  auto operator->*(Body body) const -> decltype(body()) {
    try {
      Span span(function, operands);
      if constexpr (std::is_same_v<decltype(body()), ht_tensor *>) return span.giving(body());
      else return body();
    } catch (...) {
      *error = currentError(function, shapesOf(operands));
      return decltype(body())();
    }
  }
};

}  // namespace hone

// `HT_DO(x, y) { … };` is the body of a C function; the operands named go into its error.
#define HT_DO(...) return hone::Guard{__func__, error, {__VA_ARGS__}}->*[&]
// The same where the result is one new tensor, given by an expression.
#define HT_RETURN(EXPRESSION, ...) \
  HT_DO(__VA_ARGS__) { return hone::wrap(EXPRESSION); }
