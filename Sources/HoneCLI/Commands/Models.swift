import ArgumentParser
import Foundation
import Hone
import HoneTensor

struct Models: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the structures that can be trained; show one's layers, or what a model file holds.",
    discussion: """
      Example:
        hone models
        hone models --family mobilenet --latency
        hone models resnet18 --classes 1000
        hone models runs/photos/model.safetensors
        hone models runs/photos/model.safetensors --write photos.h5

      Counts are for the customary input unless --size says otherwise. Latency is the median time of one picture on \
      this machine, with random weights.
      """)

  @Argument(help: "A structure's name, or a model file; all structures when left out.")
  var model: String?

  @Option(help: "List only families whose name begins so.")
  var family: String?

  @Option(help: "The side of the input in pixels.")
  var size: Int?

  @Option(help: "How many classes the head tells apart.")
  var classes = 10

  @Option(help: "Write a model file's weights for other programs: FILE.pth, FILE.safetensors, or FILE.h5 for Keras.")
  var write: String?

  @Option(
    help: "Whose names the written weights have: torchvision, timm, keras. (default: Hone's, in .h5 Keras's)")
  var names: String?

  @Flag(help: "Measure how long one picture takes here.")
  var latency = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if names != nil, write == nil { throw ValidationError("--names is for weights that --write writes") }
    if write != nil, model == nil {
      throw ValidationError("--write needs a model file: hone models MODEL --write FILE")
    }
  }

  func run() async throws {
    try await Outcome.of {
      guard let model else { return try await list() }
      if let write { return try await export(model, to: write) }
      if FileManager.default.fileExists(atPath: model) { return try describe(file: model) }
      try await describe(structure(model))
    }
  }

  private func structure(_ name: String) -> Structure {
    Structure(name, input: size.map { InputSpec(side: $0) }, classes: classes)
  }

  private func list() async throws {
    let names = try chosen()
    let line = StatusLine()
    var entries: [ModelEntry] = []
    for (index, name) in names.enumerated() {
      if latency { line.show(ProgressText(title: name, fraction: Double(index) / Double(names.count))) }
      entries.append(try await ModelEntry(structure(name), measuring: latency))
    }
    line.clear()
    if json { try Terminal.json(entries) } else { Terminal.result(ModelEntry.table(entries, width: Terminal.width)) }
  }

  private func chosen() throws -> [String] {
    guard let family else { return Structure.names }
    let chosen = Structure.names.filter { structure($0).family.lowercased().hasPrefix(family.lowercased()) }
    guard chosen.isEmpty else { return chosen }
    let families = Set(Structure.names.map { structure($0).family })
    throw HoneError.unknown(family, among: families.sorted(), noun: "a family")
  }

  private func describe(_ structure: Structure) async throws {
    let layers = try structure.summary()
    let entry = try await ModelEntry(structure, measuring: latency)
    if json { return try Terminal.json(ModelLayers(model: entry, layers: layers.rows)) }
    Terminal.result(ModelLayers(model: entry, layers: layers.rows).text(width: Terminal.width))
  }

  private func export(_ file: String, to path: String) async throws {
    try await Engine.run { [names] in try ModelFile.load(file).export(to: path, names: names) }
    let isKeras = path.lowercased().hasSuffix(".h5")
    Terminal.result("\(path) written" + (isKeras ? "; Keras: model.load_weights('\(path)', by_name=True)" : ""))
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
