/// A number that a pixel can be made of: `UInt8` (0…255), `UInt16` (0…65535) or `Float` (0…1 by convention).
public protocol PixelElement: Sendable, Hashable {
  /// The value that stands for full intensity: 255, 65535 or 1.
  static var full: Self { get }
  static var zero: Self { get }
}
extension UInt8: PixelElement { public static var full: UInt8 { 255 } }
extension UInt16: PixelElement { public static var full: UInt16 { 65535 } }
extension Float: PixelElement { public static var full: Float { 1 } }

/// Height and width of a picture in pixels, in that order everywhere in Hone.
public struct Size: Sendable, Hashable, Codable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
  public var description: String { "\(height)×\(width)" }
}

/// What the channels of a picture mean.
public enum ColorSpace: String, Sendable, Hashable, Codable {
  /// Grey or colour values with the sRGB transfer curve.
  case sRGB
  /// Anything else: the numbers are kept, their meaning is the caller's.
  case unspecified
}

/// A picture: rows of interleaved pixels, 1 to 16 channels, without padding between rows.
///
/// A value: copies are independent (storage is shared until one of them is written to).
///
/// - Shape: `[height, width, channels]`; `elements[(y * width + x) * channels + c]`.
public struct Image<Element: PixelElement>: Sendable, Hashable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public var colorSpace: ColorSpace
  /// All elements, row by row.
  public var elements: [Element]

  /// A picture of one colour.
  public init(
    height: Int, width: Int, channels: Int, repeating element: Element = .zero, colorSpace: ColorSpace = .sRGB
  ) {
    self.init(
      height: height, width: width, channels: channels,
      elements: [Element](repeating: element, count: height * width * channels), colorSpace: colorSpace)
  }

  /// A picture from its elements; `elements.count` must be `height * width * channels`.
  public init(height: Int, width: Int, channels: Int, elements: [Element], colorSpace: ColorSpace = .sRGB) {
    precondition(
      height > 0 && width > 0 && (1...16).contains(channels), "a picture has 1 to 16 channels and no empty side")
    precondition(elements.count == height * width * channels, "elements must fill the picture")
    self.height = height
    self.width = width
    self.channels = channels
    self.elements = elements
    self.colorSpace = colorSpace
  }

  public var size: Size { Size(height: height, width: width) }

  public subscript(y: Int, x: Int, channel: Int) -> Element {
    get { elements[(y * width + x) * channels + channel] }
    set { elements[(y * width + x) * channels + channel] = newValue }
  }
}
