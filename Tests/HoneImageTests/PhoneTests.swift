import Foundation
import HoneImage
import HoneTesting
import Testing

/// A row of phones.tsv: a picture such as phones make.
struct PhonePicture: Sendable, CustomTestStringConvertible {
  let file: String
  let format: ImageFormat
  let size: Size
  let channels: Int
  let bits: Int
  let means: [Double]
  var path: String { Self.folder + "/" + file }
  var testDescription: String { file }

  static let folder = Sample.folder + "/phones"

  static let all: [PhonePicture] = {
    let table = (try? String(contentsOfFile: Sample.folder + "/phones.tsv", encoding: .utf8)) ?? ""
    return table.split(separator: "\n").dropFirst().compactMap {
      PhonePicture($0.split(separator: "\t").map(String.init))
    }
  }()

  private init?(_ fields: [String]) {
    let formats: [String: ImageFormat] = ["jpg": .jpeg, "tif": .tiff]
    guard fields.count == 7, let format = formats[fields[1]] ?? ImageFormat(rawValue: fields[1]),
      let height = Int(fields[2]), let width = Int(fields[3]), let channels = Int(fields[4]), let bits = Int(fields[5])
    else { return nil }
    (file, self.format, size) = (fields[0], format, Size(height: height, width: width))
    (self.channels, self.bits) = (channels, bits)
    means = fields[6].split(separator: "/").compactMap { Double($0) }
  }
}

@Suite struct `What phones make` {
  @Test func `is all here, and this build can read it`() {
    #expect(PhonePicture.all.count == 10)
    #expect(ImageFormat.allCases.allSatisfy(\.isSupported) && ColorManagement.isSupported)
  }

  @Test(arguments: PhonePicture.all) func `has a header that agrees with the picture`(picture: PhonePicture) throws {
    let info = try ImageInfo(contentsOf: picture.path)
    #expect(info.format == picture.format && info.size == picture.size)
    #expect(info.channels == picture.channels && info.bitDepth == picture.bits && !info.isAnimated)
  }

  @Test(arguments: PhonePicture.all) func `decodes to what its own decoder reads`(picture: PhonePicture) throws {
    let options = DecodeOptions(channels: .native, appliesProfile: false)
    let found = try Image<UInt8>(contentsOf: picture.path, options: options)
    #expect(found.size == picture.size && found.channels == picture.channels)
    for (ours, theirs) in zip(found.withoutAlpha().means, picture.means) { #expect(abs(ours - theirs) <= 1) }
    let wide = try Image<UInt16>(contentsOf: picture.path, options: options)
    #expect(zip(found.elements, wide.elements).allSatisfy { abs(Int($0) * 257 - Int($1)) <= 2 * 257 })
  }

  /// Lossless files within rounding of the definition; the others as far as their coding lets them.
  @Test(arguments: ["p3.png", "p3.tif", "p3.webp", "p3.jpg", "p3.heic"])
  func `Display P3 becomes sRGB`(file: String) throws {
    let expected = try Image<UInt8>(contentsOf: PhonePicture.folder + "/p3-as-srgb.png")
    let found = try Image<UInt8>(contentsOf: PhonePicture.folder + "/" + file)
    let differences = zip(found.elements, expected.elements).map { abs(Int($0) - Int($1)) }
    let isLossless = !["p3.jpg", "p3.heic"].contains(file)
    #expect(differences.max() ?? 99 <= (isLossless ? 2 : 24))
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) <= (isLossless ? 0.3 : 2))
    let asStored = try Image<UInt8>(
      contentsOf: PhonePicture.folder + "/" + file, options: DecodeOptions(appliesProfile: false))
    #expect(asStored != found)
  }

  @Test func `a region under a profile is that part of the whole`() throws {
    let path = PhonePicture.folder + "/p3.jpg"
    let whole = try Image<UInt8>(contentsOf: path)
    let part = try Image<UInt8>(
      contentsOf: path, options: DecodeOptions(region: Rect(y: 9, x: 20, height: 16, width: 11)))
    for y in 0..<16 {
      for x in 0..<11 { #expect((0..<3).allSatisfy { part[y, x, $0] == whole[9 + y, 20 + x, $0] }) }
    }
  }

  @Test func `damaged files are errors or pictures, and never more`() throws {
    for picture in PhonePicture.all {
      let bytes = [UInt8](try Data(contentsOf: URL(filePath: picture.path)))
      for seed in 0..<40 {
        var damaged = bytes
        for step in 0..<4 { damaged[(seed * 7919 + step * 104_729) % bytes.count] ^= UInt8(1 << (seed % 8)) }
        _ = try? Image<UInt8>(decoding: damaged)
        _ = try? Image<UInt8>(decoding: damaged.prefix(bytes.count * (seed + 1) / 41))
      }
    }
  }
}
