internal import HoneTensor

/// Passes its input on, and makes training pay for it.
///
/// - Shape: any → the same.
/// - Units: `l1` and `l2` multiply Σ|x| and Σx² of a picture.
/// - Throws: `EngineError`.
/// - Source: Keras's `ActivityRegularization` and `activity_regularizer`.
public struct ActivityPenalty: LeafPlan, NamedSettings {
  public static let name = "activityPenalty"
  public var l1: Double
  public var l2: Double

  public init() { self.init(l1: 0) }
  public init(l1: Double = 0, l2: Double = 0) {
    self.l1 = l1
    self.l2 = l2
  }

  public static func l1(_ amount: Double) -> ActivityPenalty { ActivityPenalty(l1: amount) }
  public static func l2(_ amount: Double) -> ActivityPenalty { ActivityPenalty(l2: amount) }

  public var demands: [Demand] { Demand.notNegative(["l1": l1, "l2": l2]) }

  public var kind: LayerKind { .activation }
  public func output(of shape: [Int]) -> [Int] { shape }
  public func make() -> any Layer { ActivityPenaltyLayer(self) }
}

private final class ActivityPenaltyLayer: Charging {
  private let plan: ActivityPenalty
  private var charge: Tensor?
  init(_ plan: ActivityPenalty) { self.plan = plan }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    if pass.training { charge = try price(x.to(.float32)).div(Double(x.shape[0])) }
    return x
  }

  private func price(_ x: Tensor) throws -> Tensor {
    let absolute = try plan.l1 == 0 ? nil : x.abs().sum().mul(plan.l1)
    guard plan.l2 != 0 else { return try absolute ?? .zeros([]) }
    let squares = try x.square().sum().mul(plan.l2)
    return try absolute?.add(squares) ?? squares
  }

  func takeCharge() -> Tensor? {
    defer { charge = nil }
    return charge
  }

  func visit(_ visitor: inout Visitor) {}
}
