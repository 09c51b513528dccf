import ArgumentParser
import Foundation
import Hone
import HoneAugment
import HoneImage

struct Augment: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what augmentation does to pictures, save augmented copies, or look a transform up.",
    discussion: """
      Example:
        hone augment photos/ --preview grid.png
        hone augment photos/ --only Rotate:degrees=-30...30,border=reflect --preview turned.png
        hone augment photos/ --recipe recipe.yaml --write photos-augmented/ --copies 4
        hone augment --describe RandomPosterize
        hone augment photos/ --gallery transforms.html

      The preview holds a row for each picture: the original, then copies as training would see them, with what was \
      drawn under each. Copies are the same for the same seed. Without a recipe pictures are mirrored, turned by up to \
      15 degrees, cropped and varied in colour.
      """)

  @Argument(help: "A folder of class folders, a table of paths and labels, CIFAR or IDX files.")
  var data: String?

  @Option(help: "A recipe, whose augmentation is shown.")
  var recipe: String?

  @Option(help: "A pipeline in a file of its own, YAML or JSON.")
  var pipeline: String?

  @Option(help: "One step alone, as Name or Name:parameter=value,… ; again for another one after it.")
  var only: [String] = []

  @Flag(help: "List all transforms, family by family.")
  var list = false

  @Option(help: "Say what goes by a name, in Hone or in another library.")
  var describe: String?

  @Option(help: "A PNG file to draw originals beside their copies in.")
  var preview: String?

  @Option(help: "An HTML file that shows every transform on three pictures, from weak to strong.")
  var gallery: String?

  @Option(help: "A folder to save augmented copies of every picture in.")
  var write: String?

  @Option(help: "Copies of each picture.")
  var copies = 4

  @Option(help: "Pictures in the preview, spread over the classes.")
  var pictures = 6

  @Option(help: "The number that all draws come from.")
  var seed: UInt64 = 0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if list || describe != nil { return }
    guard data != nil else { throw ValidationError("say which pictures, or --list, or --describe NAME") }
    guard preview != nil || write != nil || gallery != nil else {
      throw ValidationError("say what to make: --preview grid.png, --write folder/, --gallery page.html")
    }
    guard [recipe != nil, pipeline != nil, !only.isEmpty].filter({ $0 }).count < 2 else {
      throw ValidationError("--recipe, --pipeline and --only exclude each other")
    }
    guard copies > 0, pictures > 0 else { throw ValidationError("--copies and --pictures begin at 1") }
  }

  func run() async throws {
    try await Outcome.of {
      if let describe { return try CatalogueText.describe(describe, json: json) }
      if list { return try CatalogueText.list(json: json) }
      if let data { try make(of: Dataset(at: data)) }
    }
  }

  private func make(of dataset: Dataset) throws {
    let augmenter = Augmenter(pipeline: try steps(), seed: seed, copies: copies)
    var written = Written(preview: preview, gallery: gallery)
    if let preview { try augmenter.sheet(of: dataset, pictures: pictures).writePNG(to: preview) }
    if let gallery {
      let examples = dataset.examples(4)
      let page = TransformGallery(examples.prefix(3).map(\.image), reference: examples.last?.path)
      try AtomicFile.write(Array(page.html().utf8), to: gallery)
    }
    if let write { written.problems = try augmenter.write(dataset, into: write, counting: &written.pictures) }
    for problem in written.problems { Terminal.note("passed over: \(problem)") }
    if json { try Terminal.json(written) } else { Terminal.result(written.text(folder: write)) }
  }

  private func steps() throws -> Pipeline {
    if !only.isEmpty { return Pipeline(try only.map { try Step(written: $0) }) }
    if let pipeline { return try Pipeline(contentsOf: pipeline) }
    guard let recipe else { return .customary }
    guard let pipeline = try Recipe(contentsOf: recipe).augmentation else {
      throw HoneError(.invalidValue, "\(recipe) has no augmentation to show", file: recipe, key: "augmentation")
    }
    return pipeline
  }

  private struct Written: Encodable {
    var preview: String?
    var gallery: String?
    var pictures = 0
    var problems: [String] = []

    func text(folder: String?) -> String {
      [
        preview.map { "preview: \($0)" }, gallery.map { "gallery: \($0)" },
        folder.map { "\(pictures) pictures in \($0)" },
      ]
      .compactMap(\.self).joined(separator: "\n")
    }
  }
}

