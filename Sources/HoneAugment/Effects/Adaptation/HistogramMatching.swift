public import HoneImage

/// Gives the picture another one's distribution of levels, channel by channel.
///
/// - Shape: kept; a picture of one channel takes the reference's green. Without references pictures pass unchanged.
/// - Units: `references` are paths; `blend` 0 is the picture itself, 1 the matched one.
/// - Randomness: two draws per image.
/// - Throws: nothing; a pipeline from a file is refused where a reference cannot be read.
/// - Source: Gonzalez & Woods, Digital Image Processing, §3.3; scikit-image's `match_histograms`; Albumentations'
///   `HistogramMatching`.
public struct HistogramMatching: Transform {
  public static let standard = HistogramMatching()
  public var references: [String]
  public var blend: ClosedRange<Double>

  public init(references: [String] = [], blend: ClosedRange<Double> = 0.5...1) {
    self.references = references
    self.blend = blend
  }

  public var problem: String? { rangeProblem("blend", blend, within: 0...1) ?? References.problem(references) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard let path = References.pick(references, &stream) else { return [] }
    return [.effect(AnyEffect(Matching(path: path, blend: stream.uniform(blend))))]
  }
}

/// `HistogramMatching` with its reference drawn.
public struct Matching: Effect, CustomStringConvertible {
  public var path: String
  public var blend: Double
  public var description: String { "levels of \(path.split(separator: "/").last ?? "")" }

  public func apply(to image: inout Image<UInt8>) {
    guard let reference = References.picture(path) else { return }
    let tables = (0..<min(3, image.channels)).map { channel in
      let target = Self.quantiles(reference.histogram(image.channels < 3 ? 1 : channel))
      return Self.quantiles(image.histogram(channel)).enumerated().map { level, part in
        clamped(Double(level) * (1 - blend) + Self.level(at: part, in: target) * blend)
      }
    }
    image.map(tables)
  }

  /// For each level, the part of the pixels that are no brighter.
  private static func quantiles(_ histogram: [Int]) -> [Double] {
    let total = Double(histogram.reduce(0, +))
    var sum = 0
    return histogram.map { count in
      sum += count
      return Double(sum) / total
    }
  }

  /// The level below which a part of the pixels lies, between levels that occur.
  private static func level(at part: Double, in quantiles: [Double]) -> Double {
    let used = quantiles.indices.filter { $0 == 0 ? quantiles[0] > 0 : quantiles[$0] > quantiles[$0 - 1] }
    guard let above = used.first(where: { quantiles[$0] >= part }) else { return Double(used.last ?? 0) }
    guard let below = used.last(where: { quantiles[$0] < part }) else { return Double(above) }
    let share = (part - quantiles[below]) / (quantiles[above] - quantiles[below])
    return Double(below) + share * Double(above - below)
  }
}
