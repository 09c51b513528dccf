package import HoneTensor

/// A price on how fast the loss of each picture rises where it rises fastest, squared.
///
/// The slope is that of a small step in that direction: one derivative suffices, which every operation has.
///
/// - Source: Drucker & LeCun, 1992, doi:10.1109/72.165600; Finlay & Oberman, 2019, arXiv:1905.11468, §3.
package struct GradientPenalty {
  private let amount: Double

  package init(_ amount: Double) { self.amount = amount }

  /// - Parameters:
  ///   - input: `[N, …]`.
  ///   - losses: of an input, `[N]`.
  package func price(_ input: Tensor, losses: (Tensor) throws -> Tensor) throws -> Tensor {
    let leaf = try input.detach().requiresGradient(true)
    let uphill = try Tensor.gradients(of: losses(leaf).sum(), wrt: [leaf])[0] ?? leaf.zerosLike()
    let axes = Array(1..<input.rank)
    let step = try uphill.div(uphill.norm(axes, keepdim: true).add(1e-12)).mul(Self.reach)
    let slopes = try losses(input.add(step)).sub(losses(input)).div(Self.reach)
    return try slopes.square().mean().mul(amount)
  }

  /// The length of the step.
  private static let reach = 0.01
}
