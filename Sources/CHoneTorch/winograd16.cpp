// 3×3 convolutions in bfloat16 with four ninths of the multiplications.

#include "winograd16.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "loops.hpp"
#include "parallel.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#define HONE_WINOGRAD 1
#else
#define HONE_WINOGRAD 0
#endif

namespace hone {

#if HONE_WINOGRAD
namespace {
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma"))), apply_to = function)

#define HT_UNROLL _Pragma("clang loop unroll(full)")

constexpr int64_t lanes = 16, side = 2, square = 4, points = square * square;
// Between the points' planes, so that what is written to all of them does not fall on the same lines of the cache.
constexpr int64_t gap = 32;

inline __m512 widen(const uint16_t *p) {
  auto halves = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
inline void narrow(uint16_t *p, __m512 values) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(p), (__m256i)_mm512_cvtneps_pbh(values));
}

/// Rounds two times sixteen numbers to sixteen pairs.
inline __m512i paired(__m512 first, __m512 second) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(second, first));
}

// The maps in one dimension. Those of the gradients are the transposed ones.

inline void mapInput(const __m512 d[square], __m512 to[square]) {
  to[0] = d[0] - d[2], to[1] = d[1] + d[2], to[2] = d[2] - d[1], to[3] = d[1] - d[3];
}
inline void mapOutput(const __m512 m[square], __m512 to[side]) {
  to[0] = m[0] + m[1] + m[2], to[1] = m[1] - m[2] - m[3];
}
inline void mapSlope(const __m512 d[side], __m512 to[square]) {
  to[0] = d[0], to[1] = d[0] + d[1], to[2] = d[0] - d[1], to[3] = -d[1];
}
inline void mapFilter(const __m512 g[3], __m512 to[square]) {
  const __m512 half = _mm512_set1_ps(0.5f), ends = half * (g[0] + g[2]), middle = half * g[1];
  to[0] = g[0], to[1] = ends + middle, to[2] = ends - middle, to[3] = g[2];
}
inline void mapFilterSlope(const __m512 m[square], __m512 to[3]) {
  const __m512 half = _mm512_set1_ps(0.5f), ends = half * (m[1] + m[2]);
  to[0] = m[0] + ends, to[1] = half * (m[1] - m[2]), to[2] = ends + m[3];
}

/// A one-dimensional map from `From` to `To` numbers, over columns and then over rows.
template <int From, int To, void map(const __m512 *, __m512 *)>
inline void mapBoth(const __m512 from[From * From], __m512 to[To * To]) {
  __m512 half[To][From];
  HT_UNROLL for (int x = 0; x < From; x++) {
    __m512 column[From], mapped[To];
    HT_UNROLL for (int y = 0; y < From; y++) column[y] = from[y * From + x];
    map(column, mapped);
    HT_UNROLL for (int y = 0; y < To; y++) half[y][x] = mapped[y];
  }
  HT_UNROLL for (int y = 0; y < To; y++) map(half[y], to + y * To);
}

/// What lies under a square of a picture, those outside among zeros.
template <int Side>
struct Square {
  std::array<const uint16_t *, Side * Side> places;

  inline void read(int64_t channel, __m512 to[Side * Side]) const {
    HT_UNROLL for (int p = 0; p < Side * Side; p++) to[p] = widen(places[p] + channel);
  }
};

/// Pictures cut into squares of 2×2 outputs.
struct Tiles {
  int64_t pictures, height, width;  // of the outputs
  int64_t rows, columns;            // of squares

  Tiles(int64_t pictures, int64_t height, int64_t width)
      : pictures(pictures), height(height), width(width), rows((height + 1) / side), columns((width + 1) / side) {}
  int64_t count() const { return pictures * rows * columns; }

  struct Place {
    int64_t picture, y, x;  // of its first output
  };
  Place operator[](int64_t i) const { return {i / (rows * columns), i / columns % rows * side, i % columns * side}; }
  Place after(Place place) const {
    place.x += side;
    if (place.x >= width) place.x = 0, place.y += side;
    if (place.y >= height) place.y = 0, place.picture++;
    return place;
  }
};

/// A channels-last tensor's numbers.
struct Picture {
  const uint16_t *numbers, *zeros;
  int64_t height, width, channels;

