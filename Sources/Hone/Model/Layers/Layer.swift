import HoneAugment
public import HoneTensor

/// A part of a model that computes: a final class, since its parameters change in training.
///
/// Its one duty besides computing is to name what it holds; files, optimizers, averages and copies all work by those
/// names, which are torchvision's where one exists.
public protocol Layer: AnyObject {
  /// - Shape: `[N, …]` → `[N, …]`, as the layer's plan says.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor

  /// Yields parts, parameters and buffers in a fixed order.
  func visit(_ visitor: inout Visitor)
}

/// A layer that draws random numbers in training, keyed by its place in the model.
protocol Drawing: Layer {
  var name: String { get set }
}

/// A layer whose outputs cost something.
protocol Charging: Layer {
  /// What the last pass of training costs, once.
  func takeCharge() -> Tensor?
}

/// A layer that can be made cheaper once its statistics no longer change, with the same outputs.
protocol Foldable: Layer {
  func fold() throws
}

/// What a forward pass needs to know.
public final class Pass: Sendable {
  /// Dropout drops, and norms that are not frozen use the batch's statistics.
  public let training: Bool
  /// This step's key; each layer mixes in its own name.
  public let seed: UInt64
  /// How much of their chances the random layers use at the moment.
  public let strength: Strength
  /// Whether the batch has been seen before: norms use its statistics once more, and do not keep them.
  public let isRepeated: Bool

  public init(training: Bool = false, seed: UInt64 = 0, strength: Strength = Strength(), isRepeated: Bool = false) {
    self.training = training
    self.seed = seed
    self.strength = strength
    self.isRepeated = isRepeated
  }

  /// The same pass once more over the same batch, with the same draws.
  package func again() -> Pass {
    Pass(training: training, seed: seed, strength: strength, isRepeated: true)
  }

  /// Factors of the chances that layers were made with, 0…1.
  public struct Strength: Sendable, Hashable {
    public var dropPath = 1.0
    public var noise = 1.0
    public init() {}
  }

  public static let evaluation = Pass()

  /// The seed of one layer's draws in this pass.
  public func seed(for name: String) -> UInt64 { RandomStream.key(seed: seed, name: name) }
}

/// A parameter together with its plan, as a layer holds it.
public struct HeldParameter {
  public let plan: ParameterPlan
  public let parameter: Parameter

  /// A parameter of zeros.
  public init(_ plan: ParameterPlan) throws {
    self.plan = plan
    parameter = try Parameter(.zeros(plan.shape))
  }

  var value: Tensor { parameter.value }
}

/// A parameter of a model, with its full name.
public struct NamedParameter {
  public let name: String
  public let parameter: Parameter
  public let role: ParameterRole
  public let layer: LayerKind
  public let initialization: Initialization

  public init(
    name: String, parameter: Parameter, role: ParameterRole, layer: LayerKind, initialization: Initialization = .zeros
  ) {
    self.name = name
    self.parameter = parameter
    self.role = role
    self.layer = layer
    self.initialization = initialization
  }
}

/// Something of a model that is saved with it and has no gradient.
public struct NamedBuffer {
  public let name: String
  public let buffer: Buffer
}

/// Gathers what layers hold, under their full names.
public struct Visitor {
  public private(set) var parameters: [NamedParameter] = []
  public private(set) var buffers: [NamedBuffer] = []
  public private(set) var layers: [(name: String, layer: any Layer)] = []
  private var path: [String] = []

  public init() {}

  /// A part under a name of its own.
  public mutating func child(_ name: String, _ layer: any Layer) {
    path.append(name)
    part(layer)
    path.removeLast()
  }

  /// A part whose names are those of the layer that holds it.
  public mutating func part(_ layer: any Layer) {
    layers.append((path.joined(separator: "."), layer))
    layer.visit(&self)
  }

  public mutating func parameter(_ held: HeldParameter, of layer: LayerKind) {
    parameters.append(
      NamedParameter(
        name: full(held.plan.name), parameter: held.parameter, role: held.plan.role, layer: layer,
        initialization: held.plan.initialization))
  }

  public mutating func buffer(_ name: String, _ buffer: Buffer) {
    buffers.append(NamedBuffer(name: full(name), buffer: buffer))
  }

  private func full(_ name: String) -> String { (path + [name]).joined(separator: ".") }
}
