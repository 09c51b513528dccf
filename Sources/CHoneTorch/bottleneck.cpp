// An inverted residual in one: 1×1, depthwise and 1×1 convolutions of which only the last one's result is written out.
//
// Strip by strip of a picture, the expanded numbers lie sixteen channels by sixteen in memory that the second-level cache
// holds, with the zeros that the window asks for around them. Rows that two strips share are made twice.

#include "bottleneck.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "parallel.hpp"

namespace hone {
namespace {

constexpr int64_t lanes = 16;

/// `0, step, 2 · step …`
std::vector<int64_t> steps(int64_t count, int64_t step) {
  std::vector<int64_t> result(count);
  for (int64_t i = 0; i < count; i++) result[i] = i * step;
  return result;
}

/// How a picture is cut into strips of its result's rows.
struct Strips {
  int64_t rows, columns, count, tallest;  // of the result; of the strips
  int64_t kernel, stride, padding, hidden, width;  // pixels of a row under the window

  Strips(const Bottleneck &parts, const at::Tensor &x, const at::Tensor &y)
      : rows(y.size(2)), columns(y.size(3)), kernel(parts.taps.kernel), stride(parts.stride), padding(parts.padding),
        hidden(parts.expand.panels.outputs), width(rowWidth(columns, kernel, stride, padding, x.size(3))) {
    constexpr int64_t mostNumbers = 1 << 17;  // half a megabyte
    const int64_t room = mostNumbers / hidden - (kernel - stride) * width;
    const int64_t most = std::clamp<int64_t>(room / (stride * width + columns), 1, rows);
    count = (rows + most - 1) / most;
    tallest = (rows + count - 1) / count;
  }

  int64_t under(int64_t places) const { return (places - 1) * stride + kernel; }
  int64_t expandedNumbers() const { return under(tallest) * width * hidden; }
  int64_t slidNumbers() const { return tallest * columns * hidden; }
};

/// One strip of one picture.
struct Strip {
  const Bottleneck &parts;
  const Strips &strips;
  const at::Tensor &x;
  const Output &output;
  int64_t picture, first, places;  // rows of the result

  int64_t height() const { return strips.under(places); }
  int64_t plane() const { return height() * strips.width * lanes; }

  /// Zeros around the picture's rows.
  void surround(float *expanded) const {
    const int64_t top = first * strips.stride - strips.padding, after = strips.padding + x.size(3);
    for (int64_t i = 0; i < strips.hidden / lanes * height(); i++) {
      float *row = expanded + i * strips.width * lanes;
      const int64_t y = top + i % height();
      const bool outside = y < 0 || y >= x.size(2);
      std::fill_n(row, (outside ? strips.width : strips.padding) * lanes, 0.0f);
      if (!outside) std::fill_n(row + after * lanes, (strips.width - after) * lanes, 0.0f);
    }
  }

  void expand(const std::vector<int64_t> &pixels, float *expanded) const {
    const auto &panels = parts.expand.panels;
    const Ending ending{pointer<float>(parts.expand.bias), parts.expanded};
    const int64_t top = first * strips.stride - strips.padding, row = x.size(3) * x.size(1);
    const int64_t begin = std::max<int64_t>(0, top), end = std::min(x.size(2), top + height());
    for (int64_t panel = 0; panel < panels.count(); panel++)
      for (int64_t y = begin; y < end; y++) {
        const float *from = pointer<float>(x) + (picture * x.size(2) + y) * row;
        float *to = expanded + ((y - top) * strips.width + strips.padding) * lanes;
        multiply({from, pixels.data(), x.size(3), 1, x.size(1), 0}, panels, panel, ending, {to, nullptr, lanes, plane()});
      }
  }

  void slide(const float *expanded, float *slid) const {
    for (int64_t channel = 0; channel < strips.hidden; channel += lanes)
      slideRows({expanded + channel / lanes * plane(), strips.width, places, strips.columns}, parts.taps, channel,
                strips.stride, parts.slid, slid + channel * places * strips.columns);
  }

  void project(const std::vector<int64_t> &sixteens, const float *slid) const {
    const auto &panels = parts.project.panels;
    const Ending ending{pointer<float>(parts.project.bias), output.bounds};
    const int64_t count = places * strips.columns;
    const int64_t begin = (picture * strips.rows + first) * strips.columns * panels.outputs;
    const float *addend = output.addend.defined() ? pointer<float>(output.addend) + begin : nullptr;
    const auto target = Target::rows(pointer<float>(output.result) + begin, addend, panels.outputs);
    const RowRuns rows{slid, sixteens.data(), count, strips.hidden / lanes, lanes, count * lanes};
    for (int64_t panel = 0; panel < panels.count(); panel++) multiply(rows, panels, panel, ending, target);
  }
};

}  // namespace

bool Bottleneck::suits(const at::Tensor &x, const at::Tensor &result) const {
  constexpr int64_t many = 4;  // so many strips for each thread end at about the same time
  const int64_t threads = at::get_num_threads();
  if (expand.panels.outputs % lanes != 0) return false;
  const int64_t count = x.size(0) * Strips(*this, x, result).count;
  return count % threads == 0 || count >= many * threads;
}

void Bottleneck::operator()(const at::Tensor &x, const Output &output) const {
  const Strips strips(*this, x, output.result);
  const auto pixels = steps(x.size(3), x.size(1)), sixteens = steps(strips.tallest * strips.columns, lanes);
  parallel(x.size(0) * strips.count, 1, [&](int64_t begin, int64_t end) {
    auto memory = at::empty({strips.expandedNumbers() + strips.slidNumbers()}, at::kFloat);
    float *expanded = pointer<float>(memory), *slid = expanded + strips.expandedNumbers();
    for (int64_t i = begin; i < end; i++) {
      const int64_t index = i % strips.count, first = strips.rows * index / strips.count;
      const int64_t places = strips.rows * (index + 1) / strips.count - first;
      const Strip strip{*this, strips, x, output, i / strips.count, first, places};
      strip.surround(expanded);
      strip.expand(pixels, expanded);
      strip.slide(expanded, slid);
      strip.project(sixteens, slid);
    }
  });
}

}  // namespace hone
