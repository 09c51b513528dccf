internal import Foundation
internal import HoneAugment
internal import HoneTensor

/// Adds normal noise to gradients, less from step to step.
///
/// Shakes very deep networks out of a bad start.
///
/// - Shape: none.
/// - Units: the noise of step t, counted from 0, has variance `amount` ÷ (1 + t)^`decay`.
/// - Throws: nothing.
/// - Source: Neelakantan et al., 2015, arXiv:1511.06807, eq. 1.
public struct GradientNoise: Settings {
  public var amount: Double
  public var decay: Double

  public init() { self.init(amount: 0.01) }
  public init(amount: Double, decay: Double = 0.55) {
    self.amount = amount
    self.decay = decay
  }

  public func deviation(at step: Int) -> Double { (amount / pow(1 + Double(step), decay)).squareRoot() }

  /// Adds the noise of a step to the gradients of some parameters, each drawn by its name.
  package func add(to members: [NamedParameter], at step: Int, seed: UInt64) throws {
    let active = members.filter { $0.parameter.gradient != nil }
    let noise = try active.map { member in
      try Tensor.normal(
        member.parameter.shape, std: deviation(at: step), seed: RandomStream.key(seed: seed, name: member.name),
        device: member.parameter.value.device)
    }
    try Fused.add(active.compactMap(\.parameter.gradient), noise)
  }
}
