import HoneTensor

/// Layers one after the other, each with its name. A part with an empty name keeps the names of what it holds.
///
/// - Shape: what the first takes → what the last gives.
/// - Units: none.
/// - Throws: what its parts throw.
/// - Source: PyTorch's `Sequential`.
public struct Sequential: LayerPlan {
  public var parts: [NamedPlan]

  public init(_ parts: [NamedPlan]) { self.parts = parts }

  /// Parts named `0`, `1`, … as PyTorch names them.
  public init(_ plans: [any LayerPlan]) { self.init(plans.enumerated().map { (String($0.offset), $0.element) }) }

  /// Parts one below the other, with `if` and `for` among them, numbered as they come.
  ///
  /// ```swift
  /// let plan = Sequential {
  ///   Convolution(3, 32, kernel: 3, padding: .pixels(1))
  ///   BatchNorm(32)
  ///   Activation.relu
  /// }
  /// ```
  public init(@LayerBuilder _ plans: () throws -> [any LayerPlan]) rethrows { self.init(try plans()) }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    try parts.reduce(shape) { shape, part in try trace.within(part.name) { try part.plan.trace(shape, &$0) } }
  }

  public func make() throws -> any Layer { try SequentialLayer(self) }

  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan {
    try change(path, mappingParts(at: path, change))
  }

  func mappingParts(at path: String = "", _ change: PlanChange) rethrows -> Sequential {
    Sequential(try parts.map { ($0.name, try $0.plan.mapped(at: joined(path, $0.name), change)) })
  }

  /// The same up to the part of this name, such as `layer2` or `features.13`, and with it; nil when there is none.
  func cut(after path: String) -> Sequential? {
    for (index, part) in parts.enumerated() {
      if part.name == path { return Sequential(Array(parts[...index])) }
      guard path.hasPrefix(part.name + "."), let inner = part.plan as? Sequential,
        let rest = inner.cut(after: String(path.dropFirst(part.name.count + 1)))
      else { continue }
      return Sequential(parts[..<index] + [(part.name, rest)])
    }
    return nil
  }

  /// The names of the places where it may be cut: its parts, or those of the one part that it has.
  var places: [String] {
    guard parts.count == 1, let only = parts.first, let inner = only.plan as? Sequential else {
      return parts.map(\.name).filter { !$0.isEmpty }
    }
    return inner.parts.map { "\(only.name).\($0.name)" }
  }
}

/// Gathers the layer plans of a closure.
@resultBuilder public enum LayerBuilder {
  public static func buildExpression(_ plan: any LayerPlan) -> [any LayerPlan] { [plan] }
  public static func buildBlock(_ parts: [any LayerPlan]...) -> [any LayerPlan] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [any LayerPlan]?) -> [any LayerPlan] { part ?? [] }
  public static func buildEither(first part: [any LayerPlan]) -> [any LayerPlan] { part }
  public static func buildEither(second part: [any LayerPlan]) -> [any LayerPlan] { part }
  public static func buildArray(_ parts: [[any LayerPlan]]) -> [any LayerPlan] { parts.flatMap(\.self) }
}

final class SequentialLayer: Foldable {
  private(set) var parts: [(name: String, layer: any Layer)]
  /// The same work in fewer steps, where several parts can be done as one; nil until it is first needed.
  private var fused: [any Layer]?
  private var isFolded = false

  init(_ plan: Sequential) throws {
    parts = try plan.parts.map { ($0.name, try $0.plan.make()) }
  }

  private var steps: [any Layer] {
    if let fused { return fused }
    let steps = Self.fused(isFolded ? leaves : parts.map(\.layer))
    fused = steps
    return steps
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try steps.reduce(x) { try $1($0, pass) } }

  /// All parts, then the sum with `addend`, then the activation: with a norm that comes last, where there is one.
  func callAsFunction(_ x: Tensor, _ pass: Pass, adding addend: Tensor, then activation: Activation) throws -> Tensor {
    let before = try steps.dropLast().reduce(x) { try $1($0, pass) }
    switch steps.last {
    case let norm as BatchNormLayer where activation.curve != nil:
      return try norm(before, pass, adding: addend, then: activation.curve ?? .none)
    case let packed as any Packed where packed.isPacked && activation.curve != nil:
      return try packed.inference(before, adding: addend, then: activation.curve ?? .none)
    case let scale as LayerScaleLayer: return try activation.applied(to: scale(before, adding: addend))
    case let inner as SequentialLayer: return try inner(before, pass, adding: addend, then: activation)
    case let last: return try activation.applied(to: (last?(before, pass) ?? before).add(addend))
    }
  }

  /// What it does, one thing after the other, down to the blocks.
  var units: [any Layer] { steps.flatMap { ($0 as? SequentialLayer)?.units ?? [$0] } }

  /// What it is made of, down to what is no sequence.
  private var leaves: [any Layer] { parts.flatMap { ($0.layer as? SequentialLayer)?.leaves ?? [$0.layer] } }

  private static func fused(_ layers: [any Layer]) -> [any Layer] {
    var steps: [any Layer] = []
    var rest = layers[...]
    while let layer = rest.popFirst() {
      if let block: any Block = PackedBottleneck(layer, rest.prefix(5)) ?? PackedCurve(layer, rest.first)
        ?? ConvolutionReLU(layer, rest.prefix(2)) ?? NormCurve(layer, rest.first)
      {
        steps.append(block)
        rest = rest.dropFirst(block.count - 1)
      } else {
        steps.append(layer)
      }
    }
    return steps
  }

  func visit(_ visitor: inout Visitor) {
    for (name, layer) in parts {
      if name.isEmpty { visitor.part(layer) } else { visitor.child(name, layer) }
    }
  }

  /// Lets each convolution absorb the norm that follows it, and prepares it for inference.
  func fold() throws {
    var kept: [(name: String, layer: any Layer)] = []
    for part in parts {
      if let norm = part.layer as? BatchNormLayer, let convolution = kept.last?.layer as? ConvolutionLayer {
        let (scale, shift) = try norm.affine()
        try convolution.absorb(scale: scale, shift: shift)
      } else {
        kept.append(part)
      }
    }
    for case let convolution as ConvolutionLayer in kept.map(\.layer) { convolution.pack() }
    (parts, fused, isFolded) = (kept, nil, true)
  }
}
