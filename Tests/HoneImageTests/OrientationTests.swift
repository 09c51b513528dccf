import HoneImage
import HoneTesting
import Testing

/// An EXIF block that states an orientation and nothing else.
private func exif(_ orientation: Int, bigEndian: Bool) -> [UInt8] {
  func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    let little = (0..<bytes).map { UInt8(value >> (8 * $0) & 255) }
    return bigEndian ? little.reversed() : little
  }
  let header = bigEndian ? [0x4D, 0x4D] : [0x49, 0x49] as [UInt8]
  let entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + [0, 0]
  return Array("Exif\0\0".utf8) + header + number(42, 2) + number(8, 4) + number(1, 2) + entry + number(0, 4)
}

/// The JPEG file with an EXIF segment behind its start marker.
func jpeg(_ bytes: [UInt8], orientation: Int, bigEndian: Bool) -> [UInt8] {
  let block = exif(orientation, bigEndian: bigEndian)
  let length = block.count + 2
  return bytes[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + block + bytes[2...]
}

/// What has to be stored so that orientation n shows the picture upright: the inverse of each turn.
private let inverse = [1, 2, 3, 4, 5, 8, 7, 6]

@Suite struct `EXIF orientation` {
  @Test(arguments: 1...8, [false, true]) func `shows the same picture`(orientation: Int, bigEndian: Bool) throws {
    let upright = TestPicture.gradient(height: 128, width: 64)
    let stored = upright.oriented(inverse[orientation - 1])
    let bytes = try jpeg(stored.jpegEncoded(quality: 100), orientation: orientation, bigEndian: bigEndian)
    let info = try ImageInfo(of: bytes)
    #expect(info.orientation == orientation && info.size == upright.size && info.storedSize == stored.size)
    #expect(try Image<UInt8>(decoding: bytes).largestDifference(from: upright) <= 8)
    let asStored = try Image<UInt8>(decoding: bytes, options: DecodeOptions(appliesOrientation: false))
    #expect(asStored.largestDifference(from: stored) <= 8)
  }

  @Test(arguments: 1...4) func `moves pixels as the standard draws them`(channels: Int) {
    let picture = TestPicture.noise(height: 40, width: 67, channels: channels)
    for orientation in 1...8 {
      let shown = picture.oriented(orientation)
      for (y, x) in [(0, 0), (0, 5), (33, 2), (39, 66)] {
        let (h, w) = (39, 66)
        let at = [(y, x), (y, w - x), (h - y, w - x), (h - y, x), (x, y), (x, h - y), (w - x, h - y), (w - x, y)]
        let (row, column) = at[orientation - 1]
        #expect(shown[row, column, 0] == picture[y, x, 0], "orientation \(orientation)")
      }
    }
  }

  @Test(arguments: 5...8) func `is undone before the asked size is compared`(orientation: Int) throws {
    let bytes = try jpeg(
      TestPicture.gradient(height: 80, width: 160).jpegEncoded(), orientation: orientation, bigEndian: true)
    let picture = try Image<UInt8>(decoding: bytes, options: DecodeOptions(atLeast: Size(height: 80, width: 40)))
    #expect(picture.size == Size(height: 80, width: 40))
  }

  @Test(arguments: [0, 9, 300]) func `outside 1…8 means upright`(orientation: Int) throws {
    let bytes = try jpeg(
      TestPicture.gradient(height: 8, width: 16).jpegEncoded(), orientation: orientation, bigEndian: false)
    #expect(try ImageInfo(of: bytes).orientation == 1)
  }
}
