/// Which channels a decoded picture has.
public enum ChannelLayout: String, Sendable, Hashable, Codable, CaseIterable {
  /// Three: red, green, blue; grey is repeated, alpha composited.
  case rgb
  /// One: luma (ITU-R 601), alpha composited.
  case gray
  /// Those of the file: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
  case native
}

/// A rectangle of whole pixels.
public struct ImageRegion: Sendable, Hashable, Codable {
  public var top: Int
  public var left: Int
  public var size: Size

  public init(top: Int, left: Int, size: Size) {
    self.top = top
    self.left = left
    self.size = size
  }

  /// Whether the rectangle has pixels and none of them lies outside a picture of this size.
  public func isInside(_ whole: Size) -> Bool {
    top >= 0 && left >= 0 && size.height > 0 && size.width > 0 && top <= whole.height - size.height
      && left <= whole.width - size.width
  }
}

/// How a file becomes a picture.
///
/// Embedded colour profiles (ICC) are not applied: samples are taken as sRGB.
///
/// - Units: `background` is 0…255, one grey or three colour values; `maximumPixels` is height × width.
/// - Throws: nothing.
/// - Source: none: ours; `maximumPixels` defaults to the size at which Pillow refuses.
public struct DecodeOptions: Sendable, Hashable {
  public var channels: ChannelLayout
  /// The colour that shows through transparent pixels where alpha is composited.
  public var background: [UInt8]
  /// Whether EXIF orientation turns and mirrors the pixels.
  public var appliesOrientation: Bool
  /// A picture that states more is refused before memory is taken for it.
  public var maximumPixels: Int
  /// Lets a JPEG be decoded at 1/2, 1/4 or 1/8, much faster, while both sides stay at least this long.
  public var atLeast: Size?
  /// The part that is wanted, in pixels of the picture that `ImageInfo.decodedSize(_:)` announces: the same pixels as
  /// decoding all and cropping (an unfinished progressive JPEG may differ slightly), but a JPEG is faster and stops below.
  public var region: ImageRegion?
  /// A file that breaks off passes when at least this fraction of its rows could be read (the rest is black, transparent where there is alpha, or the codec's grey): 1 refuses
  /// whatever is incomplete.
  public var leastComplete: Double

  public init(
    channels: ChannelLayout = .rgb, background: [UInt8] = [255, 255, 255], appliesOrientation: Bool = true,
    maximumPixels: Int = 178_956_970, atLeast: Size? = nil, region: ImageRegion? = nil,
    leastComplete: Double = 0.5
  ) {
    self.channels = channels
    self.background = background
    self.appliesOrientation = appliesOrientation
    self.maximumPixels = maximumPixels
    self.atLeast = atLeast
    self.region = region
    self.leastComplete = leastComplete
  }
}
