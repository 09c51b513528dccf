import HoneImage

/// Tells pictures from other files by their first bytes.
enum PictureSignature {
  /// Why each file is no picture that Hone reads; nil where it is one.
  static func problems(of paths: [String]) -> [String?] {
    Workers.map(paths.count, state: FileReader.init) { reader, index in problem(of: paths[index], reader: &reader) }
  }

  static func problem(of path: String) -> String? {
    var reader = FileReader()
    return problem(of: path, reader: &reader)
  }

  private static func problem(of path: String, reader: inout FileReader) -> String? {
    do {
      let start = try reader.read(path, upTo: 16)
      return problem(in: Array(start))
    } catch { return error.message }
  }

  static func problem(in start: [UInt8]) -> String? {
    guard !start.isEmpty else { return "the file is empty" }
    if readable.contains(where: { $0.matches(start) }) { return nil }
    let kind = others.first { $0.signature.matches(start) }?.name ?? "no picture"
    return "\(kind) by its content; pictures are JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
  }

  private struct Signature {
    let offset: Int
    let bytes: [UInt8]

    init(_ bytes: [UInt8], at offset: Int = 0) {
      self.bytes = bytes
      self.offset = offset
    }

    init(_ text: StaticString, at offset: Int = 0) {
      self.init(text.withUTF8Buffer { Array($0) }, at: offset)
    }

    func matches(_ start: [UInt8]) -> Bool { start.dropFirst(offset).starts(with: bytes) }
  }

  private static let readable = always + (ImageFormat.heic.isSupported ? phones : [])

  private static let always: [Signature] = [
    Signature([0xff, 0xd8, 0xff]), Signature([0x89, 0x50, 0x4e, 0x47]), Signature("WEBP", at: 8), Signature("GIF8"),
    Signature("BM"), Signature([0x49, 0x49, 0x2a, 0]), Signature([0x4d, 0x4d, 0, 0x2a]),
    Signature([0x49, 0x49, 0x2b, 0]), Signature([0x4d, 0x4d, 0, 0x2b]),
  ]

  private static let phones: [Signature] = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis",
  ].map { Signature(Array("ftyp\($0)".utf8), at: 4) }

  /// Kinds that often lie among pictures: the message names them.
  private static let others: [(name: String, signature: Signature)] = [
    ("a video, or a HEIC or AVIF picture that this build cannot read,", Signature("ftyp", at: 4)),
    ("PDF", Signature("%PDF")), ("PSD", Signature("8BPS")),
    ("SVG or another text", Signature("<")), ("ZIP", Signature("PK")), ("gzip", Signature([0x1f, 0x8b])),
    ("JPEG XL", Signature([0xff, 0x0a])), ("JPEG 2000", Signature("jP  ", at: 4)), ("icon", Signature([0, 0, 1, 0])),
  ]
}
