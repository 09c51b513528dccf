import HoneImage

/// Kneads the picture like rubber: every point moves a little, neighbours together.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `alpha` in pixels multiplies noise of −1…1 that a bell of `sigma` pixels has smoothed; a move's standard
///   deviation is 0.163 · alpha ÷ sigma.
/// - Randomness: three draws per image, then one per node of the field, a hash of its place.
/// - Throws: nothing.
/// - Source: Simard et al., ICDAR 2003, §2; Albumentations' and torchvision's `ElasticTransform`. Differs: noise is made
///   on a lattice of at most half a `sigma`, and is as strong at the edge as inside.
public struct Elastic: Transform {
  public static let standard = Elastic()
  public var alpha: ClosedRange<Double>
  public var sigma: ClosedRange<Double>
  /// One field for both axes.
  public var together: Bool
  public var border: Border
  public var interpolation: Interpolation

  public init(
    alpha: ClosedRange<Double> = 30...120, sigma: ClosedRange<Double> = 5...8, together: Bool = false,
    border: Border = .reflect101, interpolation: Interpolation = .bilinear
  ) {
    self.alpha = alpha
    self.sigma = sigma
    self.together = together
    self.border = border
    self.interpolation = interpolation
  }

  public var problem: String? {
    rangeProblem("alpha", alpha, within: 0...100_000) ?? rangeProblem("sigma", sigma, within: 0.5...200)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (alpha, sigma) = (stream.uniform(alpha), stream.uniform(sigma))
    let field = Field.elastic(alpha: alpha, sigma: sigma, together: together, seed: stream.next())
    return [.bend(Bend(field, border: border, interpolation: interpolation))]
  }
}

/// Gives every pixel the colour of one nearby.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` in pixels, each way.
/// - Randomness: two draws per image, then one per pixel, a hash of its place.
/// - Throws: nothing.
/// - Source: Pillow's `Image.effect_spread`; Albumentations' `PixelSpread`.
public struct PixelSpread: Transform {
  public static let standard = PixelSpread()
  public var radius: ClosedRange<Int>
  public init(radius: ClosedRange<Int> = 1...3) { self.radius = radius }
  public var problem: String? { rangeProblem("radius", radius, within: 0...1000) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let field = Field.scatter(radius: stream.integer(radius), seed: stream.next())
    return [.bend(Bend(field, interpolation: .nearest))]
  }
}
