#pragma once
// Times of the shim's calls, where someone asks for them.

#include <cstdint>
#include <initializer_list>

#include "include/hone_torch.h"

namespace hone {

/// One call of the shim, from its making to its end. While nobody profiles it costs a look at one flag.
class Span {
 public:
  Span(const char *function, std::initializer_list<const ht_tensor *> operands);
  ~Span();
  Span(const Span &) = delete;
  Span &operator=(const Span &) = delete;

  /// Notes what the call has made.
  ht_tensor *giving(ht_tensor *result) const;

 private:
  bool isTimed;
};

/// Counts multiplications with an addition, those of the pass forwards, for the call at hand.
void countMultiplyAdds(double count);

}  // namespace hone