  /// The square whose first place is (y, x).
  template <int Side>
  Square<Side> squareAt(int64_t picture, int64_t y, int64_t x) const {
    Square<Side> square;
    const int64_t row = width * channels;
    const uint16_t *first = numbers + (picture * height + y) * row + x * channels;
    const bool isWhole = y >= 0 && y + Side <= height && x >= 0 && x + Side <= width;
    for (int64_t i = 0; i < Side; i++)
      for (int64_t j = 0; j < Side; j++) {
        const bool inside = isWhole || (y + i >= 0 && y + i < height && x + j >= 0 && x + j < width);
        square.places[i * Side + j] = inside ? first + i * row + j * channels : zeros;
      }
    return square;
  }
  /// No square at all.
  template <int Side>
  Square<Side> nothing() const {
    Square<Side> square;
    square.places.fill(zeros);
    return square;
  }
};

/// A window's numbers at the points, `step` apart.
void mapWindow(const Square<square> &window, int64_t channels, uint16_t *to, int64_t step) {
  for (int64_t c = 0; c < channels; c += lanes) {
    __m512 numbers[points], mapped[points];
    window.read(c, numbers);
    mapBoth<square, square, mapInput>(numbers, mapped);
    HT_UNROLL for (int p = 0; p < points; p++) narrow(to + p * step + c, mapped[p]);
  }
}

/// Two squares' numbers at the points, in pairs. `step` from point to point, `group` from sixteen channels to the next.
template <int Side, void map(const __m512 *, __m512 *)>
void mapPair(const Square<Side> &first, const Square<Side> &second, int64_t channels, uint32_t *to, int64_t step,
             int64_t group) {
  for (int64_t c = 0; c < channels; c += lanes, to += group) {
    __m512 numbers[Side * Side], one[points], other[points];
    first.read(c, numbers);
    mapBoth<Side, square, map>(numbers, one);
    second.read(c, numbers);
    mapBoth<Side, square, map>(numbers, other);
    HT_UNROLL for (int p = 0; p < points; p++) _mm512_storeu_si512(to + p * step, paired(one[p], other[p]));
  }
}

/// Products of R windows with V · 16 filters, at one point. `w` has V · 16 pairs for every two channels.
template <int R, int V>
inline void multiplyTile(const uint16_t *u, int64_t channels, const uint32_t *w, float *m) {
  __m512 sums[R][V];
  HT_UNROLL for (int r = 0; r < R; r++) {
    HT_UNROLL for (int v = 0; v < V; v++) sums[r][v] = _mm512_setzero_ps();
  }
  for (int64_t c = 0; c < channels; c += 2, w += V * lanes) {
    __m512bh filters[V];
    HT_UNROLL for (int v = 0; v < V; v++) filters[v] = (__m512bh)_mm512_loadu_si512(w + v * lanes);
    HT_UNROLL for (int r = 0; r < R; r++) {
      int32_t both;
      std::memcpy(&both, u + r * channels + c, sizeof both);
      const auto pair = (__m512bh)_mm512_set1_epi32(both);
      HT_UNROLL for (int v = 0; v < V; v++) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], pair, filters[v]);
    }
  }
  HT_UNROLL for (int r = 0; r < R; r++) {
    HT_UNROLL for (int v = 0; v < V; v++) _mm512_storeu_ps(m + (r * V + v) * lanes, sums[r][v]);
  }
}

/// The same for some windows; up to R − 1 more are read and written.
template <int V>
void multiply(const uint16_t *u, int64_t count, int64_t channels, const uint32_t *w, float *m) {
  constexpr int together = V == 1 ? 24 : V == 2 ? 12 : V == 3 ? 8 : 6;
  for (int64_t r = 0; r < count; r += together)
    multiplyTile<together, V>(u + r * channels, channels, w, m + r * V * lanes);
}

/// Where a square's outputs go: those that lie within the picture.
struct Outputs {
  uint16_t *result;
  const uint16_t *addend;  // or null
  int64_t rows, columns, row, pixel;  // how many; from one to the next
};

