public import HoneImage

/// Moves all colours along the directions in which photographs vary most, or stretches a picture's along its own.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `strength` is the standard deviation of what is drawn for each direction. Of photographs' directions it moves all
///   colours by so many of their standard deviations; of the picture's own it stretches distances from the mean colour
///   by so many of its variances (of levels as fractions of full, so that little is seen below 1).
/// - Randomness: three draws per image.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1; for photographs the principal components of ImageNet's pixels as in
///   Facebook's ResNet training; for the picture's own as Albumentations' `FancyPCA` means it, which leaves out the turn into
///   the directions before the stretch.
public struct FancyPCA: Transform {
  /// Whose directions of variation.
  public enum Components: String, Sendable, Hashable, Codable, CaseIterable { case photographs, own }

  public static let standard = FancyPCA()
  public var strength: Double
  public var components: Components

  public init(strength: Double = 0.1, components: Components = .photographs) {
    self.strength = strength
    self.components = components
  }

  public var problem: String? { rangeProblem("strength", strength, within: 0...100) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let weights = (0..<3).map { _ in strength * stream.normal() }
    guard scene.channels >= 3 else { return [] }
    switch components {
    case .photographs: return [.table(.shift(Self.shifts(weights) + Array(repeating: 0, count: scene.channels - 3)))]
    case .own: return [.effect(AnyEffect(ColorStretch(weights: weights)))]
    }
  }

  private static func shifts(_ weights: [Double]) -> [Double] {
    directions.map { row in
      (0..<3).reduce(0) { $0 + 255 * row[$1] * deviations[$1] * weights[$1] }
    }
  }

  private static let deviations = [0.2175, 0.0188, 0.0045]
  /// Red, green and blue of the three components.
  private static let directions = [
    [-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203],
  ]
}

/// `FancyPCA` along the picture's own directions, with its weights drawn: of the widest direction first.
public struct ColorStretch: Effect, CustomStringConvertible {
  public var weights: [Double]
  public var description: String {
    "own colours + \(weights.map { "\(($0 * 100).rounded() / 100)" }.joined(separator: "/")) variances"
  }

  public func apply(to image: inout Image<UInt8>) {
    guard image.channels >= 3 else { return }
    let matrix = ColorStatistics(image).stretching(weights)
    image = Plan(sourceSize: image.size, channels: image.channels, actions: [.matrix(matrix)]).applied(to: image)
  }
}

extension ColorStretch: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    guard image.channels >= 3 else { return }
    let levels = image.map { UInt8(255 * min(1, max(0, $0)) + 0.5) }
    image.change(by: .matrix(ColorStatistics(levels).stretching(weights).fixedPoint))
  }
}

extension ColorStatistics {
  /// Distances from the mean colour along each direction of variation, lengthened by a weight times the variance there.
  fileprivate func stretching(_ weights: [Double]) -> ColorMatrix {
    let directions = directions
    let gains = zip(directions, weights).map { $1 * variance(along: $0) / (255 * 255) }
    return ColorMatrix(
      (0..<3).flatMap { row -> [Double] in
        let mixed = (0..<3).map { column -> Double in
          let stretched = directions.indices.map { gains[$0] * directions[$0][row] * directions[$0][column] }
          return stretched.reduce(row == column ? 1 : 0, +)
        }
        return mixed + [means[row] - Self.product(mixed, means)]
      })
  }

  private func variance(along direction: [Double]) -> Double {
    Self.product(direction, covariance.map { Self.product($0, direction) })
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map(*).reduce(0, +) }
}
