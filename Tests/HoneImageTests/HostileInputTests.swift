import Foundation
import HoneImage
import HoneTesting
import Testing

@Suite struct `Hostile and broken input` {
  /// Decodes in the layouts that take different paths; only the absence of a crash counts.
  private func provoke(_ bytes: [UInt8]) {
    _ = try? Image<UInt8>(decoding: bytes)
    _ = try? Image<UInt8>(decoding: bytes, options: DecodeOptions(atLeast: Size(height: 1, width: 1)))
    _ = try? Image<UInt16>(
      decoding: bytes, options: DecodeOptions(channels: .native, maximumPixels: 1 << 20, leastComplete: 0))
    _ = try? Image<UInt8>(
      decoding: bytes, options: DecodeOptions(channels: .gray, maximumPixels: 1 << 20, leastComplete: 1))
  }

  @Test(arguments: Sample.all) func `cut at any length never crashes`(sample: Sample) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: sample.path)))
    for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) { provoke(Array(bytes[..<length])) }
  }

  @Test(arguments: Sample.all) func `with flipped bytes never crashes`(sample: Sample) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: sample.path)))
    let noise = TestPicture.noise(height: 60, width: 9, channels: 1).elements
    for round in 0..<60 {
      var broken = bytes
      for flip in 0..<3 {
        let at = (Int(noise[round * 9 + flip * 3]) << 8 | Int(noise[round * 9 + flip * 3 + 1])) % min(bytes.count, 400)
        broken[at] = noise[round * 9 + flip * 3 + 2]
      }
      provoke(broken)
    }
  }

  @Test func `half a JPEG is shown, less is refused with a remedy`() throws {
    let bytes = try TestPicture.noise(height: 256, width: 256).jpegEncoded()
    let most = try Image<UInt8>(decoding: Array(bytes[..<(bytes.count * 3 / 4)]))
    #expect(most.size == Size(height: 256, width: 256))
    let few = Array(bytes[..<(bytes.count / 4)])
    let error = #expect(throws: ImageError.self) { try Image<UInt8>(decoding: few) }
    #expect(error?.code == .truncated && error?.message.contains("leastComplete") == true)
    #expect(throws: Never.self) { try Image<UInt8>(decoding: few, options: DecodeOptions(leastComplete: 0.1)) }
    let strict = DecodeOptions(leastComplete: 1)
    #expect(throws: ImageError.self) {
      try Image<UInt8>(decoding: Array(bytes[..<(bytes.count - 50)]), options: strict)
    }
    #expect(throws: Never.self) { try Image<UInt8>(decoding: bytes, options: strict) }
  }

  @Test func `a cut PNG keeps the rows it has`() throws {
    let picture = TestPicture.noise(height: 100, width: 30)
    let bytes = try picture.pngEncoded()
    let cut = try Image<UInt8>(decoding: Array(bytes[..<(bytes.count * 4 / 5)]))
    #expect(cut.elements[..<(70 * 90)] == picture.elements[..<(70 * 90)])
    #expect(cut.elements[(85 * 90)...].allSatisfy { $0 == 0 })
  }

  @Test func `more pixels than allowed are refused by the header alone`() throws {
    let bytes = try TestPicture.gradient(height: 40, width: 50).pngEncoded()
    let error = #expect(throws: ImageError.self) {
      try Image<UInt8>(decoding: bytes, options: DecodeOptions(maximumPixels: 1999))
    }
    #expect(error?.code == .tooLarge)
    #expect(error?.message.contains("40×50") == true && error?.message.contains("1999") == true)
    #expect(throws: Never.self) { try Image<UInt8>(decoding: bytes, options: DecodeOptions(maximumPixels: 2000)) }
  }

  @Test func `a few bytes cannot claim a huge picture`() throws {
    var bytes = try TestPicture.gradient(height: 8, width: 8).pngEncoded()
    bytes.replaceSubrange(16..<24, with: [0, 0, 0x30, 0, 0, 0, 0x30, 0])  // 12288 × 12288, below the limit
    let error = #expect(throws: ImageError.self) { try Image<UInt8>(decoding: bytes) }
    #expect(error?.code == .truncated)
  }

  @Test func `what is no picture is named as such`() {
    for bytes in [[], [0], Array("%PDF-1.7 is not a picture, whatever its name".utf8)] as [[UInt8]] {
      let error = #expect(throws: ImageError.self) { try Image<UInt8>(decoding: bytes) }
      #expect(error?.code == .notAPicture)
    }
    let folder = #expect(throws: ImageError.self) { try Image<UInt8>(contentsOf: NSTemporaryDirectory()) }
    #expect(folder?.code == .unreadable)
  }
}
