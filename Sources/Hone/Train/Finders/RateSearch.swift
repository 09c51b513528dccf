internal import Foundation

/// What a range test found: the loss at ever higher rates, and what several rules of thumb make of it.
///
/// - Source: Smith, 2015, arXiv:1506.01186; the rules are those of fastai's `lr_find`, by its names.
public struct RateSearch: Codable, Sendable, Hashable {
  public struct Point: Codable, Sendable, Hashable {
    public var rate: Double
    /// Of the batch, before the step at this rate.
    public var loss: Double
    /// Averaged with those before it.
    public var smoothed: Double
  }

  public var points: [Point] = []
  private var average = 0.0

  public init() {}

  /// Takes one more step into account.
  public mutating func add(rate: Double, loss: Double) {
    let keeps = 0.98
    average = keeps * average + (1 - keeps) * loss
    let smoothed = average / (1 - pow(keeps, Double(points.count + 1)))
    points.append(Point(rate: rate, loss: loss, smoothed: smoothed))
  }

  /// Whether the loss has left its best so far behind, and higher rates tell nothing more.
  public var hasDiverged: Bool {
    guard let last = points.last, let best = points.map(\.smoothed).min() else { return false }
    return !last.smoothed.isFinite || last.smoothed > 4 * best
  }

  /// A rate that a rule of thumb suggests.
  public struct Suggestion: Codable, Sendable, Hashable {
    public var rule: String
    public var rate: Double
    public var why: String
  }

  /// What each rule suggests; empty where the test ended too early to tell.
  public var suggestions: [Suggestion] {
    let curve = RateCurve(points)
    return [
      curve.valley.map { Suggestion(rule: "valley", rate: $0, why: "halfway down the longest descent") },
      curve.steep.map { Suggestion(rule: "steep", rate: $0, why: "where the loss falls fastest") },
      curve.minimum.map { Suggestion(rule: "minimum/10", rate: $0 / 10, why: "a tenth of where it is lowest") },
      curve.slide.map { Suggestion(rule: "slide", rate: $0, why: "before it turns up for good") },
    ].compactMap { $0 }
  }
}

/// The middle of a range test's curve: rates, and smoothed losses.
struct RateCurve {
  let rates: [Double]
  let losses: [Double]

  /// Leaves out the first tenth, in which nothing moves yet, and the last five, which have diverged.
  init(_ points: [RateSearch.Point]) {
    let middle = points.dropFirst(points.count / 10).dropLast(5).prefix { $0.smoothed.isFinite }
    rates = middle.map(\.rate)
    losses = middle.map(\.smoothed)
  }

  /// Where the loss is lowest.
  var minimum: Double? { losses.indices.min { losses[$0] < losses[$1] }.map { rates[$0] } }

  /// Where the loss falls fastest, over the logarithm of the rate.
  var steep: Double? {
    let slopes = losses.indices.dropLast().map { place in
      (losses[place + 1] - losses[place]) / log(rates[place + 1] / rates[place])
    }
    return slopes.indices.min { slopes[$0] < slopes[$1] }.map { rates[$0] }
  }

  /// Halfway along the longest descending subsequence.
  var valley: Double? {
    guard !losses.isEmpty else { return nil }
    var lengths = [Int](repeating: 1, count: losses.count)
    var (start, end) = (0, 0)
    for place in losses.indices.dropFirst() {
      for earlier in 0..<place {
        if losses[place] < losses[earlier] { lengths[place] = max(lengths[place], lengths[earlier] + 1) }
      }
      if lengths[end] < lengths[place] { (start, end) = (place - lengths[place], place) }
    }
    let third = Double(end - start) / 3
    return rates[max(0, start + Int(third) + Int(third / 2))]
  }

  /// Going back from the end, the last place before which slopes an interval apart differ.
  var slide: Double? {
    let (interval, threshold) = (15, 0.005)
    guard losses.count > interval else { return nil }
    let slopes = Self.slopes(losses)
    var (right, left) = (losses.count - 1, losses.count - 1 - interval)
    var found = rates[left]
    while left >= 0, abs(slopes[right] - slopes[left]) > threshold {
      found = rates[left]
      (right, left) = (right - 1, left - 1)
    }
    return found
  }

  /// Central differences; one-sided at the ends.
  private static func slopes(_ values: [Double]) -> [Double] {
    values.indices.map { place in
      let (before, after) = (max(0, place - 1), min(values.count - 1, place + 1))
      return (values[after] - values[before]) / Double(after - before)
    }
  }
}

extension RateSearch {
  /// The smoothed loss over the rate, with what is suggested.
  package func chart(_ title: String) -> CurveChart {
    let curve = RateCurve(points)
    let places = zip(curve.rates, curve.losses).map { (x: log10($0), y: $1) }
    return CurveChart(
      title: title, series: [.init(name: "loss", points: places)],
      marks: suggestions.map { (log10($0.rate), $0.rule) }, axis: .powers("rate")
    ) { Numbers.short($0) }
  }
}