/// Products at the points, `step` apart, to one square's outputs of sixteen filters.
inline void mapProducts(const float *m, int64_t step, const float *bias, Bounds bounds, const Outputs &target) {
  __m512 half[side][square];  // [output along the column][point along the row]
  HT_UNROLL for (int x = 0; x < square; x++) {
    __m512 column[square], mapped[side];
    HT_UNROLL for (int p = 0; p < square; p++) column[p] = _mm512_loadu_ps(m + (p * square + x) * step);
    mapOutput(column, mapped);
    half[0][x] = mapped[0], half[1][x] = mapped[1];
  }
  const __m512 shift = _mm512_loadu_ps(bias), low = _mm512_set1_ps(bounds.low), high = _mm512_set1_ps(bounds.high);
  HT_UNROLL for (int y = 0; y < side; y++) {
    __m512 outputs[side];
    mapOutput(half[y], outputs);
    HT_UNROLL for (int x = 0; x < side; x++) {
      if (y >= target.rows || x >= target.columns) continue;
      const int64_t place = y * target.row + x * target.pixel;
      __m512 sum = outputs[x] + shift;
      if (target.addend) sum += widen(target.addend + place);
      narrow(target.result + place, _mm512_min_ps(high, _mm512_max_ps(low, sum)));  // a NaN stays
    }
  }
}

/// Sums over pairs of squares of products of R · 16 or, with R = 8, of half a group's outputs with V groups of inputs.
template <int R, int V>
inline void addProducts(const uint32_t *slopes, const uint32_t *windows, int64_t group, int64_t pairs, float *sums,
                        int64_t row) {
  __m512 sum[R][V];
  HT_UNROLL for (int r = 0; r < R; r++) {
    HT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = _mm512_loadu_ps(sums + r * row + v * lanes);
  }
  for (int64_t i = 0; i < pairs; i++, slopes += lanes, windows += lanes) {
    __m512bh inputs[V];
    HT_UNROLL for (int v = 0; v < V; v++) inputs[v] = (__m512bh)_mm512_loadu_si512(windows + v * group);
    HT_UNROLL for (int r = 0; r < R; r++) {
      const auto slope = (__m512bh)_mm512_set1_epi32(int(slopes[r]));
      HT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = _mm512_dpbf16_ps(sum[r][v], slope, inputs[v]);
    }
  }
  HT_UNROLL for (int r = 0; r < R; r++) {
    HT_UNROLL for (int v = 0; v < V; v++) _mm512_storeu_ps(sums + r * row + v * lanes, sum[r][v]);
  }
}

/// Sixteen outputs' sums with all inputs, at one point.
void addGroup(const uint32_t *slopes, const uint32_t *windows, int64_t group, int64_t pairs, float *sums,
              int64_t inputs) {
  int64_t c = 0;
  for (; c + 2 * lanes <= inputs; c += 2 * lanes, windows += 2 * group)
    for (int64_t half = 0; half < lanes; half += 8)
      addProducts<8, 2>(slopes + half, windows, group, pairs, sums + half * inputs + c, inputs);
  if (c < inputs) addProducts<16, 1>(slopes, windows, group, pairs, sums + c, inputs);
}

/// A row of filters' numbers `[3, 3, channels]` at the points.
inline void readFilter(const float *from, int64_t channels, __m512 mapped[points]) {
  __m512 half[3][square];  // [row][point along the row]
  HT_UNROLL for (int y = 0; y < 3; y++) {
    __m512 row[3];
    HT_UNROLL for (int x = 0; x < 3; x++) row[x] = _mm512_loadu_ps(from + (y * 3 + x) * channels);
    mapFilter(row, half[y]);
  }
  HT_UNROLL for (int x = 0; x < square; x++) {
    __m512 column[3] = {half[0][x], half[1][x], half[2][x]}, whole[square];
    mapFilter(column, whole);
    HT_UNROLL for (int y = 0; y < square; y++) mapped[y * square + x] = whole[y];
  }
}

