public import HoneTensor

/// A layer that disturbs numbers in training, and leaves them alone in evaluation. A new one is a value here, and a line in
/// `Disturbances.known`.
public protocol Disturbance: LeafPlan, NamedSettings {
  /// - Parameter strength: a factor of its chance or its spread, 0…1.
  /// - Returns: numbers of the same shape and, but for the chance, of the same mean.
  func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor
}

extension Disturbance {
  public var kind: LayerKind { .dropout }
  public func output(of shape: [Int]) -> [Int] { shape }
  public func make() -> any Layer { DisturbingLayer(self) }
}

/// Every disturbance that a recipe can name.
public enum Disturbances: KindFamily {
  public static let noun = "a disturbance"
  public static let known: [any NamedSettings.Type] = [
    Dropout.self, SpatialDropout.self, AlphaDropout.self, GaussianDropout.self, GaussianNoise.self, DropBlock.self,
  ]
  public typealias Kind = any Disturbance
}

final class DisturbingLayer: Drawing {
  private let plan: any Disturbance
  var name = ""
  init(_ plan: any Disturbance) { self.plan = plan }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard pass.training, pass.strength.noise > 0 else { return x }
    return try plan.applied(to: x, strength: pass.strength.noise, seed: pass.seed(for: name))
  }

  func visit(_ visitor: inout Visitor) {}
}

extension HeldParameter {
  /// The weights, disturbed in training where the plan says so.
  func value(in pass: Pass, _ noise: OneOf<Disturbances>?, _ name: String) throws -> Tensor {
    guard let noise = noise?.value, pass.training, pass.strength.noise > 0 else { return value }
    return try noise.applied(to: value, strength: pass.strength.noise, seed: pass.seed(for: name + ".weight"))
  }
}