extension Pipeline {
  /// What suits most photographs.
  static var customary: Pipeline {
    Pipeline {
      RandomResizedCrop(height: 224, width: 224, area: 0.5...1)
      Flip(.horizontal).applied(0.5)
      Rotate(degrees: -15...15)
      ColorJitter()
    }
  }
}

/// Makes augmented copies: the n-th copy of a picture is what epoch n of training sees.
struct Augmenter: Sendable {
  let pipeline: Pipeline
  let seed: UInt64
  let copies: Int

  func copies(of picture: Image<UInt8>, position: Int, label: Int) -> [Image<UInt8>] {
    (0..<copies).map { epoch in
      let key = SampleKey(seed: seed, epoch: epoch, position: position)
      let plan = pipeline.plan(for: picture.size, channels: picture.channels, key: key, label: label)
      return plan.applied(to: picture)
    }
  }

  /// Originals beside their copies, a row each, of as many classes as there are rows.
  func sheet(of dataset: Dataset, pictures: Int) throws -> Image<UInt8> {
    let originals = dataset.examples(pictures).map { PreviewGrid.Cell($0.image, caption: $0.title) }
    return PreviewGrid(pipeline, of: originals, copies: copies, seed: seed).drawn()
  }

  /// Saves copies of every picture under its class's folder; returns what could not be read.
  func write(_ dataset: Dataset, into folder: String, counting written: inout Int) throws -> [String] {
    var problems: [String] = []
    var taken: Set<String> = []
    for (index, sample) in dataset.samples.enumerated() {
      do {
        let original = try dataset.picture(at: index)
        let directory = folder + "/" + Self.folderName(dataset.classes[sample.label])
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var file = directory + "/" + Self.fileName(dataset.title(of: index))
        // "a.jpg" and "a.png" are two pictures.
        if !taken.insert(file).inserted { file += "-of-\(index)" }
        for (number, copy) in copies(of: original, position: index, label: sample.label).enumerated() {
          try copy.writePNG(to: "\(file)-\(number + 1).png")
          written += 1
        }
      } catch let error as HoneError where error.code == .unreadable {
        problems.append(error.message)
      }
    }
    return problems
  }

  private static func folderName(_ name: String) -> String {
    name.replacingOccurrences(of: "/", with: "_").trimmingCharacters(in: CharacterSet(charactersIn: "."))
  }

  /// A name without the characters that separate folders, nor an ending.
  private static func fileName(_ title: String) -> String {
    URL(filePath: folderName(title)).deletingPathExtension().lastPathComponent
  }
}

/// A picture to look at.
private struct Example {
  let image: Image<UInt8>
  let title: String
  /// The picture's own file.
  let path: String?
}

extension Dataset {
  /// The first readable pictures of every class in turn.
  fileprivate func examples(_ count: Int) -> [Example] {
    let byClass = Dictionary(grouping: samples.indices) { samples[$0].label }
    let ranked = byClass.values.flatMap { $0.enumerated().map { (rank: $0.offset, index: $0.element) } }
    let order = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }
    return Array(order.lazy.compactMap { self.example(at: $0.index) }.prefix(count))
  }

  private func example(at index: Int) -> Example? {
    guard let image = try? picture(at: index) else { return nil }
    let path: String? = if case .file(let path) = samples[index].source { path } else { nil }
    return Example(image: image, title: title(of: index), path: path)
  }
}
