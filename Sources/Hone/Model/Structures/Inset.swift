/// A layer put after others of a network by their kind or name, or a disturbance of their weights.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: none: ours. Names are those of the layer table (`hone models NAME`); in patterns `*` stands for any text.
public struct Inset: Settings {
  public var put: OneOf<Insets>
  public var after: LayerFilter
  /// Whether it works on the layers' kernels instead of their outputs: dropout of weights is DropConnect.
  public var onWeights: Bool

  public init() { self.init(Dropout(), after: LayerFilter()) }

  public init(_ layer: any LeafPlan & NamedSettings, after: LayerFilter, onWeights: Bool = false) {
    put = OneOf(layer)
    self.after = after
    self.onWeights = onWeights
  }
}

/// Every layer that a recipe can put after others.
public enum Insets: KindFamily {
  public static let noun = "a layer to put after others"
  public static let known: [any NamedSettings.Type] = Disturbances.known + [ActivityPenalty.self]
  public typealias Kind = any LeafPlan & NamedSettings
}

/// Layers by their kind and by their name; an empty list lets everything pass.
public struct LayerFilter: Settings {
  public var layers: [LayerKind]
  public var names: [String]

  public init() { self.init(layers: []) }
  public init(layers: [LayerKind] = [], names: [String] = []) {
    self.layers = layers
    self.names = names
  }

  func accepts(_ plan: any LayerPlan, named name: String) -> Bool {
    guard let leaf = plan as? any LeafPlan else { return false }
    return (layers.isEmpty || layers.contains(leaf.kind))
      && (names.isEmpty || names.contains { ParameterFilter.matches(name, pattern: $0) })
  }
}

extension Structure {
  /// Puts each inset where it belongs, in the trunk and in the head.
  ///
  /// - Throws: `HoneError` `.conflict` where one belongs nowhere.
  func insert(_ insets: [Inset], into trunk: inout Sequential, _ head: inout HeadPlan) throws {
    for inset in insets {
      var count = 0
      let change: PlanChange = { path, plan in
        guard inset.after.accepts(plan, named: path), let changed = inset.applied(to: plan) else { return plan }
        count += 1
        return changed
      }
      trunk = try trunk.mappingParts(change)
      head.body = try head.body.mapped(at: head.name, change)
      guard count > 0 else {
        throw HoneError(
          .conflict,
          "\(name) has no layer for an inset; see its layers' names and kinds with 'hone models \(name)'",
          context: ["key": "insets", "structure": name])
      }
    }
  }
}

extension Inset {
  /// A layer with the inset; nil where it cannot have one.
  fileprivate func applied(to plan: any LayerPlan) -> (any LayerPlan)? {
    guard onWeights else { return Sequential([("", plan), ("inset", put.value)]) }
    guard let noise = (put.value as? any Disturbance).map({ OneOf<Disturbances>($0) }) else { return nil }
    switch plan {
    case var convolution as Convolution:
      convolution.noise = noise
      return convolution
    case var dense as Dense:
      dense.noise = noise
      return dense
    default: return nil
    }
  }
}
