// Dense layers for inference: in float32 as products with a matrix laid out once, where libtorch's may use half of the
// processor's registers.

#include "bridge.hpp"
#include "windows.hpp"

using namespace hone;

struct ht_packed_dense {
  at::Tensor weight;  // [outputs, inputs]
  std::optional<at::Tensor> bias;
  std::optional<Direct> direct;  // made when it is first needed

  at::Tensor operator()(const at::Tensor &x);

 private:
  bool multiplies(const at::Tensor &x) const;
  at::Tensor multiplied(const at::Tensor &x);
};

namespace {

/// Into how many runs inputs are cut, so that a run's part of a panel stays in the second-level cache; 1 where only
/// short ones would do.
int64_t runsOf(int64_t inputs) {
  constexpr int64_t longest = 1536, shortest = 128;
  int64_t runs = (inputs + longest - 1) / longest;
  while (inputs % runs != 0) runs++;
  return inputs / runs < shortest ? 1 : runs;
}

}  // namespace

bool ht_packed_dense::multiplies(const at::Tensor &x) const {
  const bool records = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
  const bool fits = x.dim() >= 2 && x.size(-1) == weight.size(1) && x.numel() > 0;
  return multipliesRows() && computeType(x) == at::kFloat && x.is_cpu() && weight.is_cpu() && fits && !records;
}

/// As a convolution with a kernel as large as its pictures: a run after the other, a number a channel.
at::Tensor ht_packed_dense::multiplied(const at::Tensor &x) {
  const int64_t outputs = weight.size(0), inputs = weight.size(1), runs = runsOf(inputs), length = inputs / runs;
  if (!direct) {
    const auto kernel = weight.reshape({outputs, runs, 1, length}).permute({0, 3, 1, 2});
    direct.emplace(kernel, bias.value_or(at::Tensor()), at::IntArrayRef{1, 1}, at::IntArrayRef{0, 0});
  }
  const int64_t rows = x.numel() / inputs;
  const auto pictures = x.contiguous().view({rows, runs, 1, length}).permute({0, 3, 1, 2});
  auto y = empty({rows, outputs, 1, 1}, x, at::kFloat);
  (*direct)(pictures, {y, {}, boundsOf(HT_NO_CURVE)});
  auto shape = x.sizes().vec();
  shape.back() = outputs;
  return y.view(shape);
}

at::Tensor ht_packed_dense::operator()(const at::Tensor &x) {
  return multiplies(x) ? multiplied(x) : dense(x, weight, bias);
}

ht_packed_dense *ht_pack_dense(ht_tensor *weight, ht_tensor *bias, ht_error **error) {
  HT_DO(weight, bias) {
    TORCH_CHECK(of(weight).dim() == 2, "a dense layer's weight has 2 axes, not the shape ", of(weight).sizes());
    return new ht_packed_dense{of(weight), maybe(bias), {}};
  };
}
ht_tensor *ht_packed_linear(ht_tensor *x, ht_packed_dense *dense, ht_error **error) { HT_RETURN((*dense)(of(x)), x); }
void ht_packed_dense_free(ht_packed_dense *dense) { delete dense; }
