internal import HoneTensor

/// Looks for weights whose surroundings are good too: the gradient is taken at the worst point nearby.
///
/// Flat minima hold up better on new pictures. Each step costs two passes.
///
/// - Shape: none.
/// - Units: `radius` is the length of the way to the worst point, over all weights together; adaptive, each weight's way
///   is counted in its own size, and 0.5 to 2 is customary.
/// - Throws: nothing.
/// - Source: Foret et al., 2020, arXiv:2010.01412 (SAM); Kwon et al., 2021, arXiv:2102.11600 (ASAM).
public struct Sharpness: Settings {
  public var radius: Double
  public var adaptive: Bool

  public init() { self.init(radius: 0.05) }
  public init(radius: Double, adaptive: Bool = false) {
    self.radius = radius
    self.adaptive = adaptive
  }
}

extension Optimizer {
  /// Moves the parameters to the worst point nearby, has `body` gather gradients there, and moves them back.
  ///
  /// The gradients gathered before are dropped.
  package func atWorst(_ sharpness: Sharpness, gather body: () throws -> Void) throws {
    let active = members.filter { $0.parameter.gradient != nil }
    let weights = TensorList(active.map(\.parameter.value))
    let kept = try weights.copy()
    try weights.add(sharpness.way(TensorList(active.compactMap(\.parameter.gradient)), from: kept))
    for member in members { member.parameter.dropGradient() }
    try body()
    try weights.assign(kept)
  }
}

extension Sharpness {
  /// The way from some weights to the worst point nearby.
  fileprivate func way(_ gradients: TensorList, from weights: TensorList) throws -> TensorList {
    let tiny = 1e-12
    let way = try gradients.copy()
    if adaptive { try way.multiply(by: weights.magnitudes()) }
    let length = try way.norm() + tiny
    if adaptive { try way.multiply(by: weights.magnitudes()) }
    return try way.scale(by: radius / length)
  }
}
