// Layer norm of bfloat16 rows on the CPU: for rows of a few hundred numbers libtorch's takes ten times longer than reading
// and writing them. Mean and spread are worked out again in the backward pass rather than kept.

#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <vector>

#include "bridge.hpp"
#include "loops.hpp"
#include "parallel.hpp"

namespace hone {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t lanes = 16;

/// Sums of many numbers in sixteen parts, as the processor adds them.
HT_INLINE float sumOf(const float *__restrict x, int64_t count) {
  float parts[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int64_t k = 0; k < lanes; k++) parts[k] += x[i + k];
  float total = 0;
  for (float part : parts) total += part;
  for (; i < count; i++) total += x[i];
  return total;
}
HT_INLINE float productOf(const float *__restrict x, const float *__restrict y, int64_t count) {
  float parts[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int64_t k = 0; k < lanes; k++) parts[k] += x[i + k] * y[i + k];
  float total = 0;
  for (float part : parts) total += part;
  for (; i < count; i++) total += x[i] * y[i];
  return total;
}

/// Writes a row divided by its spread, around 0, and gives 1 / √(variance + ε).
HT_INLINE float normalized(const uint16_t *__restrict x, float *__restrict row, int64_t channels, float epsilon) {
  for (int64_t c = 0; c < channels; c++) row[c] = load(x[c]);
  float mean = sumOf(row, channels) / channels;
  for (int64_t c = 0; c < channels; c++) row[c] -= mean;
  float inverse = 1 / std::sqrt(productOf(row, row, channels) / channels + epsilon);
  for (int64_t c = 0; c < channels; c++) row[c] *= inverse;
  return inverse;
}

HT_CLONES void forwards(const uint16_t *x, const float *weight, const float *bias, uint16_t *y, float *row, int64_t rows,
                        int64_t channels, float epsilon) {
  for (int64_t i = 0; i < rows; i++, x += channels, y += channels) {
    normalized(x, row, channels, epsilon);
    for (int64_t c = 0; c < channels; c++) store(y + c, row[c] * weight[c] + bias[c]);
  }
}

/// `sums` and `more` gather the gradients of bias and weight; `row` has room for two rows.
HT_CLONES void backwards(const uint16_t *x, const uint16_t *gradient, const float *weight, uint16_t *result, float *row,
                         float *sums, float *more, int64_t rows, int64_t channels, float epsilon) {
  float *incoming = row + channels;
  for (int64_t i = 0; i < rows; i++, x += channels, gradient += channels, result += channels) {
    float inverse = normalized(x, row, channels, epsilon);
    for (int64_t c = 0; c < channels; c++) {
      float slope = load(gradient[c]);
      sums[c] += slope;
      more[c] += slope * row[c];
      incoming[c] = slope * weight[c];
    }
    float mean = sumOf(incoming, channels) / channels, along = productOf(incoming, row, channels) / channels;
    for (int64_t c = 0; c < channels; c++) store(result + c, inverse * (incoming[c] - mean - row[c] * along));
  }
}

/// Rows in blocks for the threads; the same blocks whatever their number, so that sums are too.
struct Blocks {
  static constexpr int64_t numbers = 1 << 16;
  int64_t channels, rows, size;

  explicit Blocks(const at::Tensor &x)
      : channels(x.size(-1)), rows(x.numel() / channels), size(std::max<int64_t>(1, numbers / channels)) {}

  int64_t count() const { return (rows + size - 1) / size; }

  /// Calls `body(block, its first number, its rows, room for two rows)`.
  template <class Body>
  void each(const Body &body) const {
    parallel(count(), 1, [&](int64_t begin, int64_t end) {
      std::vector<float> room(2 * channels);
      for (int64_t i = begin; i < end; i++)
        body(i, i * size * channels, std::min(size, rows - i * size), room.data());
    });
  }
};

struct LayerNorm : torch::autograd::Function<LayerNorm> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &weight,
                            const at::Tensor &bias, double epsilon) {
    auto y = at::empty_like(x);
    Blocks blocks(x);
    blocks.each([&](int64_t, int64_t first, int64_t rows, float *room) {
      forwards(pointer<uint16_t>(x) + first, pointer<float>(weight), pointer<float>(bias), pointer<uint16_t>(y) + first,
               room, rows, blocks.channels, epsilon);
    });
    context->save_for_backward({x, weight});
    context->saved_data["epsilon"] = epsilon;
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &weight = saved[1];
    float epsilon = context->saved_data["epsilon"].toDouble();
    auto gradient = gradients[0].to(x.scalar_type()).contiguous();
    auto result = at::empty_like(x);
    Blocks blocks(x);
    auto sums = at::zeros({2, blocks.count(), blocks.channels}, weight.options().requires_grad(false));
    blocks.each([&](int64_t i, int64_t first, int64_t rows, float *room) {
      float *shifts = pointer<float>(sums) + i * blocks.channels;
      backwards(pointer<uint16_t>(x) + first, pointer<uint16_t>(gradient) + first, pointer<float>(weight),
                pointer<uint16_t>(result) + first, room, shifts, shifts + blocks.count() * blocks.channels, rows,
                blocks.channels, epsilon);
    });
    auto totals = sums.sum(at::IntArrayRef{1}, false, at::kDouble).to(at::kFloat);
    return {result, totals[1], totals[0], {}};
  }
};

bool serves(const at::Tensor &x, at::IntArrayRef shape, const std::optional<at::Tensor> &weight,
            const std::optional<at::Tensor> &bias) {
  auto fits = [&](const std::optional<at::Tensor> &one) {
    return one && one->scalar_type() == at::kFloat && one->numel() == shape[0] && one->is_contiguous();
  };
  return x.is_cpu() && x.scalar_type() == at::kBFloat16 && x.is_contiguous() && x.numel() > 0 && shape.size() == 1 &&
         x.dim() > 0 && x.size(-1) == shape[0] && fits(weight) && fits(bias);
}

}  // namespace

at::Tensor layerNorm(const at::Tensor &x, at::IntArrayRef shape, const std::optional<at::Tensor> &weight,
                     const std::optional<at::Tensor> &bias, double epsilon) {
  if (serves(x, shape, weight, bias)) return LayerNorm::apply(x, *weight, *bias, epsilon);
  return at::layer_norm(x, shape, weight, bias, epsilon);
}

}  // namespace hone
