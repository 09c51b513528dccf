// A factor for each channel and the sum with a shortcut, as one differentiable operation on the CPU: the end of a block of
// ConvNeXt. One after the other they read and write every number nine times in a training step, here it is five; and what
// comes in bfloat16 stays so, where libtorch's product with a float32 factor would go on in float32.

#include <torch/csrc/autograd/custom_function.h>

#include "bridge.hpp"
#include "rows.hpp"

namespace hone {
namespace {

using at::MemoryFormat;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class T>
HT_INLINE void scaleRows(const T *__restrict x, const T *__restrict addend, const float *__restrict factors,
                         T *__restrict y, int64_t rows, int64_t channels) {
  for (int64_t row = 0; row < rows; row++, x += channels, addend += channels, y += channels)
    for (int64_t c = 0; c < channels; c++) store(y + c, factors[c] * load(x[c]) + load(addend[c]));
}

/// The gradient of x, and the sums of the products that make the factors'.
template <class T>
HT_INLINE void unscaleRows(const T *__restrict x, const T *__restrict gradient, const float *__restrict factors,
                           T *__restrict result, float *__restrict sums, int64_t rows, int64_t channels) {
  for (int64_t c = 0; c < channels; c++) sums[c] = 0;
  for (int64_t row = 0; row < rows; row++, x += channels, gradient += channels, result += channels)
    for (int64_t c = 0; c < channels; c++) {
      float incoming = load(gradient[c]);
      sums[c] += incoming * load(x[c]);
      store(result + c, factors[c] * incoming);
    }
}

#define HT_SCALE(T, SUFFIX)                                                                                          \
  HT_CLONES void scale##SUFFIX(const T *x, const T *addend, const float *factors, T *y, int64_t rows,                \
                               int64_t channels) {                                                                   \
    scaleRows(x, addend, factors, y, rows, channels);                                                                \
  }                                                                                                                  \
  HT_CLONES void unscale##SUFFIX(const T *x, const T *gradient, const float *factors, T *result, float *sums,        \
                                 int64_t rows, int64_t channels) {                                                   \
    unscaleRows(x, gradient, factors, result, sums, rows, channels);                                                 \
  }                                                                                                                  \
  struct Loops##SUFFIX {                                                                                             \
    using Element = T;                                                                                               \
    static constexpr auto scale = scale##SUFFIX;                                                                     \
    static constexpr auto unscale = unscale##SUFFIX;                                                                 \
  };
HT_SCALE(float, Float)
HT_SCALE(uint16_t, BFloat16)

template <class Body>
auto withLoops(const at::Tensor &x, Body body) {
  return x.scalar_type() == at::kBFloat16 ? body(LoopsBFloat16()) : body(LoopsFloat());
}

struct ScaledSum : torch::autograd::Function<ScaledSum> {
  static at::Tensor forward(AutogradContext *context, const at::Tensor &x, const at::Tensor &factors,
                            const at::Tensor &addend) {
    auto other = addend.to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    auto y = empty(x.sizes(), x, x.scalar_type());
    Rows rows(x);
    auto spread = rows.spread(factors);
    withLoops(x, [&](auto loops) {
      using T = typename decltype(loops)::Element;
      rows.each([&](int64_t, int64_t first, int64_t size) {
        loops.scale(pointer<T>(x) + first, pointer<T>(other) + first, pointer<float>(spread), pointer<T>(y) + first, size,
                    rows.channels);
      });
    });
    context->save_for_backward({x, spread});
    return y;
  }

  static variable_list backward(AutogradContext *context, variable_list gradients) {
    auto saved = context->get_saved_variables();
    auto &x = saved[0], &spread = saved[1];
    auto gradient = gradients[0].to(x.scalar_type()).contiguous(MemoryFormat::ChannelsLast);
    auto result = empty(x.sizes(), x, x.scalar_type());
    Rows rows(x);
    auto sums = at::empty({rows.blocks(), rows.channels}, spread.options());
    withLoops(x, [&](auto loops) {
      using T = typename decltype(loops)::Element;
      rows.each([&](int64_t i, int64_t first, int64_t size) {
        loops.unscale(pointer<T>(x) + first, pointer<T>(gradient) + first, pointer<float>(spread),
                      pointer<T>(result) + first, pointer<float>(sums) + i * rows.channels, size, rows.channels);
      });
    });
    return {result, rows.total(sums).to(at::kFloat), gradient};
  }
};

at::Tensor scaledSum(const at::Tensor &x, const at::Tensor &factors, const at::Tensor &addend) {
  bool type = x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16;
  bool last = x.dim() == 4 && x.is_contiguous(MemoryFormat::ChannelsLast) && x.numel() > 0;
  bool fits = last && factors.dim() == 1 && factors.numel() == x.size(1) && addend.sizes() == x.sizes();
  if (x.is_cpu() && type && fits && factors.scalar_type() == at::kFloat) return ScaledSum::apply(x, factors, addend);
  auto shape = x.dim() == 4 ? std::vector<int64_t>{-1, 1, 1} : std::vector<int64_t>{-1};
  return x * factors.to(x.scalar_type()).reshape(shape) + addend;
}

}  // namespace
}  // namespace hone

using namespace hone;

ht_tensor *ht_scaled_sum(ht_tensor *x, ht_tensor *factors, ht_tensor *addend, ht_error **error) {
  HT_RETURN(scaledSum(of(x), of(factors), of(addend)), x, factors, addend);
}
