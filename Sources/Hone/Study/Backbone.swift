import Foundation

/// A pretrained network that a study may begin from: a file, and the network it belongs to.
public struct Backbone: Sendable, Hashable, Codable {
  /// Short, for names of arms: the folder of a model of Hone's own, else the structure.
  public var name: String
  public var choice: ModelChoice

  public init(name: String, choice: ModelChoice) {
    self.name = name
    self.choice = choice
  }

  /// Finds out what a weight file holds.
  ///
  /// Weights whose file name contains `tfsame` came from TensorFlow and are given its padding.
  ///
  /// - Throws: `HoneError` `.unsupported` when no known structure has these weights.
  public init(path: String) throws {
    let file = URL(filePath: path)
    let structure = try Structure(ofBackbone: path, classes: 2)
    var options = structure.options
    if !ModelFile.isModel(path), file.lastPathComponent.lowercased().contains("tfsame") {
      options.padding = .tensorflow
    }
    let folder = file.deletingLastPathComponent().lastPathComponent
    let isOurs = ModelFile.isModel(path) && !folder.isEmpty && folder != "." && folder != "/"
    self.init(
      name: isOurs ? folder : structure.name,
      choice: ModelChoice(structure.name, input: structure.input, head: .linear, options: options, backbone: path))
  }

  /// Whether it was made for pictures so small that networks for photographs would see nothing of them.
  var isSmall: Bool {
    let input = Structure(choice.structure, input: choice.input, classes: 2).input
    return min(input.height, input.width) <= 64
  }

  /// The same without its last stage, whose features know only what it was trained for; nil where there is one stage.
  var withoutLastStage: (choice: ModelChoice, place: String)? {
    guard choice.options.until == nil, let whole = design(until: nil) else { return nil }
    let place = whole.trunk.places.last { design(until: $0).map { $0.features[1...] != whole.features[1...] } ?? false }
    guard let place else { return nil }
    var choice = choice
    choice.head = HeadSpec(.grid)
    choice.options.until = place
    return (choice, place)
  }

  private func design(until place: String?) -> Design? {
    var structure = Structure(choice.structure, input: choice.input, classes: 2, head: .linear, options: choice.options)
    structure.options.until = place
    return try? structure.design()
  }
}
