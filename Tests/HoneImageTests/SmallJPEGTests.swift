import Foundation
import HoneImage
import HoneTesting
import Testing

/// JPEGs at an eighth of their size, which Hone reads without libjpeg's transforms, and at a quarter, where libjpeg does.
@Suite struct `Small pictures of large JPEGs` {
  private func options(_ eighths: Int, of size: Size) -> DecodeOptions {
    DecodeOptions(atLeast: Size(height: (size.height * eighths + 7) / 8, width: (size.width * eighths + 7) / 8))
  }

  /// Differences from the means of the parts of the whole picture, whole blocks only.
  private func differences(_ bytes: some Collection<UInt8>, _ eighths: Int) throws -> [Double] {
    let whole = try Image<UInt8>(decoding: bytes)
    let small = try Image<UInt8>(decoding: bytes, options: options(eighths, of: whole.size))
    #expect(small.height == (whole.height * eighths + 7) / 8 && small.width == (whole.width * eighths + 7) / 8)
    let side = 8 / eighths
    return (0..<whole.height / 8 * eighths).flatMap { y in
      (0..<whole.width / 8 * eighths).flatMap { x in
        (0..<3).map { channel in
          let sum = (0..<side * side).reduce(0) {
            $0 + Int(whole[side * y + $1 / side, side * x + $1 % side, channel])
          }
          return abs(Double(small[y, x, channel]) - Double(sum) / Double(side * side))
        }
      }
    }
  }

  private func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(max(1, numbers.count)) }

  @Test(arguments: Sample.all.filter { $0.file.hasSuffix(".jpg") }, [1, 2]) func `are means, in every variant`(
    sample: Sample, eighths: Int
  ) throws {
    #expect(mean(try differences(Data(contentsOf: URL(filePath: sample.path)), eighths)) <= 4)
  }

  @Test(arguments: [(640, 480), (333, 517), (64, 8), (5, 9)], [1, 2]) func `are right at any size`(
    size: (height: Int, width: Int), eighths: Int
  ) throws {
    let picture = TestPicture.gradient(height: size.height, width: size.width)
    for quality in [30, 92] {
      let apart = try differences(picture.jpegEncoded(quality: quality), eighths)
      #expect((apart.max() ?? 0) <= 8, "\(apart.max() ?? 0)")
    }
  }

  @Test(arguments: [1, 2]) func `are cut to the very pixels, and nothing below is read`(eighths: Int) throws {
    let picture = TestPicture.noise(height: 400, width: 600)
    let file = try picture.jpegEncoded(quality: 85)
    var options = options(eighths, of: picture.size)
    let whole = try Image<UInt8>(decoding: file, options: options)
    options.region = Rect(y: 7, x: 21, height: 12, width: 30)
    let part = try Image<UInt8>(decoding: file.prefix(file.count / 2), options: options)
    for y in 0..<12 {
      for x in 0..<30 { #expect((0..<3).allSatisfy { part[y, x, $0] == whole[7 + y, 21 + x, $0] }) }
    }
  }

  @Test func `of half a file are what libjpeg makes of it`() throws {
    let file = try TestPicture.noise(height: 400, width: 600).jpegEncoded(quality: 85)
    let options = DecodeOptions(atLeast: Size(height: 1, width: 1))
    #expect(throws: Never.self) { try Image<UInt8>(decoding: file.prefix(file.count * 3 / 4), options: options) }
    let error = #expect(throws: ImageError.self) {
      try Image<UInt8>(decoding: file.prefix(file.count / 4), options: options)
    }
    #expect(error?.code == .truncated)
  }

  @Test(.needsData, arguments: [1, 2]) func `of photographs stay near the means`(eighths: Int) throws {
    let folder = TestData.path("flowers/train/")
    var rare: [Double] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder + name).sorted().prefix(3) {
        let path = folder + name + "/" + file
        let apart = try differences(Data(contentsOf: URL(filePath: path)), eighths).sorted()
        #expect(mean(apart) <= 2, "\(path)")
        rare.append(apart[apart.count * 99 / 100])
      }
    }
    #expect(mean(rare) <= 5, "\(rare)")
  }
}
