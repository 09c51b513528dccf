import Foundation
import HoneImage
import HoneTesting
import Testing

/// A row of samples.tsv: what Pillow reads from a small file.
struct Sample: Sendable, CustomTestStringConvertible {
  let file: String
  let size: Size
  let channels: Int
  let means: [Double]
  var path: String { Sample.folder + "/samples/" + file }
  var testDescription: String { file }

  static let folder = (Bundle.module.resourcePath ?? ".") + "/Goldens"

  static let all: [Sample] = {
    let table = (try? String(contentsOfFile: folder + "/samples.tsv", encoding: .utf8)) ?? ""
    return table.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 5, let height = Int(fields[1]), let width = Int(fields[2]), let channels = Int(fields[3])
      else { return nil }
      let means = fields[4].split(separator: "/").compactMap { Double($0) }
      return Sample(file: fields[0], size: Size(height: height, width: width), channels: channels, means: means)
    }
  }()
}

@Suite struct `Every format and variant` {
  @Test func `has a sample`() {
    #expect(Sample.all.count >= 34)
    #expect(
      Set(Sample.all.compactMap { try? ImageInfo(contentsOf: $0.path).format })
        == Set(ImageFormat.allCases).subtracting([.heic, .avif]))
  }

  @Test(arguments: Sample.all) func `decodes to what Pillow reads`(sample: Sample) throws {
    let picture = try Image<UInt8>(contentsOf: sample.path, options: DecodeOptions(channels: .native))
    #expect(picture.size == sample.size && picture.channels == sample.channels)
    let tolerance = sample.file == "lab.tif" ? 0.5 : 0.05  // LittleCMS interpolates in tables
    for (ours, theirs) in zip(picture.withoutAlpha().means, sample.means) {
      #expect(abs(ours - theirs) <= tolerance, "\(picture.withoutAlpha().means) \(sample.means)")
    }
  }

  @Test(arguments: Sample.all) func `has a header that agrees with the picture`(sample: Sample) throws {
    let info = try ImageInfo(contentsOf: sample.path)
    #expect(info.size == sample.size && info.channels == sample.channels)
    #expect(info.isAnimated == sample.file.hasPrefix("animated"))
    #expect(info.bitDepth == (["wide": 16, "bits": 1, "float": 32][sample.file.prefix { $0 != "." }] ?? 8))
  }

  @Test(arguments: Sample.all) func `is the same in eight and sixteen bits`(sample: Sample) throws {
    let narrow = try Image<UInt8>(contentsOf: sample.path)
    let wide = try Image<UInt16>(contentsOf: sample.path)
    #expect(zip(narrow.elements, wide.elements).allSatisfy { abs(Int($0) * 257 - Int($1)) <= 257 })
  }

  @Test func `sixteen bits survive in PNG and TIFF`() throws {
    for file in ["wide.png", "wide.tif"] {
      let picture = try Image<UInt16>(
        contentsOf: Sample.folder + "/samples/" + file, options: DecodeOptions(channels: .native))
      #expect(picture[0, 3, 0] == 7500 && picture[16, 24, 0] == 60800)
    }
  }

  @Test func `interlaced and plain files hold the same pixels`() throws {
    func picture(_ file: String) throws -> Image<UInt8> { try Image(contentsOf: Sample.folder + "/samples/" + file) }
    #expect(try picture("interlaced.png") == picture("rgb.bmp"))
    #expect(try picture("interlaced.gif") == picture("plain.gif"))
    #expect(try picture("lossless.webp") == picture("lzw.tif"))
  }

  @Test func `a GIF frame lies where it says, on a transparent canvas`() throws {
    let path = Sample.folder + "/samples/offset.gif"
    let picture = try Image<UInt8>(contentsOf: path, options: DecodeOptions(channels: .native))
    let opaque = (0..<17).map { y in (0..<25).map { x in picture[y, x, 3] > 0 ? "#" : "." }.joined() }
    let row = "....##########..........."
    let empty = String(repeating: ".", count: 25)
    #expect(opaque == (0..<17).map { (5..<13).contains($0) ? row : empty })
  }

  @Test func `decodes alike on many threads at once`() async throws {
    let alone = try Sample.all.map { try Image<UInt8>(contentsOf: $0.path) }
    try await withThrowingTaskGroup(of: [Image<UInt8>].self) { group in
      for _ in 0..<8 {
        group.addTask { try (0..<5).flatMap { _ in try Sample.all.map { try Image<UInt8>(contentsOf: $0.path) } } }
      }
      for try await together in group {
        #expect(together == Array(repeating: alone, count: 5).flatMap(\.self))
      }
    }
  }
}