/// Sums at the points, `step` apart, to sixteen channels of a filter's gradient `[3, 3, channels]`.
void mapSums(const float *from, int64_t step, float *to, int64_t channels) {
  __m512 half[3][square];
  HT_UNROLL for (int x = 0; x < square; x++) {
    __m512 column[square], mapped[3];
    HT_UNROLL for (int y = 0; y < square; y++) column[y] = _mm512_loadu_ps(from + (y * square + x) * step);
    mapFilterSlope(column, mapped);
    HT_UNROLL for (int y = 0; y < 3; y++) half[y][x] = mapped[y];
  }
  HT_UNROLL for (int y = 0; y < 3; y++) {
    __m512 row[3];
    mapFilterSlope(half[y], row);
    HT_UNROLL for (int x = 0; x < 3; x++) _mm512_storeu_ps(to + (y * 3 + x) * channels, row[x]);
  }
}

/// Where filters of a point stand: panels of up to 64, in each a row of them for every two channels.
struct FilterPanels {
  static constexpr int64_t widest = 4;  // registers
  int64_t channels, filters;

  int64_t plane() const { return channels / 2 * filters + gap; }
  /// Registers of the panel with a filter, and filters.
  int64_t vectors(int64_t filter) const { return std::min(widest, (filters - start(filter)) / lanes); }
  int64_t row(int64_t filter) const { return vectors(filter) * lanes; }
  /// The place of a filter's pair of channels.
  int64_t operator()(int64_t filter, int64_t channel) const {
    return channels / 2 * start(filter) + channel / 2 * row(filter) + filter - start(filter);
  }

 private:
  static int64_t start(int64_t filter) { return filter / (widest * lanes) * widest * lanes; }
};

/// The kernel turned by half a turn has its points in this order.
constexpr int turned[square] = {3, 1, 2, 0};

/// Sixteen filters' numbers to both tensors.
void mapFilterGroup(const float *weight, int64_t group, const FilterPanels &forwards, uint32_t *ahead,
                    const FilterPanels &backwards, uint32_t *behind) {
  const __m512i order = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const int64_t channels = forwards.channels, row = forwards.row(group);
  for (int64_t c = 0; c < channels; c += lanes)
    for (int64_t filter = group; filter < group + lanes; filter += 2) {
      __m512 one[points], other[points];
      readFilter(weight + filter * 9 * channels + c, channels, one);
      readFilter(weight + (filter + 1) * 9 * channels + c, channels, other);
      for (int p = 0; p < points; p++) {
        // [filter][channel] to [pair of channels][filter][channel]
        const auto both = _mm512_cvtne2ps_pbh(other[p], one[p]);
        const auto half = _mm512_extracti64x4_epi64((__m512i)both, 1);
        uint64_t pairs[lanes / 2];
        _mm512_storeu_si512(pairs, _mm512_permutex2var_epi32((__m512i)both, order, _mm512_castsi256_si512(half)));
        uint32_t *to = ahead + p * forwards.plane() + forwards(filter, c);
        for (int64_t j = 0; j < lanes / 2; j++) std::memcpy(to + j * row, pairs + j, sizeof *pairs);
      }
      if (!behind) continue;
      for (int y = 0; y < square; y++)
        for (int x = 0; x < square; x++)
          _mm512_storeu_si512(behind + (turned[y] * square + turned[x]) * backwards.plane() + backwards(c, filter),
                              paired(one[y * square + x], other[y * square + x]));
    }
}

#pragma clang attribute pop

Picture pictureOf(const at::Tensor &x, const std::vector<uint16_t> &zeros) {
  return {pointer<uint16_t>(x), zeros.data(), x.size(2), x.size(3), x.size(1)};
}

/// Some squares, from the pictures to the result.
struct Block {
  const Picture &x;
  const Tiles &tiles;
  int64_t padding, first, count, most;

  int64_t inputStep() const { return most * x.channels + gap; }

  void mapInputs(uint16_t *to) const {
    auto place = tiles[first];
    for (int64_t i = 0; i < count; i++, place = tiles.after(place))
      mapWindow(x.squareAt<square>(place.picture, place.y - padding, place.x - padding), x.channels, to + i * x.channels,
                inputStep());
  }

  void multiplyPanel(const uint16_t *inputs, const uint32_t *filters, int64_t plane, int64_t vectors, float *products,
                     int64_t step) const {
    const auto run = vectors == 1 ? multiply<1> : vectors == 2 ? multiply<2> : vectors == 3 ? multiply<3> : multiply<4>;
    for (int64_t p = 0; p < points; p++)
      run(inputs + p * inputStep(), count, x.channels, filters + p * plane, products + p * step);
  }

