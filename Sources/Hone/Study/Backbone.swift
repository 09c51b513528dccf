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
}
