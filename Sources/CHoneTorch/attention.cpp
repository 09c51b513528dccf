// Attention on the CPU.
//
// libtorch's fused kernel saves the memory of the scores, which matters for thousands of tokens; for the few hundred of a
// picture its backward pass takes many times longer than its arithmetic. There plain matrix products are faster.

#include <cmath>

#include "bridge.hpp"

namespace hone {
namespace {

/// Up to here all scores together are small beside what the layers around keep.
constexpr int64_t mostTokens = 640;

bool isShort(const at::Tensor &query, const at::Tensor &key) {
  return query.is_cpu() && query.dim() == 4 && key.dim() == 4 && query.size(-2) <= mostTokens &&
         key.size(-2) <= mostTokens;
}

/// `[N, heads, L, C]` as one list of matrices.
at::Tensor listed(const at::Tensor &x) { return x.reshape({x.size(0) * x.size(1), x.size(2), x.size(3)}); }

}  // namespace

at::Tensor attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                     const std::optional<at::Tensor> &mask, bool causal) {
  if (mask || causal || !isShort(query, key))
    return at::scaled_dot_product_attention(query, key, value, mask, 0.0, causal);
  double scale = 1 / std::sqrt(double(query.size(-1)));
  auto scores = at::bmm(listed(query * scale), listed(key).transpose(1, 2));
  auto mixed = at::bmm(at::softmax(scores, -1), listed(value));
  return mixed.view({query.size(0), query.size(1), query.size(2), value.size(3)});
}

}  // namespace hone