  /// - `filter`: the panel's first.
  void mapOutputs(const float *products, int64_t step, int64_t filter, int64_t vectors, const float *bias,
                  const Output &output) const {
    const int64_t filters = output.result.size(1);
    auto *result = pointer<uint16_t>(output.result);
    const auto *addend = output.addend.defined() ? pointer<uint16_t>(output.addend) : nullptr;
    auto place = tiles[first];
    for (int64_t i = 0; i < count; i++, place = tiles.after(place)) {
      const int64_t at = ((place.picture * tiles.height + place.y) * tiles.width + place.x) * filters + filter;
      Outputs target{result + at, addend ? addend + at : nullptr, std::min(side, tiles.height - place.y),
                     std::min(side, tiles.width - place.x), tiles.width * filters, filters};
      for (int64_t v = 0; v < vectors; v++, target.result += lanes) {
        mapProducts(products + (i * vectors + v) * lanes, step, bias + filter + v * lanes, output.bounds, target);
        if (addend) target.addend += lanes;
      }
    }
  }
};

}  // namespace

bool winogradServes(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride, at::IntArrayRef padding) {
  // Whole tiles are faster, where there are any.
  const bool cpu = roundsToBFloat16() && !multipliesTiles();
  constexpr int64_t fewest = 64, narrowest = 64;  // squares and channels for which the maps pay
  if (!cpu || x.numel() == 0 || weight.size(2) != 3 || weight.size(3) != 3 || weight.size(1) != x.size(1)) return false;
  const bool isWhole = weight.size(0) % lanes == 0 && weight.size(1) % lanes == 0;
  const bool isWide = std::min(weight.size(0), weight.size(1)) >= narrowest;
  const bool isPlain = stride[0] == 1 && stride[1] == 1 && padding[0] == padding[1] && padding[0] <= 2;
  const int64_t height = x.size(2) + 2 * padding[0] - 2, width = x.size(3) + 2 * padding[1] - 2;
  if (!isWhole || !isWide || !isPlain || height < 1 || width < 1) return false;
  const Tiles tiles(x.size(0), height, width);
  return tiles.count() >= fewest && 2 * tiles.rows * tiles.columns * side * side <= 3 * height * width;
}

MappedFilters mapFilters(const at::Tensor &weight, bool wantsBackwards) {
  auto w = weight.detach().to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast);
  const FilterPanels ahead{w.size(1), w.size(0)}, behind{w.size(0), w.size(1)};
  auto options = w.options().dtype(at::kBFloat16).memory_format(at::MemoryFormat::Contiguous);
  MappedFilters result{at::empty({points, ahead.plane(), 2}, options), {}};
  if (wantsBackwards) result.backwards = at::empty({points, behind.plane(), 2}, options);
  auto *forwards = pointer<uint32_t>(result.forwards);
  auto *backwards = wantsBackwards ? pointer<uint32_t>(result.backwards) : nullptr;
  parallel(w.size(0) / lanes, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      mapFilterGroup(pointer<float>(w), i * lanes, ahead, forwards, behind, backwards);
  });
  return result;
}

void winograd(const at::Tensor &x, const at::Tensor &filters, const at::Tensor &bias, int64_t padding,
              const Output &output) {
  const auto &y = output.result;
  const int64_t channels = x.size(1), outputs = y.size(1);
  const Tiles tiles(y.size(0), y.size(2), y.size(3));
  const FilterPanels panels{channels, outputs};
  const std::vector<uint16_t> zeros(channels);
  const auto picture = pictureOf(x, zeros);
  const auto shift = wholeBias(bias, outputs);
  // A multiple of what `multiply` takes at once; the windows' numbers stay in the second-level cache.
  const int64_t most = channels > 256 ? 24 : 48;
  constexpr int64_t widest = FilterPanels::widest * lanes;
  parallel((tiles.count() + most - 1) / most, 1, [&](int64_t begin, int64_t end) {
    auto room = at::empty({points * (most * channels + gap)}, at::kBFloat16);
    auto sums = at::empty({points * (most * widest + gap)}, at::kFloat);
    for (int64_t i = begin; i < end; i++) {
      const Block block{picture, tiles, padding, i * most, std::min(most, tiles.count() - i * most), most};
      block.mapInputs(pointer<uint16_t>(room));
      for (int64_t first = 0; first < outputs; first += widest) {
        const int64_t vectors = panels.vectors(first), step = most * vectors * lanes + gap;
        block.multiplyPanel(pointer<uint16_t>(room), pointer<uint32_t>(filters) + panels(first, 0), panels.plane(), vectors,
                            pointer<float>(sums), step);
        block.mapOutputs(pointer<float>(sums), step, first, vectors, pointer<float>(shift), output);
      }
    }
  });
}

