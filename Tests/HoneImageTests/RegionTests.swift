import Foundation
import HoneImage
import HoneTesting
import Testing

extension Image where Element == UInt8 {
  fileprivate func cropped(_ region: Rect) -> Image {
    var part = Image(height: region.height, width: region.width, channels: channels)
    for y in 0..<region.height {
      for x in 0..<region.width {
        for channel in 0..<channels { part[y, x, channel] = self[region.y + y, region.x + x, channel] }
      }
    }
    return part
  }
}

/// Regions of a picture: corners, single pixels, all of it.
private func regions(_ size: Size) -> [Rect] {
  let (h, w) = (size.height, size.width)
  return [
    (0, 0, h, w), (0, 0, 1, 1), (h - 1, w - 1, 1, 1), (h / 3, w / 3, h / 2, w / 4), (h / 2, 0, h - h / 2, w),
    (1, w / 2, h - 1, 1),
  ].map { Rect(y: $0.0, x: $0.1, height: $0.2, width: $0.3) }
}

@Suite struct `Decoding a region` {
  @Test(arguments: Sample.all) func `gives the pixels of decoding all and cropping`(sample: Sample) throws {
    let whole = try Image<UInt8>(contentsOf: sample.path)
    for region in regions(whole.size) {
      let part = try Image<UInt8>(contentsOf: sample.path, options: DecodeOptions(region: region))
      #expect(part == whole.cropped(region), "\(region)")
    }
  }

  @Test(arguments: 1...8) func `is meant in the picture as shown and scaled`(orientation: Int) throws {
    let bytes = try jpeg(
      TestPicture.noise(height: 90, width: 133).jpegEncoded(), orientation: orientation, bigEndian: false)
    for least in [nil, Size(height: 40, width: 40)] as [Size?] {
      let whole = try Image<UInt8>(decoding: bytes, options: DecodeOptions(atLeast: least))
      #expect(try ImageInfo(of: bytes).decodedSize(DecodeOptions(atLeast: least)) == whole.size)
      for region in regions(whole.size) {
        let part = try Image<UInt8>(decoding: bytes, options: DecodeOptions(atLeast: least, region: region))
        #expect(part == whole.cropped(region), "\(region)")
      }
    }
  }

  @Test func `outside the picture is an error that names both`() throws {
    let bytes = try TestPicture.gradient(height: 10, width: 12).pngEncoded()
    let region = Rect(y: 5, x: 0, height: 6, width: 12)
    let error = #expect(throws: ImageError.self) {
      try Image<UInt8>(decoding: bytes, options: DecodeOptions(region: region))
    }
    #expect(error?.message.contains("6×12 at row 5, column 0") == true && error?.message.contains("10×12") == true)
  }

  @Test(.needsData) func `of photographs is exact`() throws {
    let folder = TestData.path("flowers/train/")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder + name).sorted().prefix(3) {
        let path = folder + name + "/" + file
        let whole = try Image<UInt8>(contentsOf: path)
        let region = Rect(y: 71, x: 53, height: 90, width: 101)
        #expect(
          try Image<UInt8>(contentsOf: path, options: DecodeOptions(region: region)) == whole.cropped(region), "\(path)"
        )
      }
    }
  }
}
