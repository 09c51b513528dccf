#pragma once
// Products of many rows with one matrix that is known beforehand, in float32 on CPUs with registers of 512 bits.

#include <ATen/ATen.h>

#include "loops.hpp"

namespace hone {

/// Whether this CPU has the registers.
bool multipliesRows();

/// A matrix `[inputs, outputs]`, its columns side by side in panels as wide as the registers hold sums of.
class Panels {
 public:
  explicit Panels(const at::Tensor &matrix);

  const int64_t inputs, outputs;
  /// How many panels there are.
  int64_t count() const { return (vectors() + mostVectors - 1) / mostVectors; }

  struct Panel {
    const float *weights;  // a row of `vectors` · 16 columns after the other, zeros beyond the matrix's last
    int64_t first, vectors;  // the first column; registers in a row
  };
  Panel operator[](int64_t index) const;

 private:
  static constexpr int64_t lanes = 16, mostVectors = 3;
  at::Tensor numbers;

  int64_t vectors() const { return (outputs + lanes - 1) / lanes; }
  /// Panels differ by one register at most.
  int64_t start(int64_t index) const { return vectors() * index / count(); }
};

/// Rows of numbers to be multiplied: each in `runs` of `length` numbers, `jump` apart, the first at its offset.
struct RowRuns {
  const float *numbers;
  const int64_t *offsets;
  int64_t count, runs, length, jump;
};

/// Where products go: steps from one row, and from sixteen columns, to the next. The addend, or null, lies likewise.
struct Target {
  float *numbers;
  const float *addend;
  int64_t row, sixteen;

  /// Rows one after the other.
  static Target rows(float *numbers, const float *addend, int64_t columns) { return {numbers, addend, columns, 16}; }
};

/// What becomes of products before they are stored.
struct Ending {
  const float *bias = nullptr;  // for whole registers, zeros beyond the last; or null
  Bounds bounds = boundsOf(HT_NO_CURVE);
};

/// target = bounded(bias + rows · matrix + addend), for one panel's columns.
void multiply(const RowRuns &rows, const Panels &panels, int64_t panel, const Ending &ending, const Target &target);

}  // namespace hone
