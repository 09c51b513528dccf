// Products of many rows with one matrix that is known beforehand, in float32 on CPUs with registers of 512 bits.
//
// Eight rows by three registers of columns are summed at a time: for each number of a row one broadcast serves three
// multiplications, and each register of the matrix eight.

#include "products.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hone {

Panels::Panels(const at::Tensor &matrix) : inputs(matrix.size(0)), outputs(matrix.size(1)) {
  auto wide = at::constant_pad_nd(matrix.to(at::kFloat), {0, vectors() * lanes - outputs});
  std::vector<at::Tensor> parts;
  for (int64_t i = 0; i < count(); i++)
    parts.push_back(wide.narrow(1, start(i) * lanes, (start(i + 1) - start(i)) * lanes).reshape({-1}));
  numbers = at::cat(parts);
}

Panels::Panel Panels::operator[](int64_t index) const {
  int64_t first = start(index) * lanes;
  return {pointer<float>(numbers) + first * inputs, first, start(index + 1) - start(index)};
}

#if defined(__x86_64__)
namespace {

constexpr int64_t lanes = 16, mostRows = 8;

/// Some rows' products with some of the matrix's rows, added to what is there already or to the bias.
struct Tile {
  const float *rows[mostRows];
  int64_t runs, length, jump;
  const float *weights;
  const float *start;  // the bias, for all rows alike, or earlier sums, or null
  int64_t startRow, startSixteen;
  Target target;
  Bounds bounds;
  uint16_t last;  // which columns of the last register there are
};

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))), apply_to = function)

#define HT_EACH(I, COUNT) _Pragma("clang loop unroll(full)") for (int I = 0; I < COUNT; I++)

template <int R, int V>
void multiplyTile(const Tile &tile) {
  __mmask16 masks[V];
  HT_EACH(v, V) masks[v] = v == V - 1 ? tile.last : 0xffff;
  __m512 sums[R][V];
  HT_EACH(r, R) HT_EACH(v, V) {
    const float *start = tile.start + r * tile.startRow + v * tile.startSixteen;
    sums[r][v] = tile.start ? _mm512_maskz_loadu_ps(masks[v], start) : _mm512_setzero_ps();
  }
  const float *rows[R], *weights = tile.weights;
  HT_EACH(r, R) rows[r] = tile.rows[r];
  for (int64_t run = 0; run < tile.runs; run++) {
    for (int64_t i = 0; i < tile.length; i++, weights += V * lanes) {
      __m512 columns[V];
      HT_EACH(v, V) columns[v] = _mm512_loadu_ps(weights + v * lanes);
      HT_EACH(r, R) {
        const __m512 number = _mm512_set1_ps(rows[r][i]);
        HT_EACH(v, V) sums[r][v] = _mm512_fmadd_ps(number, columns[v], sums[r][v]);
      }
    }
    HT_EACH(r, R) rows[r] += tile.jump;
  }
  const __m512 low = _mm512_set1_ps(tile.bounds.low), high = _mm512_set1_ps(tile.bounds.high);
  HT_EACH(r, R) HT_EACH(v, V) {
    const int64_t place = r * tile.target.row + v * tile.target.sixteen;
    __m512 sum = sums[r][v];
    if (tile.target.addend) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(masks[v], tile.target.addend + place));
    sum = _mm512_min_ps(high, _mm512_max_ps(low, sum));  // in this order a NaN stays
    _mm512_mask_storeu_ps(tile.target.numbers + place, masks[v], sum);
  }
}

#pragma clang attribute pop

using Multiply = void (*)(const Tile &);
template <int R>
constexpr Multiply ofRows[] = {multiplyTile<R, 1>, multiplyTile<R, 2>, multiplyTile<R, 3>};
constexpr const Multiply *multiplies[mostRows] = {ofRows<1>, ofRows<2>, ofRows<3>, ofRows<4>,
                                                  ofRows<5>, ofRows<6>, ofRows<7>, ofRows<8>};

/// Runs that are multiplied at once: so many that their part of a panel stays in the second-level cache.
int64_t runsAtOnce(int64_t length) {
  constexpr int64_t mostNumbers = 1536;
  return std::max<int64_t>(1, mostNumbers / length);
}

}  // namespace

bool multipliesRows() { return hasWideRegisters(); }

void multiply(const RowRuns &rows, const Panels &panels, int64_t index, const Ending &ending, const Target &target) {
  const auto panel = panels[index];
  const int64_t columns = std::min(panel.vectors * lanes, panels.outputs - panel.first);
  const int64_t tiles = (rows.count + mostRows - 1) / mostRows, some = runsAtOnce(rows.length);
  for (int64_t run = 0; run < rows.runs; run += some) {
    const bool isFirst = run == 0, isLast = run + some >= rows.runs;
    Tile tile{};
    tile.runs = std::min(some, rows.runs - run), tile.length = rows.length, tile.jump = rows.jump;
    tile.weights = panel.weights + run * rows.length * panel.vectors * lanes;
    tile.startRow = isFirst ? 0 : target.row, tile.startSixteen = isFirst ? lanes : target.sixteen;
    tile.bounds = isLast ? ending.bounds : boundsOf(HT_NO_CURVE);
    tile.last = uint16_t(0xffff >> (panel.vectors * lanes - columns));
    for (int64_t i = 0; i < tiles; i++) {  // as even as they can be
      const int64_t begin = rows.count * i / tiles, count = rows.count * (i + 1) / tiles - begin;
      const int64_t place = begin * target.row + panel.first / lanes * target.sixteen;
      for (int64_t r = 0; r < count; r++) tile.rows[r] = rows.numbers + rows.offsets[begin + r] + run * rows.jump;
      tile.target = {target.numbers + place, target.addend && isLast ? target.addend + place : nullptr, target.row,
                     target.sixteen};
      tile.start = !isFirst ? tile.target.numbers : ending.bias ? ending.bias + panel.first : nullptr;
      multiplies[count - 1][panel.vectors - 1](tile);
    }
  }
}
#else
bool multipliesRows() { return false; }
void multiply(const RowRuns &, const Panels &, int64_t, const Ending &, const Target &) {
  TORCH_CHECK(false, "rows are multiplied only where multipliesRows() says so");
}
#endif

}  // namespace hone
