#pragma once
// What C functions on whole lists of tensors share.

#include <ATen/core/grad_mode.h>

#include "bridge.hpp"

namespace hone {

struct ListGuard : Guard {
  at::NoGradGuard off;
};

/// Hands new tensors out.
inline void give(std::vector<at::Tensor> made, ht_tensor **results) {
  for (size_t i = 0; i < made.size(); i++) results[i] = wrap(std::move(made[i]));
}

}  // namespace hone

// `HT_LISTS { … };` is the body of a C function on lists: no gradients, and the first tensor's shape in its error.
#define HT_LISTS return hone::ListGuard{{__func__, error, {count > 0 ? x[0] : nullptr}}, {}}->*[&]
