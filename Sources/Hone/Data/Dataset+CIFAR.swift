import Foundation

extension Dataset {
  /// The CIFAR binary files: 32×32 colour pictures, each after its label byte (CIFAR-10) or its two (CIFAR-100).
  ///
  /// - Parameter path: one `.bin` file, or a folder of them; names with `test` in them are the test part.
  /// - Classes: named by `batches.meta.txt` or `fine_label_names.txt` beside the files; else CIFAR-10's ten names, or
  ///   numbers. CIFAR-100's coarse labels are passed over.
  /// - Throws: `HoneError` when a file's length or a label does not fit the format.
  /// - Source: Krizhevsky, 2009, "Learning Multiple Layers of Features from Tiny Images"; the "binary version".
  public init(cifar path: String) throws(HoneError) {
    let files = try BinaryFiles.list(path) { $0.hasSuffix(".bin") }
    let folder = FileKind(of: path).isFolder ? path : Paths.parent(path)
    let variant = try CIFAR.variant(of: files, folder: folder)
    var samples: [Sample] = []
    var split: [Part: [Int]] = [:]
    for file in files {
      let records = try variant.records(of: file.path)
      let part: Part = file.name.lowercased().contains("test") ? .test : .train
      split[part, default: []] += samples.count..<samples.count + records.count
      samples += records
    }
    self.init(
      name: Paths.last(path), root: folder, classes: variant.classes, samples: samples,
      predefinedSplit: split.count > 1 ? split : nil)
  }
}

/// Files of raw records: one, or all in a folder that a rule accepts.
enum BinaryFiles {
  static func list(
    _ path: String, where accepted: (String) -> Bool
  ) throws(HoneError) -> [(path: String, name: String)] {
    guard FileKind(of: path).isFolder else { return [(path, Paths.last(path))] }
    let files = try FolderListing(of: path).entries.filter { entry in
      if case .file = entry.kind { !entry.isHidden && accepted(entry.name) } else { false }
    }
    guard !files.isEmpty else {
      throw HoneError(.emptyData, "no file of raw pictures in '\(path)'", context: ["file": path])
    }
    return files.map { ($0.path, $0.name) }
  }
}

private struct CIFAR {
  private static let format = RecordFormat(height: 32, width: 32, channels: 3, layout: .planar)
  /// Label bytes before each picture; the last one counts.
  let labelBytes: Int
  let classes: [String]

  private var recordBytes: Int { labelBytes + Self.format.bytes }

  static func variant(of files: [(path: String, name: String)], folder: String) throws(HoneError) -> CIFAR {
    let hundred = names(Paths.join(folder, "fine_label_names.txt"))
    let ten = names(Paths.join(folder, "batches.meta.txt"))
    let variants = [
      CIFAR(labelBytes: 1, classes: ten ?? tenNames),
      CIFAR(labelBytes: 2, classes: hundred ?? (0..<100).map(String.init)),
    ]
    let ordered = hundred == nil ? variants : variants.reversed()
    let sizes = files.map { if case .file(let bytes) = FileKind(of: $0.path) { bytes } else { 0 } }
    guard let variant = ordered.first(where: { kind in sizes.allSatisfy { $0 > 0 && $0 % kind.recordBytes == 0 } })
    else {
      throw HoneError(
        .malformed,
        "the length of '\(files[0].path)' is no multiple of 3073 (CIFAR-10) or 3074 bytes (CIFAR-100); fetch it again",
        file: files[0].path)
    }
    return variant
  }

  private static let tenNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  private static func names(_ path: String) -> [String]? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let names = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    return names.isEmpty ? nil : names.filter { !$0.isEmpty }
  }

  func records(of path: String) throws(HoneError) -> [Sample] {
    var reader = FileReader()
    let bytes = try reader.read(path)
    var samples: [Sample] = []
    samples.reserveCapacity(bytes.count / recordBytes)
    for start in stride(from: 0, to: bytes.count - recordBytes + 1, by: recordBytes) {
      let label = Int(bytes[start + labelBytes - 1])
      guard label < classes.count else {
        throw HoneError(
          .malformed, "record \(start / recordBytes) of '\(path)' has label \(label) of \(classes.count) classes",
          file: path)
      }
      samples.append(
        Sample(source: .record(file: path, offset: start + labelBytes, format: Self.format), label: label))
    }
    return samples
  }
}
