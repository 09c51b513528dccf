import CHoneCodecs

/// A file format for pictures, recognized by content and never by name.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  case jpeg, png, webp, gif, bmp, tiff, heic, avif

  /// Whether this build can decode it: HEIC and AVIF need libheif, all others are always there.
  public var isSupported: Bool { self != .heic && self != .avif || hc_has_heif() }
}

/// What decoding does about colour.
public enum ColorManagement {
  /// Whether this build turns embedded colour profiles into sRGB, by Little CMS; else samples are taken as sRGB.
  public static var isSupported: Bool { hc_has_color_management() }
}

/// What the header of a picture says, read without decoding it.
///
/// - Shape: `size` is that of the picture as shown, with the orientation applied.
/// - Units: `bitDepth` is bits of one stored sample; `channels` counts what `.native` decoding gives, after a palette
///   is looked up and ink is turned into light.
/// - Throws: `ImageError` from its initializers.
/// - Source: none: ours.
public struct ImageInfo: Sendable, Hashable, Codable {
  public var format: ImageFormat
  /// The size as shown.
  public var size: Size
  /// 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
  public var channels: Int
  public var bitDepth: Int
  /// EXIF orientation, 1…8; 1 is upright.
  public var orientation: Int
  /// Whether the file announces more frames than the first, which is the one decoded.
  public var isAnimated: Bool

  /// The size as stored, before the orientation.
  public var storedSize: Size { orientation >= 5 ? Size(height: size.width, width: size.height) : size }
  public var hasAlpha: Bool { channels == 2 || channels == 4 }
  public var pixelCount: Int { size.height * size.width }

  public init(of bytes: UnsafeRawBufferPointer) throws(ImageError) {
    self = try Decoder(bytes).info
  }

  public init(of bytes: some Collection<UInt8>) throws(ImageError) {
    self = try withRawBytes(of: bytes) { raw throws(ImageError) in try ImageInfo(of: raw) }
  }

  public init(contentsOf path: String) throws(ImageError) {
    self = try withFile(path) { bytes throws(ImageError) in try ImageInfo(of: bytes) }
  }

  init(
    format: ImageFormat, storedSize: Size, channels: Int, bitDepth: Int, orientation: Int, isAnimated: Bool
  ) {
    self.format = format
    self.size = orientation >= 5 ? Size(height: storedSize.width, width: storedSize.height) : storedSize
    self.channels = channels
    self.bitDepth = bitDepth
    self.orientation = orientation
    self.isAnimated = isAnimated
  }
}
