// GELU of bfloat16 numbers on the CPU: libtorch's takes several times longer than reading and writing them.

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

namespace hone {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// exp(x) for x ≤ 0, within 2e-7 of it.
HT_INLINE float decay(float x) {
  constexpr float least = -126, toBinary = 1.44269504f;
  float power = x * toBinary;
  power = power < least ? least : power;
  int32_t whole = int32_t(power - 0.5f);
  float part = (power - float(whole)) * 0.693147181f;
  float value = 1 + part * (1 + part * (0.5f + part * (1.f / 6 + part * (1.f / 24 + part * (1.f / 120 + part * (1.f / 720))))));
  int32_t bits = (whole + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return value * scale;
}

/// The normal distribution's share below x, within 1e-7: Hastings' formula (Abramowitz & Stegun 7.1.26). `bell` is
/// exp(−x² / 2).
HT_INLINE float shareBelow(float x, float bell) {
  float size = x < 0 ? -x : x;
  float t = 1 / (1 + 0.3275911f * 0.707106781f * size);
  float beyond =
      0.5f * bell * t *
      (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  return x < 0 ? beyond : 1 - beyond;
}

HT_CLONES void forwards(const uint16_t *__restrict x, uint16_t *__restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    float value = load(x[i]);
    store(y + i, value * shareBelow(value, decay(-0.5f * value * value)));
  }
}

HT_CLONES void backwards(const uint16_t *__restrict x, const uint16_t *__restrict gradient, uint16_t *__restrict result,
                         int64_t count) {
  constexpr float height = 0.398942280f;  // of the bell: 1 / √(2π)
  for (int64_t i = 0; i < count; i++) {
    float value = load(x[i]), bell = decay(-0.5f * value * value);
    store(result + i, load(gradient[i]) * (shareBelow(value, bell) + value * height * bell));
  }
}

/// Calls `body(first, count)` for parts of a tensor's numbers, on the engine's threads.
template <class Body>
void eachPart(const at::Tensor &x, const Body &body) {
  constexpr int64_t least = 1 << 14;
  parallel(x.numel(), least, [&](int64_t begin, int64_t end) { body(begin, end - begin); });
}

struct Gelu : torch::autograd::Function<Gelu> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x) {
    auto y = at::empty_like(x);
    eachPart(x, [&](int64_t first, int64_t count) {
      forwards(pointer<uint16_t>(x) + first, pointer<uint16_t>(y) + first, count);
    });
    context->save_for_backward({x});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto x = context->get_saved_variables()[0];
    auto &incoming = gradients[0];
    bool isLaidOut = incoming.scalar_type() == x.scalar_type() && incoming.strides() == x.strides();
    auto result = at::empty_like(x), gradient = isLaidOut ? incoming : at::empty_like(x).copy_(incoming);
    eachPart(x, [&](int64_t first, int64_t count) {
      backwards(pointer<uint16_t>(x) + first, pointer<uint16_t>(gradient) + first, pointer<uint16_t>(result) + first,
                count);
    });
    return {result};
  }
};

}  // namespace

at::Tensor gelu(const at::Tensor &x) {
  bool serves = x.is_cpu() && x.scalar_type() == at::kBFloat16 && x.is_non_overlapping_and_dense();
  return serves ? Gelu::apply(x) : at::gelu(x);
}

}  // namespace hone
