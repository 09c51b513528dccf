/// A list of labelled pictures: where each one is and what it shows, not the pixels themselves.
///
/// Made from a folder of class folders, a table of paths and labels, CIFAR or IDX (MNIST) files. Making one looks at file
/// names and at the first bytes of each file; broken pictures are found by `DataReport` or, later, by the `Loader`.
///
/// ```swift
/// let flowers = try Dataset(at: "flowers")
/// print(flowers.classes, flowers.samples.count, flowers.problems.count)
/// ```
public struct Dataset: Sendable {
  /// What a person who made the data set meant a picture for.
  public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
    case train, validation, test
  }

  /// A short name: the last part of the path.
  public let name: String
  /// The folder that holds everything; paths in messages are relative to it.
  public let root: String
  /// Class names; a sample's label is an index into them.
  public let classes: [String]
  public let samples: [Sample]
  /// What was passed over while listing, and why.
  public let problems: [DataProblem]
  /// The parts that the data set came with, as indices of samples; nil when it came in one piece.
  public let predefinedSplit: [Part: [Int]]?

  public init(
    name: String, root: String, classes: [String], samples: [Sample], problems: [DataProblem] = [],
    predefinedSplit: [Part: [Int]]? = nil
  ) {
    self.name = name
    self.root = root
    self.classes = classes
    self.samples = samples
    self.problems = problems
    self.predefinedSplit = predefinedSplit
  }

  public var labels: [Int] { samples.map(\.label) }

  /// How many samples each class has, in the order of `classes`.
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: classes.count)
    for sample in samples { counts[sample.label] += 1 }
    return counts
  }

  /// The part that each sample came in; empty when the data set came in one piece.
  public var parts: [Int: Part] {
    var parts: [Int: Part] = [:]
    for (part, indices) in predefinedSplit ?? [:] { for index in indices { parts[index] = part } }
    return parts
  }

  /// The samples at these indices, in this order, under new indices; all classes are kept.
  public func subset(_ indices: [Int]) -> Dataset {
    let parts = parts
    var split: [Part: [Int]]? = predefinedSplit == nil ? nil : [:]
    for (new, old) in indices.enumerated() {
      if let part = parts[old] { split?[part, default: []].append(new) }
    }
    return Dataset(
      name: name, root: root, classes: classes, samples: indices.map { samples[$0] }, problems: problems,
      predefinedSplit: split)
  }

  /// How a person would name a sample: its path inside the data set, with the number of the record where there are many.
  public func title(of index: Int) -> String {
    switch samples[index].source {
    case .file(let path): relative(path)
    case .record(let path, let offset, let format): "\(relative(path)) record \(offset / format.bytes)"
    }
  }

  func relative(_ path: String) -> String { Paths.relative(path, to: root) }
}

extension Dataset.Part {
  /// The part that a folder or a cell of this name means: `train`, `val`, `valid`, `validation`, `dev`, `test` …
  init?(named name: String) {
    switch name.lowercased() {
    case "train", "training": self = .train
    case "val", "valid", "validation", "dev": self = .validation
    case "test", "testing": self = .test
    default: return nil
    }
  }
}

/// Class names in the order that decides their numbers: by bytes, as Python sorts them; whole numbers by value.
func classOrder(_ names: some Sequence<String>, numbersByValue: Bool) -> [String] {
  let names = Array(Set(names))
  let numbers = names.compactMap { Int($0) }
  if numbersByValue, numbers.count == names.count {
    return names.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
