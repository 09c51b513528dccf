import ArgumentParser
import Foundation
import Hone

struct Models: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the structures that can be trained; show one's layers, or what a model file holds.",
    discussion: """
      Example:
        hone models
        hone models resnet18
        hone models runs/photos/model.safetensors

      Counts are for the customary input and ten classes.
      """)

  @Argument(help: "A structure's name, or a model file; all structures when left out.")
  var model: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    try await Outcome.of {
      guard let model else { return try list() }
      if FileManager.default.fileExists(atPath: model) { try describe(file: model) } else { try describe(name: model) }
    }
  }

  private struct Entry: Encodable {
    var name: String
    var title: String
    var input: InputSpec
    var parameters: Int
    var multiplyAdds: Int
  }

  private func list() throws {
    let entries = try Structure.names.map { name in
      let structure = Structure(name, classes: 10)
      let table = try structure.summary()
      return Entry(
        name: name, title: structure.title, input: structure.input, parameters: table.parameters,
        multiplyAdds: table.multiplyAdds)
    }
    if json { return try Terminal.json(entries) }
    var table = TextTable([
      ("structure", .left), ("input", .right), ("parameters", .right), ("multiply-adds", .right), ("", .left),
    ])
    for entry in entries {
      table.add([
        entry.name, "\(entry.input.height)×\(entry.input.width)", Figures.count(entry.parameters),
        Figures.count(entry.multiplyAdds), entry.title,
      ])
    }
    Terminal.result(table.text)
  }

  private func describe(name: String) throws {
    let structure = Structure(name, classes: 10)
    let layers = try structure.summary()
    if json { return try Terminal.json(layers.rows) }
    var table = TextTable([("layer", .left), ("kind", .left), ("output", .left), ("parameters", .right)])
    for row in layers.rows {
      table.add([
        row.name, row.kind.rawValue, row.output.map(String.init).joined(separator: "×"),
        "\(row.parameters)",
      ])
    }
    Terminal.result(table.text)
    Terminal.result("\(structure.name), \(structure.input): \(Figures.count(layers.parameters)) parameters")
  }

  private func describe(file: String) throws {
    let header = try ModelFile.header(file)
    if json { return try Terminal.json(header) }
    Terminal.result(
      """
      structure  \(header.structure.name), input \(header.structure.input)
      classes    \(header.classes.count): \(header.classes.joined(separator: ", "))
      format     \(header.formatVersion)
      """)
  }
}
