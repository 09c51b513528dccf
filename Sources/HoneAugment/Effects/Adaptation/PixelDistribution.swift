public import HoneImage

/// Gives the picture another one's colours: its mean and spread, its range, or its directions of variation.
///
/// - Shape: kept; a picture of fewer than three channels passes unchanged, as all do without references.
/// - Units: `references` are paths; `blend` 0 is the picture itself, 1 the adapted one.
/// - Randomness: two draws per image.
/// - Throws: nothing; a pipeline from a file is refused where a reference cannot be read.
/// - Source: Reinhard et al., IEEE CG&A 2001 (mean and spread, here of sRGB); Albumentations'
///   `PixelDistributionAdaptation` (standard, minmax, pca).
public struct PixelDistributionAdaptation: Transform {
  public static let standard = PixelDistributionAdaptation()
  public var references: [String]
  public var blend: ClosedRange<Double>
  public var kind: Adapting.Kind

  public init(
    references: [String] = [], blend: ClosedRange<Double> = 0.25...1, kind: Adapting.Kind = .standard
  ) {
    self.references = references
    self.blend = blend
    self.kind = kind
  }

  public var problem: String? { rangeProblem("blend", blend, within: 0...1) ?? References.problem(references) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard let path = References.pick(references, &stream) else { return [] }
    return [.effect(AnyEffect(Adapting(path: path, blend: stream.uniform(blend), kind: kind)))]
  }
}

/// `PixelDistributionAdaptation` with its reference drawn.
public struct Adapting: Effect, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case standard, minmax, pca }
  public var path: String
  public var blend: Double
  public var kind: Kind
  public var description: String { "colours of \(path.split(separator: "/").last ?? "")" }

  public func apply(to image: inout Image<UInt8>) {
    guard image.channels >= 3, let reference = References.picture(path) else { return }
    switch kind {
    case .standard: stretch(&image, ColorStatistics(image).spans, ColorStatistics(reference).spans)
    case .minmax: stretch(&image, Self.ranges(image), Self.ranges(reference))
    case .pca: turn(&image, ColorStatistics(image), ColorStatistics(reference))
    }
  }

  /// Brings each channel's span (a place and a length) onto the reference's.
  private func stretch(
    _ image: inout Image<UInt8>, _ from: [(place: Double, length: Double)], _ to: [(place: Double, length: Double)]
  ) {
    image.map(
      zip(from, to).map { from, to in
        let gain = to.length / max(1e-6, from.length)
        return (0...255).map { level in
          let adapted = to.place + (Double(level) - from.place) * gain
          return clamped(Double(level) * (1 - blend) + adapted * blend)
        }
      })
  }

  private static func ranges(_ image: Image<UInt8>) -> [(place: Double, length: Double)] {
    (0..<3).map { channel in
      let counts = image.histogram(channel)
      let (low, high) = (counts.firstIndex { $0 > 0 } ?? 0, counts.lastIndex { $0 > 0 } ?? 255)
      return (Double(low), Double(high - low))
    }
  }

  /// Turns the picture's directions of variation into the reference's; lengths along them are kept.
  private func turn(_ image: inout Image<UInt8>, _ own: ColorStatistics, _ other: ColorStatistics) {
    let (from, to) = (own.directions, other.directions)
    let matrix = (0..<3).map { row in
      (0..<3).map { column in
        (0..<3).reduce(row == column ? 1 - blend : 0) { $0 + blend * to[$1][row] * from[$1][column] }
      }
    }
    let shift = (0..<3).map { row in
      blend * other.means[row]
        - blend
        * (0..<3).reduce(0) { sum, axis in
          sum + to[axis][row] * (0..<3).reduce(0) { $0 + from[axis][$1] * own.means[$1] }
        }
    }
    let action = Action.matrix(ColorMatrix((0..<3).flatMap { matrix[$0] + [shift[$0]] }))
    image = Plan(sourceSize: image.size, channels: image.channels, actions: [action]).applied(to: image)
  }
}
