// An inverted residual in one: a convolution that expands, mostly 1×1, a depthwise and a 1×1 one, of which only the last
// one's result is written out.
//
// Strip by strip of a picture, the expanded numbers lie sixteen channels by sixteen in memory that the second-level cache
// holds, with the zeros that the window asks for around them. Rows that two strips share are handed down from one to the
// next, and made twice only where another thread goes on.

#include "bottleneck.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "parallel.hpp"

namespace hone {
namespace {

constexpr int64_t lanes = 16, many = 4;

/// `0, step, 2 · step …`
std::vector<int64_t> steps(int64_t count, int64_t step) {
  std::vector<int64_t> result(count);
  for (int64_t i = 0; i < count; i++) result[i] = i * step;
  return result;
}

/// How a picture is cut into strips of its result's rows.
struct Strips {
  Places inner, places;  // of what is expanded; of the result
  int64_t kernel, stride, padding, hidden, width;  // pixels of a row under the window
  int64_t count, tallest;

  Strips(const Bottleneck &parts, const at::Tensor &x, const at::Tensor &y)
      : inner(parts.expand.places(x)), places{y.size(2), y.size(3)}, kernel(parts.taps.kernel), stride(parts.stride),
        padding(parts.padding), hidden(parts.expand.panels.outputs),
        width(rowWidth(places.columns, kernel, stride, padding, inner.columns)) {
    constexpr int64_t mostNumbers = 1 << 17;  // half a megabyte
    const int64_t room = mostNumbers / hidden - (kernel - stride) * width;
    const int64_t most = std::clamp<int64_t>(room / (stride * width + places.columns), 1, places.rows);
    count = (places.rows + most - 1) / most;
    const int64_t threads = at::get_num_threads(), even = threads / std::gcd(x.size(0), threads);
    // So many strips for each thread end at about the same time; fewer have to be as many for each.
    if (x.size(0) * count < many * threads) count = (count + even - 1) / even * even;
    tallest = (places.rows + count - 1) / count;
  }

  int64_t under(int64_t places) const { return (places - 1) * stride + kernel; }
  /// Rows under the windows of two strips.
  int64_t shared() const { return kernel - stride; }
  /// Numbers of sixteen channels.
  int64_t plane() const { return under(tallest) * width * lanes; }
  int64_t expandedNumbers() const { return plane() * hidden / lanes; }
  int64_t slidNumbers() const { return tallest * places.columns * hidden; }
};

/// One strip of one picture.
struct Strip {
  const Bottleneck &parts;
  const Strips &strips;
  const at::Tensor &pictures;  // as the first convolution reads them
  const Output &output;
  int64_t picture, first, places;  // rows of the result

  int64_t height() const { return strips.under(places); }
  /// Where the strip begins in the picture.
  int64_t top() const { return first * strips.stride - strips.padding; }

  /// Zeros beside all rows, which stay.
  void surround(float *expanded) const {
    const int64_t row = strips.width * lanes, right = (strips.padding + strips.inner.columns) * lanes;
    for (float *end = expanded + strips.expandedNumbers(); expanded < end; expanded += row) {
      std::fill_n(expanded, strips.padding * lanes, 0.0f);
      std::fill(expanded + right, expanded + row, 0.0f);
    }
  }

  /// Makes the rows from the given one on, zeros above and below the picture.
  void expand(int64_t row, const std::vector<int64_t> &offsets, float *expanded) const {
    const auto &panels = parts.expand.panels;
    const Ending ending{pointer<float>(parts.expand.bias), parts.expanded};
    const int64_t wide = strips.width * lanes;
    const int64_t begin = std::max(row, -top()), end = std::min(height(), strips.inner.rows - top());
    for (int64_t panel = 0; panel < panels.count(); panel++)
      for (int64_t y = begin; y < end; y++) {
        float *to = expanded + y * wide + strips.padding * lanes;
        multiply(parts.expand.under(pictures, picture, top() + y, offsets), panels, panel, ending,
                 {to, nullptr, lanes, strips.plane()});
      }
    for (float *plane = expanded; plane < expanded + strips.expandedNumbers(); plane += strips.plane()) {
      if (row < begin) std::fill(plane + row * wide, plane + std::min(begin, height()) * wide, 0.0f);
      if (end < height()) std::fill(plane + std::max(row, end) * wide, plane + height() * wide, 0.0f);
    }
  }

  /// Hands the rows that the strip below shares to it; how many they are.
  int64_t handDown(float *expanded) const {
    const int64_t wide = strips.width * lanes;
    for (float *plane = expanded; plane < expanded + strips.expandedNumbers(); plane += strips.plane())
      std::memmove(plane, plane + places * strips.stride * wide, strips.shared() * wide * sizeof(float));
    return strips.shared();
  }

  void slide(const float *expanded, float *slid) const {
    for (int64_t channel = 0; channel < strips.hidden; channel += lanes)
      slideRows({expanded + channel / lanes * strips.plane(), strips.width, places, strips.places.columns}, parts.taps,
                channel, strips.stride, parts.slid, slid + channel * places * strips.places.columns);
  }

  void project(const std::vector<int64_t> &sixteens, const float *slid) const {
    const auto &panels = parts.project.panels;
    const Ending ending{pointer<float>(parts.project.bias), output.bounds};
    const int64_t count = places * strips.places.columns;
    const int64_t begin = (picture * strips.places.rows + first) * strips.places.columns * panels.outputs;
    const float *addend = output.addend.defined() ? pointer<float>(output.addend) + begin : nullptr;
    const auto target = Target::rows(pointer<float>(output.result) + begin, addend, panels.outputs);
    const RowRuns rows{slid, sixteens.data(), count, strips.hidden / lanes, lanes, count * lanes};
    for (int64_t panel = 0; panel < panels.count(); panel++) multiply(rows, panels, panel, ending, target);
  }
};

}  // namespace

bool Bottleneck::suits(const at::Tensor &x, const at::Tensor &result) const {
  constexpr int64_t leastRows = 7;  // of a picture for each thread, beside which those made twice count little
  const int64_t threads = at::get_num_threads(), rows = result.size(2);
  const bool areWhole = x.size(0) % threads == 0 || x.size(0) >= many * threads;
  return expand.panels.outputs % lanes == 0 && (areWhole || rows * x.size(0) >= leastRows * threads);
}

void Bottleneck::operator()(const at::Tensor &x, const Output &output) const {
  const Strips strips(*this, x, output.result);
  const auto pictures = expand.prepared(x);
  const auto offsets = expand.offsets(strips.inner.columns), sixteens = steps(strips.tallest * strips.places.columns, lanes);
  const int64_t count = x.size(0) * strips.count, threads = at::get_num_threads();
  parallel(count, count < many * threads ? count / threads : 1, [&](int64_t begin, int64_t end) {
    auto memory = at::empty({strips.expandedNumbers() + strips.slidNumbers()}, at::kFloat);
    float *expanded = pointer<float>(memory), *slid = expanded + strips.expandedNumbers();
    int64_t made = 0;
    for (int64_t i = begin; i < end; i++) {
      const int64_t rows = strips.places.rows, index = i % strips.count, first = rows * index / strips.count;
      const int64_t places = rows * (index + 1) / strips.count - first;
      const Strip strip{*this, strips, pictures, output, i / strips.count, first, places};
      if (i == begin) strip.surround(expanded);
      strip.expand(made, offsets, expanded);
      strip.slide(expanded, slid);
      strip.project(sixteens, slid);
      made = index + 1 < strips.count ? strip.handDown(expanded) : 0;
    }
  });
}

}  // namespace hone
