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

/// Mean and covariance of the first three channels.
struct ColorStatistics {
  let means: [Double]
  let covariance: [[Double]]

  init(_ image: Image<UInt8>) {
    var (sums, products) = ([0, 0, 0], [0, 0, 0, 0, 0, 0])
    image.elements.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: image.channels) {
        let (r, g, b) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
        sums[0] += r
        sums[1] += g
        sums[2] += b
        products[0] += r * r
        products[1] += r * g
        products[2] += r * b
        products[3] += g * g
        products[4] += g * b
        products[5] += b * b
      }
    }
    let count = Double(image.height * image.width)
    let means = sums.map { Double($0) / count }
    let places = [[0, 1, 2], [1, 3, 4], [2, 4, 5]]
    self.means = means
    covariance = (0..<3).map { a in (0..<3).map { b in Double(products[places[a][b]]) / count - means[a] * means[b] } }
  }

  /// Mean and standard deviation of each channel.
  var spans: [(place: Double, length: Double)] {
    (0..<3).map { (means[$0], max(0, covariance[$0][$0]).squareRoot()) }
  }

  /// Unit vectors along which colours vary, most first, each pointing to the brighter side (Jacobi's turns).
  var directions: [[Double]] {
    var matrix = covariance
    var vectors: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<24 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(matrix[p][q]) > 1e-12 {
        let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        Self.turn(&matrix, &vectors, p, q, c, t * c)
      }
    }
    return (0..<3).sorted { matrix[$0][$0] > matrix[$1][$1] }.map { axis in
      let vector = (0..<3).map { vectors[$0][axis] }
      return vector.reduce(0, +) < 0 ? vector.map { -$0 } : vector
    }
  }

  private static func turn(
    _ matrix: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int, _ c: Double, _ s: Double
  ) {
    for k in 0..<3 {
      (matrix[k][p], matrix[k][q]) = (c * matrix[k][p] - s * matrix[k][q], s * matrix[k][p] + c * matrix[k][q])
    }
    for k in 0..<3 {
      (matrix[p][k], matrix[q][k]) = (c * matrix[p][k] - s * matrix[q][k], s * matrix[p][k] + c * matrix[q][k])
    }
    for k in 0..<3 {
      (vectors[k][p], vectors[k][q]) = (c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q])
    }
  }
}
