/// Which channels a decoded picture has.
public enum ChannelLayout: String, Sendable, Hashable, Codable, CaseIterable {
  /// Three: red, green, blue; grey is repeated, alpha composited.
  case rgb
  /// One: luma (ITU-R 601), alpha composited.
  case gray
  /// Those of the file: 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
  case native
}

/// How a file becomes a picture.
///
/// Colours of an embedded RGB profile (ICC), such as the Display P3 of phones, become sRGB. Profiles of grey and of ink are
/// not applied, nor colour spaces that are named without a profile.
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
  /// Whether an embedded colour profile is applied; needs a build with Little CMS.
  public var appliesProfile: Bool
  /// A picture that states more is refused before memory is taken for it.
  public var maximumPixels: Int
  /// Lets a JPEG be decoded at 1/2, 1/4 or 1/8, much faster, while both sides stay at least this long.
  public var atLeast: Size?
  /// The part that is wanted, in pixels of the picture that `ImageInfo.decodedSize(_:)` announces: the same pixels as
  /// decoding all and cropping (an unfinished progressive JPEG may differ slightly), but a JPEG is faster and stops below.
  public var region: Rect?
  /// A file that breaks off passes when at least this fraction of its rows could be read (the rest is black, transparent where there is alpha, or the codec's grey): 1 refuses
  /// whatever is incomplete.
  public var leastComplete: Double

  public init(
    channels: ChannelLayout = .rgb, background: [UInt8] = [255, 255, 255], appliesOrientation: Bool = true,
    appliesProfile: Bool = true, maximumPixels: Int = 178_956_970, atLeast: Size? = nil, region: Rect? = nil,
    leastComplete: Double = 0.5
  ) {
    self.channels = channels
    self.background = background
    self.appliesOrientation = appliesOrientation
    self.appliesProfile = appliesProfile
    self.maximumPixels = maximumPixels
    self.atLeast = atLeast
    self.region = region
    self.leastComplete = leastComplete
  }
}
