/// The four ways of raising a model's accuracy that Hone knows.
public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
  case augmentation, optimization, regularization, transfer

  /// The family's name as people say it.
  public var title: String {
    switch self {
    case .augmentation: "Data augmentation"
    case .optimization: "Model optimization"
    case .regularization: "Regularization"
    case .transfer: "Knowledge transfer"
    }
  }
}

/// One thing that may raise a model's accuracy: an edit of a recipe, with a name and a sentence.
///
/// ```swift
/// Technique("label smoothing", .regularization, "…") { $0.loss.labelSmoothing = 0.1 }
/// ```
public struct Technique: Sendable {
  public let name: String
  public let family: Family
  /// One sentence for a person who never heard of it.
  public let summary: String
  /// Techniques of one slot are alternatives: at most one of them is in a recipe.
  public let slot: String
  /// Names of techniques, or of slots, without one of which this one means nothing.
  public let needs: Set<String>
  private let edit: @Sendable (inout Recipe) -> Void

  public init(
    _ name: String, _ family: Family, _ summary: String, slot: String? = nil, needs: Set<String> = [],
    edit: @escaping @Sendable (inout Recipe) -> Void
  ) {
    self.name = name
    self.family = family
    self.summary = summary
    self.slot = slot ?? name
    self.needs = needs
    self.edit = edit
  }

  /// The recipe with this technique in it.
  public func applied(to recipe: Recipe) -> Recipe {
    var recipe = recipe
    edit(&recipe)
    return recipe
  }
}

/// What a study measures: the baseline with some techniques in it, none for the baseline itself.
public struct Arm: Sendable, Hashable, Codable {
  public var name: String
  /// The family of a single technique; nil for the baseline and for combinations.
  public var family: Family?
  public var techniques: [String]
  public var summary: String
  public var recipe: Recipe

  public static let baselineName = "baseline"

  public static func baseline(_ recipe: Recipe) -> Arm {
    Arm(
      name: baselineName, family: nil, techniques: [],
      summary: "The classic small network, Adam at 0.001, batches of 32, early stopping.", recipe: recipe)
  }

  /// The baseline with some techniques, applied in the order in which `all` lists them.
  public static func combining(_ names: Set<String>, of all: [Technique], on base: Recipe) -> Arm {
    let chosen = all.filter { names.contains($0.name) }
    return Arm(
      name: chosen.map(\.name).joined(separator: " + "), family: chosen.count == 1 ? chosen.first?.family : nil,
      techniques: chosen.map(\.name), summary: chosen.map(\.summary).joined(separator: " "),
      recipe: chosen.reduce(base) { $1.applied(to: $0) })
  }
}
