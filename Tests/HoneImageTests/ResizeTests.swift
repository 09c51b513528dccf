import Foundation
import HoneImage
import HoneTesting
import Testing

private func golden(_ name: String) throws -> Image<UInt8> {
  let folder = try #require(Bundle.module.resourcePath)
  return try Image(contentsOf: "\(folder)/Goldens/resize/\(name).png")
}

@Suite struct `Resizing` {
  @Test(arguments: ResizeFilter.allCases) func `gives Pillow's bytes`(filter: ResizeFilter) throws {
    let source = try golden("source")
    for (height, width) in [(11, 13), (64, 50), (29, 9), (7, 37), (1, 1)] {
      let resized = source.resized(to: Size(height: height, width: width), filter: filter)
      #expect(try resized == golden("\(filter)_\(height)x\(width)"), "\(height)×\(width)")
    }
  }

  @Test(arguments: ResizeFilter.allCases) func `of a region with fractions gives Pillow's bytes`(filter: ResizeFilter)
    throws
  {
    let region = ResizeRegion(top: 2.25, left: 3.5, bottom: 21, right: 30.75)
    let resized = try golden("source").resized(to: Size(height: 15, width: 20), filter: filter, region: region)
    #expect(try resized == golden("\(filter)_region"))
  }

  @Test func `to the same size changes nothing`() {
    let picture = TestPicture.noise(height: 9, width: 5)
    #expect(picture.resized(to: picture.size, filter: .lanczos) == picture)
  }

  @Test(arguments: 1...5) func `treats channels alike`(channels: Int) {
    let grey = TestPicture.noise(height: 31, width: 17, channels: 1)
    let repeated = Image(
      height: 31, width: 17, channels: channels,
      elements: grey.elements.flatMap { [UInt8](repeating: $0, count: channels) })
    let size = Size(height: 8, width: 40)
    let expected = grey.resized(to: size).elements.flatMap { [UInt8](repeating: $0, count: channels) }
    #expect(repeated.resized(to: size).elements == expected)
  }
}