at::Tensor winogradGradient(const at::Tensor &x, const at::Tensor &gradient, int64_t padding) {
  constexpr int64_t cacheBytes = int64_t(2) << 20;  // of what is mapped at once
  const int64_t inputs = x.size(1), outputs = gradient.size(1);
  const Tiles tiles(gradient.size(0), gradient.size(2), gradient.size(3));
  const int64_t all = (tiles.count() + 1) / 2, each = points * (inputs + outputs) * int64_t(sizeof(uint32_t));
  // As many at once as make it worth to read the sums.
  const int64_t worth = std::max<int64_t>(64, inputs * outputs >> 10);
  const int64_t most = std::min(all, std::max(worth, cacheBytes / each)), group = most * lanes;
  const int64_t windowStep = most * inputs + gap, slopeStep = most * outputs + gap;
  const std::vector<uint16_t> zeros(std::max(inputs, outputs));
  const auto from = pictureOf(x, zeros), slopes = pictureOf(gradient, zeros);
  auto options = x.options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous);
  auto mappedWindows = at::empty({points * windowStep}, options.dtype(at::kInt));
  auto mappedSlopes = at::empty({points * slopeStep}, options.dtype(at::kInt));
  auto sums = at::zeros({points, outputs, inputs}, options);
  auto *a = pointer<uint32_t>(mappedWindows), *b = pointer<uint32_t>(mappedSlopes);
  for (int64_t start = 0; start < all; start += most) {
    const int64_t count = std::min(most, all - start);
    parallel(count, 8, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t tile = 2 * (start + i);
        const bool isWhole = tile + 1 < tiles.count();
        const auto one = tiles[tile], other = tiles.after(one);
        const auto window = [&](Tiles::Place place) {
          return from.squareAt<square>(place.picture, place.y - padding, place.x - padding);
        };
        const auto slope = [&](Tiles::Place place) { return slopes.squareAt<side>(place.picture, place.y, place.x); };
        mapPair<square, mapInput>(window(one), isWhole ? window(other) : from.nothing<square>(), inputs, a + i * lanes,
                                  windowStep, group);
        mapPair<side, mapSlope>(slope(one), isWhole ? slope(other) : slopes.nothing<side>(), outputs, b + i * lanes,
                                slopeStep, group);
      }
    });
    parallel(points * outputs / lanes, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t p = i / (outputs / lanes), o = i % (outputs / lanes);
        addGroup(b + p * slopeStep + o * group, a + p * windowStep, group, count,
                 pointer<float>(sums) + (p * outputs + o * lanes) * inputs, inputs);
      }
    });
  }
  auto result = at::empty({outputs, 3, 3, inputs}, options);
  parallel(outputs, 8, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++)
      for (int64_t c = 0; c < inputs; c += lanes)
        mapSums(pointer<float>(sums) + o * inputs + c, outputs * inputs, pointer<float>(result) + o * 9 * inputs + c, inputs);
  });
  return result.permute({0, 3, 1, 2});
}

#else

bool winogradServes(const at::Tensor &, const at::Tensor &, at::IntArrayRef, at::IntArrayRef) { return false; }
MappedFilters mapFilters(const at::Tensor &, bool) { return {}; }
void winograd(const at::Tensor &, const at::Tensor &, const at::Tensor &, int64_t, const Output &) {}
at::Tensor winogradGradient(const at::Tensor &, const at::Tensor &, int64_t) { return {}; }

#endif

}  // namespace hone
