#pragma once
// What this processor can, as the loops written for several ask it.

namespace hone {

#if defined(__x86_64__)
/// Registers of 512 bits.
inline bool hasWideRegisters() {
  static const bool found = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return found;
}

/// Rounds 32 numbers to bfloat16 in one instruction, and multiplies pairs of them.
inline bool roundsToBFloat16() {
  static const bool found = hasWideRegisters() && __builtin_cpu_supports("avx512bf16");
  return found;
}

/// Multiplies whole tiles of bfloat16, as libtorch's own kernels then do.
inline bool multipliesTiles() {
  static const bool found = __builtin_cpu_supports("amx-bf16");
  return found;
}
#else
inline bool hasWideRegisters() { return false; }
inline bool roundsToBFloat16() { return false; }
inline bool multipliesTiles() { return false; }
#endif

}  // namespace hone
