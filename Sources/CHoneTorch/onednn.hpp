#pragma once
// Convolutions for inference by libtorch's oneDNN operations, which are reached by their names only.

#include <ATen/ATen.h>

#include <list>

#include "include/hone_torch.h"

namespace hone {

/// What a convolution is made of.
struct Filters {
  at::Tensor weight;
  std::optional<at::Tensor> bias;
  std::vector<int64_t> stride, padding;
  int64_t groups;
};

/// A convolution whose weight is laid out for each type and size of input that comes.
class OneDNNConvolution {
 public:
  /// Whether this libtorch has the operations.
  static bool isThere();

  explicit OneDNNConvolution(const Filters &filters) : filters(filters) {}
  /// curve(convolution(x) + addend)
  at::Tensor operator()(const at::Tensor &x, const std::optional<at::Tensor> &addend, ht_curve curve);

 private:
  struct Pack {
    at::ScalarType type;
    std::vector<int64_t> input;
    at::Tensor weight, bias;
  };
  const Filters &filters;
  std::list<Pack> packs;  // the one used last comes first

  const Pack &packFor(const at::Tensor &x);
};

}  // namespace hone
