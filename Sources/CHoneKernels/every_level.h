/* Includes LOOPS once per instruction set, with NAME(x) naming what it makes, LANE_BYTES the width of its widest vectors,
 * and WIDE defined where there is AVX2. */
#define NAME(x) x##_baseline
#define LANE_BYTES 16
#include LOOPS
#undef LANE_BYTES
#undef NAME

#if defined(__x86_64__)
#define WIDE
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#define NAME(x) x##_avx2
#define LANE_BYTES 32
#include LOOPS
#undef LANE_BYTES
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512vbmi,avx512vnni"))), \
    apply_to = function)
#define NAME(x) x##_avx512
#define LANE_BYTES 64
#include LOOPS
#undef LANE_BYTES
#undef NAME
#pragma clang attribute pop
#undef WIDE
#define EVERY_LEVEL(x) {&x##_baseline, &x##_avx2, &x##_avx512}
#else
#define EVERY_LEVEL(x) {&x##_baseline}
#endif
