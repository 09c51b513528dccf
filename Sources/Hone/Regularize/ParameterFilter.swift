/// Which parameters a rule is about: by what they are for, by the kind of their layer, by their name.
///
/// A parameter is chosen if it passes all three; an empty list lets everything pass.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: none: ours. Names are torchvision's; in patterns `*` stands for any text.
public struct ParameterFilter: Settings {
  public var roles: [ParameterRole]
  public var layers: [LayerKind]
  public var names: [String]

  public init() { self.init(roles: []) }

  public init(roles: [ParameterRole] = [], layers: [LayerKind] = [], names: [String] = []) {
    self.roles = roles
    self.layers = layers
    self.names = names
  }

  /// Every parameter.
  public static let all = ParameterFilter()
  /// The kernels of convolutions and dense layers: no biases, no norms.
  public static let kernels = ParameterFilter(roles: [.kernel])
  /// What is added to a layer's outputs.
  public static let biases = ParameterFilter(roles: [.bias])
  /// The kernels of convolutions.
  public static let convolutionKernels = ParameterFilter(roles: [.kernel], layers: [.convolution])

  public func accepts(name: String, role: ParameterRole, layer: LayerKind) -> Bool {
    (roles.isEmpty || roles.contains(role)) && (layers.isEmpty || layers.contains(layer))
      && (names.isEmpty || names.contains { Self.matches(name, pattern: $0) })
  }

  /// The same among what a part of a network holds.
  func within(_ path: String) -> ParameterFilter {
    guard !path.isEmpty else { return self }
    return ParameterFilter(
      roles: roles, layers: layers, names: names.isEmpty ? [path + ".*"] : names.map { "\(path).\($0)" })
  }

  /// Whether a name fits a pattern in which `*` stands for any text.
  static func matches(_ name: String, pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return name == pattern }
    guard name.hasPrefix(first), name.dropFirst(first.count).hasSuffix(last) else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
