internal import HoneTensor

/// Keeps gradients within float16's small range: the loss is multiplied by as much as they bear, and they are divided by it.
///
/// Steps whose gradients grew beyond the range are left out, and the factor is halved; after many good ones it is doubled.
///
/// - Source: Micikevicius et al., 2017, arXiv:1710.03740, §3.2; `torch.amp.GradScaler`.
package struct LossScale: Codable, Sendable, Hashable {
  package private(set) var factor = 65536.0
  /// Good steps since the factor last changed.
  private var steady = 0
  /// Steps that were left out.
  package private(set) var skipped = 0

  package init() {}

  /// Nil for precisions that need none.
  init?(for precision: Precision?) {
    guard precision == .float16 else { return nil }
    self.init()
  }

  /// Takes a step's gradients into account.
  ///
  /// - Throws: `HoneError` `.diverged` where they are not finite even unscaled.
  package mutating func judge(isFinite: Bool) throws {
    steady = isFinite ? steady + 1 : 0
    if !isFinite {
      skipped += 1
      factor /= 2
    } else if steady == Self.patience {
      factor *= 2
      steady = 0
    }
    guard factor >= 1 else { throw Self.hopeless }
  }

  private static let patience = 2000

  private static var hopeless: HoneError {
    HoneError(
      .diverged,
      "gradients are beyond float16's range however little the loss is scaled; lower optimizer.rate, or choose "
        + "precision: bfloat16 or float32", context: ["key": "precision"])
  }
}

extension Trainer {
  /// Divides the gradients by what the loss was multiplied by; false where the step is to be left out.
  func unscaleGradients() throws -> Bool {
    guard let factor = state.lossScale?.factor else { return true }
    let gradients = work.optimizer.members.compactMap(\.parameter.gradient)
    try Fused.scale(gradients, by: 1 / factor)
    let isFinite = try Fused.globalNorm(gradients).isFinite
    try state.lossScale?.judge(isFinite: isFinite)
    return isFinite
  }
}
