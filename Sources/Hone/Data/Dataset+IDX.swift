extension Dataset {
  /// IDX files, as MNIST and its kin come: a file of pictures and a file of labels for each part.
  ///
  /// - Parameter path: a file of pictures (`…images…`), or a folder; names with `t10k` or `test` are the test part. The
  ///   labels lie beside them under the same name with `labels` for `images` and `idx1` for `idx3`.
  /// - Pictures: bytes, `[n, height, width]` or `[n, height, width, channels]`. Classes are the numbers up to the largest
  ///   label.
  /// - Throws: `HoneError` when a file breaks the format, is compressed, or has no labels beside it.
  /// - Source: LeCun, Cortes & Burges, "The MNIST database", file formats.
  public init(idx path: String) throws(HoneError) {
    let files = try BinaryFiles.list(path) { $0.contains("images") && !$0.hasSuffix(".gz") }
    var samples: [Sample] = []
    var split: [Part: [Int]] = [:]
    for file in files {
      let records = try IDX.records(pictures: file.path, name: file.name)
      let isTest = file.name.contains("t10k") || file.name.contains("test")
      split[isTest ? .test : .train, default: []] += samples.count..<samples.count + records.count
      samples += records
    }
    let classes = (samples.map(\.label).max() ?? 0) + 1
    self.init(
      name: Paths.last(path), root: FileKind(of: path).isFolder ? path : Paths.parent(path),
      classes: (0..<classes).map(String.init), samples: samples, predefinedSplit: split.count > 1 ? split : nil)
  }
}

enum IDX {
  /// A header: two zeros, 8 for bytes, the number of sides, then each side as four bytes, the greatest first.
  struct Header {
    let sides: [Int]
    var bytes: Int { 4 + 4 * sides.count }

    init?(_ start: some Collection<UInt8>) {
      let start = Array(start)
      guard start.count >= 8, start[0] == 0, start[1] == 0, start[2] == 8, (1...4).contains(start[3]),
        start.count >= 4 + 4 * Int(start[3])
      else { return nil }
      sides = (0..<Int(start[3])).map { side in
        start[(4 + 4 * side)..<(8 + 4 * side)].reduce(0) { $0 << 8 | Int($1) }
      }
    }
  }

  static func records(pictures path: String, name: String) throws(HoneError) -> [Sample] {
    let labels = try labels(for: path, name: name)
    var reader = FileReader()
    guard let header = Header(try reader.read(path, upTo: 20)), header.sides.count >= 3, let format = format(header)
    else { throw malformed(path, "starts with no IDX header of pictures made of bytes") }
    guard header.sides[0] == labels.count else {
      throw malformed(path, "holds \(header.sides[0]) pictures and its labels file \(labels.count) labels")
    }
    guard case .file(let bytes) = FileKind(of: path), bytes == header.bytes + labels.count * format.bytes else {
      throw malformed(path, "is not as long as its header says")
    }
    return labels.enumerated().map { index, label in
      Sample(
        source: .record(file: path, offset: header.bytes + index * format.bytes, format: format), label: Int(label))
    }
  }

  private static func format(_ header: Header) -> RecordFormat? {
    let channels = header.sides.count == 4 ? header.sides[3] : 1
    let (height, width) = (header.sides[1], header.sides[2])
    guard (1...65_536).contains(height), (1...65_536).contains(width), (1...16).contains(channels) else { return nil }
    return RecordFormat(height: height, width: width, channels: channels, layout: .interleaved)
  }

  private static func labels(for path: String, name: String) throws(HoneError) -> [UInt8] {
    let wanted = Paths.join(
      Paths.parent(path), name.replacing("images", with: "labels").replacing("idx3", with: "idx1"))
    guard wanted != path, FileKind(of: wanted) != .absent else {
      throw HoneError(.notFound, "no labels for '\(path)'; they should be in '\(wanted)'", file: path)
    }
    var reader = FileReader()
    let bytes = try reader.read(wanted)
    guard let header = Header(bytes.prefix(8)), header.sides.count == 1, bytes.count == header.bytes + header.sides[0]
    else { throw malformed(wanted, "is no IDX file of labels") }
    return Array(bytes.dropFirst(header.bytes))
  }

  private static func malformed(_ path: String, _ what: String) -> HoneError {
    HoneError(.malformed, "'\(path)' \(what); fetch it again, and unpack it if it is compressed", file: path)
  }
}
