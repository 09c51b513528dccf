package import HoneTensor

/// A picture processed by a body, and added to itself or to a shortcut of itself.
///
/// In training the body may be left out for a picture now and then, and counts the more for the others: stochastic depth.
/// Or it is shaken instead of left out: multiplied by one random number on the way forwards, and by another on the way back.
///
/// - Shape: `[N, …]` → what the body gives.
/// - Units: `dropPath` is the chance that the body is left out.
/// - Randomness: one draw per picture where `dropPath` is above 0, two more where it shakes.
/// - Throws: `HoneError` where body and shortcut end in different shapes.
/// - Source: He et al., 2015, arXiv:1512.03385; Huang et al., 2016, arXiv:1603.09382; ShakeDrop: Yamada et al., 2018,
///   arXiv:1802.02375, eq. 6, drawn for each picture.
public struct Residual: LayerPlan {
  /// Its parts are named as if they were the block's own.
  public var body: Sequential
  public var shortcut: NamedPlan?
  public var activation: Activation
  public var dropPath: Double
  /// Whether the body is shaken where it would be left out.
  public var shakes = false

  public init(
    _ body: Sequential, shortcut: NamedPlan? = nil, activation: Activation = .identity, dropPath: Double = 0
  ) {
    self.body = body
    self.shortcut = shortcut
    self.activation = activation
    self.dropPath = dropPath
  }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let output = try body.trace(shape, &trace)
    let other = try shortcut.map { part in try trace.within(part.name) { try part.plan.trace(shape, &$0) } } ?? shape
    guard output == other else { throw misfit(other, "\(output), the body's shape,") }
    return output
  }

  public func make() throws -> any Layer { try ResidualLayer(self) }

  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan {
    var mapped = self
    mapped.body = try body.mappingParts(at: path, change)
    mapped.shortcut = try shortcut.map { ($0.name, try $0.plan.mapped(at: joined(path, $0.name), change)) }
    mapped.activation = try change(path, activation) as? Activation ?? activation
    return try change(path, mapped)
  }
}

package final class ResidualLayer: Drawing {
  let body: SequentialLayer
  let shortcut: (name: String, layer: any Layer)?
  let activation: Activation
  package let dropPath: Double
  private let shakes: Bool
  package internal(set) var name = ""

  init(_ plan: Residual) throws {
    body = try SequentialLayer(plan.body)
    shortcut = try plan.shortcut.map { ($0.name, try $0.plan.make()) }
    activation = plan.activation
    dropPath = plan.dropPath
    shakes = plan.shakes
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let other = try shortcut?.layer(x, pass) ?? x
    let chance = pass.training ? dropPath * pass.strength.dropPath : shakes ? dropPath : 0
    guard chance > 0 else { return try body(x, pass, adding: other, then: activation) }
    let part = try body(x, pass)
    let kept = try shakes ? shaken(part, chance, pass) : part.mul(survivors(part).dropout(chance, seed: seed(pass)))
    return try activation.applied(to: kept.add(other))
  }

  private func seed(_ pass: Pass, _ draw: String = "") -> UInt64 { pass.seed(for: name + draw) }

  /// A one for each picture.
  private func survivors(_ x: Tensor) throws -> Tensor {
    try .ones([x.shape[0]] + Array(repeating: 1, count: x.rank - 1), dtype: x.dtype, device: x.device)
  }

  /// Bodies that would be left out times a number of -1…1, and their gradients times another of 0…1; in evaluation the
  /// mean of the former.
  private func shaken(_ part: Tensor, _ chance: Double, _ pass: Pass) throws -> Tensor {
    guard pass.training else { return try part.mul(1 - chance) }
    let shape = try survivors(part).shape
    func factor(_ range: ClosedRange<Double>, _ draw: String) throws -> Tensor {
      let lost = try Tensor.bernoulli(shape, chance: chance, seed: seed(pass), dtype: part.dtype, device: part.device)
      let number = try Tensor.uniform(
        shape, in: range, seed: seed(pass, draw), dtype: part.dtype, device: part.device)
      return try lost.mul(number.sub(1)).add(1)
    }
    let (forwards, backwards) = (try factor(-1...1, ".forwards"), try factor(0...1, ".backwards"))
    return try part.mul(backwards).add(part.detach().mul(forwards.sub(backwards)))
  }

  package func visit(_ visitor: inout Visitor) {
    visitor.part(body)
    if let shortcut { visitor.child(shortcut.name, shortcut.layer) }
  }
}

/// The parameterless shortcut of the CIFAR networks: every second pixel, and channels of zeros on both sides.
///
/// - Shape: `[N, C, H, W]` → `[N, channels, ⌈H/2⌉, ⌈W/2⌉]`.
/// - Units: none.
/// - Throws: nothing.
/// - Source: He et al., 2015, arXiv:1512.03385, §3.3, option A.
public struct PaddedShortcut: LeafPlan, Hashable {
  public var channels: Int
  public init(channels: Int) { self.channels = channels }

  public var kind: LayerKind { .shortcut }
  public func output(of shape: [Int]) -> [Int] { [channels] + shape[1...].map { ($0 + 1) / 2 } }
  public func make() -> any Layer { PaddedShortcutLayer(channels) }
}

final class PaddedShortcutLayer: Layer {
  let channels: Int
  init(_ channels: Int) { self.channels = channels }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let missing = channels - x.shape[1]
    return try x.maxPool2d(1, stride: 2).pad([0, 0, 0, 0, missing / 2, missing - missing / 2])
  }

  func visit(_ visitor: inout Visitor) {}
}
