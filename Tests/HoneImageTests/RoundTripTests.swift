import HoneImage
import HoneTesting
import Testing

@Suite struct `Encoding and decoding` {
  @Test(arguments: 1...4) func `a PNG keeps every byte`(channels: Int) throws {
    let picture = TestPicture.noise(height: 13, width: 7, channels: channels)
    let bytes = try picture.pngEncoded()
    #expect(try Image<UInt8>(decoding: bytes, options: DecodeOptions(channels: .native)) == picture)
    let info = try ImageInfo(of: bytes)
    #expect(info.format == .png && info.size == picture.size && info.channels == channels && info.bitDepth == 8)
  }

  @Test(arguments: 1...4) func `a PNG keeps sixteen bits`(channels: Int) throws {
    let elements = TestPicture.noise(height: 5, width: 11, channels: channels * 2).elements
    let wide = stride(from: 0, to: elements.count, by: 2).map { UInt16(elements[$0]) << 8 | UInt16(elements[$0 + 1]) }
    let picture = Image(height: 5, width: 11, channels: channels, elements: wide)
    let bytes = try picture.pngEncoded()
    #expect(try ImageInfo(of: bytes).bitDepth == 16)
    #expect(try Image<UInt16>(decoding: bytes, options: DecodeOptions(channels: .native)) == picture)
    let narrow = try Image<UInt8>(decoding: bytes, options: DecodeOptions(channels: .native))
    #expect(narrow.elements == wide.map { UInt8((Double($0) / 257).rounded()) })
  }

  @Test func `a JPEG stays close`() throws {
    let picture = TestPicture.gradient(height: 40, width: 56)
    let decoded = try Image<UInt8>(decoding: picture.jpegEncoded(quality: 95))
    #expect(decoded.largestDifference(from: picture) <= 12)
  }

  @Test func `eight bits spread over sixteen`() throws {
    let picture = TestPicture.noise(height: 4, width: 4)
    let wide = try Image<UInt16>(decoding: picture.pngEncoded())
    #expect(wide.elements == picture.elements.map { UInt16($0) * 257 })
  }

  @Test func `grey is luma, and colour of grey repeats it`() throws {
    let picture = Image<UInt8>(height: 1, width: 2, channels: 3, elements: [255, 0, 0, 10, 20, 30])
    let grey = try Image<UInt8>(decoding: picture.pngEncoded(), options: DecodeOptions(channels: .gray))
    #expect(grey.elements == [76, 18])
    #expect(try Image<UInt8>(decoding: grey.pngEncoded()).elements == [76, 76, 76, 18, 18, 18])
  }

  @Test func `alpha is composited on the stated background`() throws {
    let picture = Image<UInt8>(
      height: 1, width: 3, channels: 4, elements: [10, 20, 30, 255, 10, 20, 30, 0, 100, 100, 100, 128])
    let bytes = try picture.pngEncoded()
    let onBlue = try Image<UInt8>(decoding: bytes, options: DecodeOptions(background: [0, 0, 200]))
    #expect(onBlue.elements == [10, 20, 30, 0, 0, 200, 50, 50, 150])
    #expect(try Image<UInt8>(decoding: bytes).elements[3...5] == [255, 255, 255])
  }

  @Test func `a scaled JPEG keeps both sides at least as long as asked`() throws {
    let bytes = try TestPicture.gradient(height: 301, width: 403).jpegEncoded()
    let cases = [(150, 200, 4), (151, 201, 4), (152, 201, 8), (38, 50, 1), (39, 50, 2), (1, 403, 8), (9999, 1, 8)]
    for (height, width, eighths) in cases {
      let least = Size(height: height, width: width)
      let size = try Image<UInt8>(decoding: bytes, options: DecodeOptions(atLeast: least)).size
      #expect(size == Size(height: (301 * eighths + 7) / 8, width: (403 * eighths + 7) / 8), "\(least)")
    }
  }
}
