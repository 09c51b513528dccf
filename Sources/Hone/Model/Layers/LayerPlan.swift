/// What a parameter is for; rules about regularization, decay and rates choose by it.
public enum ParameterRole: String, Sendable, Hashable, Codable, CaseIterable {
  /// A matrix or filter bank.
  case kernel
  case bias
  /// The factor of a normalization.
  case normScale
  /// The summand of a normalization.
  case normShift
  /// What is added to tokens, or is one.
  case embedding
}

/// What kind of layer something is.
public enum LayerKind: String, Sendable, Hashable, Codable, CaseIterable {
  case convolution, dense, norm, activation, pool, flatten, dropout, shortcut, attention, embedding, scale
}

/// How a parameter begins.
///
/// - Source: Glorot & Bengio, 2010; He et al., 2015, arXiv:1502.01852; PyTorch's `torch.nn.init` for the conventions;
///   `partlyIdentity` and `principalPatches`: Jordan, 2024, arXiv:2404.00498, §3.
public enum Initialization: Sendable, Hashable {
  case zeros
  case ones
  case constant(Double)
  /// Uniform in ±√(6 / (fan in + fan out)): Keras's default.
  case glorotUniform
  /// Normal with deviation √(2 / fan in), or fan out.
  case heNormal(fanOut: Bool)
  /// Uniform in ±√(6 / fan in).
  case heUniform
  case normal(deviation: Double)
  /// Uniform in ±bound. PyTorch's default is 1 / √(fan in).
  case uniform(bound: Double)
  /// The first filters pass one channel each through; the others are uniform in ±1 / √(fan in).
  case partlyIdentity
  /// The principal patches of the training pictures, scaled to the same spread, and their negatives; uniform in
  /// ±1 / √(fan in) until they are fitted.
  ///
  /// - Units: `epsilon` is added to each patch's variance.
  case principalPatches(epsilon: Double)
}

/// One parameter of a layer before it exists.
public struct ParameterPlan: Sendable, Hashable {
  public var name: String
  public var shape: [Int]
  public var role: ParameterRole
  public var initialization: Initialization

  public init(_ name: String, _ shape: [Int], _ role: ParameterRole, _ initialization: Initialization) {
    self.name = name
    self.shape = shape
    self.role = role
    self.initialization = initialization
  }

  public var count: Int { shape.reduce(1, *) }
}

/// A part of a structure under its name; an empty name leaves the part's own names as they are.
public typealias NamedPlan = (name: String, plan: any LayerPlan)

/// A layer as a value: its shapes and counts are known before any memory is taken for it.
///
/// Structures are trees of these; ``make()`` turns one into the ``Layer`` that computes.
public protocol LayerPlan: Sendable {
  /// Follows a picture's shape (without the batch) through the layer, noting each part.
  ///
  /// - Throws: `HoneError` (`.inputTooSmall`) where a window no longer fits.
  func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int]

  /// The layer, its parameters zero.
  func make() throws -> any Layer

  /// The same with all that it is made of, and then itself, replaced by what `change` makes of them.
  ///
  /// - Parameter path: the name that it has in the whole.
  func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan
}

/// What becomes of a layer plan, known by its name, when a structure is altered as a whole.
public typealias PlanChange = (_ path: String, _ plan: any LayerPlan) throws -> any LayerPlan

extension LayerPlan {
  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan { try change(path, self) }
}

/// The name of a part within a whole; either may be empty.
func joined(_ path: String, _ name: String) -> String {
  path.isEmpty || name.isEmpty ? path + name : path + "." + name
}

/// A layer plan without parts.
public protocol LeafPlan: LayerPlan {
  var kind: LayerKind { get }
  var parameters: [ParameterPlan] { get }
  func output(of shape: [Int]) throws -> [Int]
  /// Multiplications with an addition, for one picture.
  func multiplyAdds(from input: [Int], to output: [Int]) -> Int
}

extension LeafPlan {
  public var parameters: [ParameterPlan] { [] }
  public func multiplyAdds(from input: [Int], to output: [Int]) -> Int { 0 }

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    let output = try output(of: shape)
    trace.note(self, from: shape, to: output)
    return output
  }
}

/// The layer table of a structure, as it is filled.
public struct Trace: Sendable {
  /// One line of the table.
  public struct Row: Sendable, Hashable, Codable {
    public var name: String
    public var kind: LayerKind
    /// Without the batch.
    public var output: [Int]
    public var parameters: Int
    public var multiplyAdds: Int
  }

  public private(set) var rows: [Row] = []
  /// What the layers' plans ask of their weights.
  public private(set) var rules = WeightRules()
  /// The shapes of all parameters by name.
  package private(set) var weights: [String: [Int]] = [:]
  private var path: [String] = []

  public init() {}

  public mutating func within<T>(_ name: String, _ body: (inout Trace) throws -> T) rethrows -> T {
    path.append(name)
    defer { path.removeLast() }
    return try body(&self)
  }

  mutating func note(_ plan: some LeafPlan, from input: [Int], to output: [Int]) {
    let path = path.filter { !$0.isEmpty }
    for parameter in plan.parameters { weights[(path + [parameter.name]).joined(separator: ".")] = parameter.shape }
    rows.append(
      Row(
        name: path.joined(separator: "."), kind: plan.kind, output: output,
        parameters: plan.parameters.map(\.count).reduce(0, +), multiplyAdds: plan.multiplyAdds(from: input, to: output))
    )
  }

  /// Notes what is asked of the weights of the layer at hand.
  mutating func govern(_ rules: WeightRules) {
    self.rules.add(rules.within(path.filter { !$0.isEmpty }.joined(separator: ".")))
  }

  public var parameters: Int { rows.map(\.parameters).reduce(0, +) }
  public var multiplyAdds: Int { rows.map(\.multiplyAdds).reduce(0, +) }
}
