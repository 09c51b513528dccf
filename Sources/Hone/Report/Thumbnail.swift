import Foundation
public import HoneImage

/// A small picture inside a report: its bytes are part of the page.
public struct Thumbnail: Sendable, Hashable {
  /// A complete JPEG or PNG file.
  public var file: [UInt8]
  public var mediaType: String
  /// Pictures of few pixels are shown with their pixels.
  public var isPixelated: Bool

  /// The picture, shrunk so that its longer side is at most `side` pixels; small ones stay as they are, without loss.
  public init(_ image: Image<UInt8>, side: Int = 160) throws {
    let longer = max(image.height, image.width)
    if longer <= 64 {
      self.init(file: try image.pngEncoded(), mediaType: "image/png", isPixelated: true)
      return
    }
    self.init(file: try image.shrunk(to: side).jpegEncoded(quality: 82), mediaType: "image/jpeg", isPixelated: false)
  }

  public init(file: [UInt8], mediaType: String, isPixelated: Bool) {
    self.file = file
    self.mediaType = mediaType
    self.isPixelated = isPixelated
  }

  func markup(description: String) -> Markup {
    let data = Data(file).base64EncodedString()
    return """
      <img alt="\(description)" loading="lazy"\(isPixelated ? " class=\"pixel\"" : "" as Markup) src="data:\(mediaType);base64,\(data)">
      """
  }
}

extension Image where Element == UInt8 {
  /// Shrunk so that the longer side is at most `side` pixels.
  func shrunk(to side: Int) -> Image {
    let longer = max(height, width)
    guard longer > side else { return self }
    return resized(to: Size(height: max(1, height * side / longer), width: max(1, width * side / longer)))
  }
}
