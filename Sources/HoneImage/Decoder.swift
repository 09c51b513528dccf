import CHoneCodecs

/// An opened file: its header, and the C decoder that can read the rest.
struct Decoder: ~Copyable {
  let info: ImageInfo
  private let handle: OpaquePointer

  init(_ bytes: UnsafeRawBufferPointer) throws(ImageError) {
    var header = hc_info()
    var failure = hc_error()
    guard let handle = hc_open(bytes.baseAddress, bytes.count, &header, &failure) else { throw ImageError(failure) }
    self.handle = handle
    info = ImageInfo(header)
  }

  deinit { hc_close(handle) }

  /// Decodes into memory of exactly as many samples as `window × channels` has.
  func decode<Element>(
    into out: UnsafeMutableBufferPointer<Element>, options: DecodeOptions, scale: Int, window: Rect
  ) throws(ImageError) {
    let background = options.background.map { UInt16($0) * 257 }
    let colors = background.count >= 3 ? background : [UInt16](repeating: background.first ?? 0xFFFF, count: 3)
    var request = hc_request(
      channels: options.channels == .native ? 0 : options.channels == .rgb ? 3 : 1,
      depth: Int32(MemoryLayout<Element>.size * 8), scale: Int32(scale),
      background: (colors[0], colors[1], colors[2]), window: hc_window(window), least_complete: options.leastComplete,
      to_srgb: options.appliesProfile)
    var failure = hc_error()
    let bytes = out.count * MemoryLayout<Element>.stride
    guard hc_decode(handle, &request, out.baseAddress, bytes, &failure) == HC_OK else { throw ImageError(failure) }
  }
}

extension ImageInfo {
  fileprivate init(_ header: hc_info) {
    self.init(
      format: ImageFormat(header.format), storedSize: Size(height: Int(header.height), width: Int(header.width)),
      channels: Int(header.channels), bitDepth: Int(header.bit_depth), orientation: Int(header.orientation),
      isAnimated: header.is_animated != 0)
  }
}

extension hc_window {
  fileprivate init(_ region: Rect) {
    self.init(
      top: UInt32(region.y), left: UInt32(region.x), height: UInt32(region.height), width: UInt32(region.width))
  }
}

extension ImageFormat {
  fileprivate init(_ format: hc_format) {
    switch format {
    case HC_FORMAT_PNG: self = .png
    case HC_FORMAT_WEBP: self = .webp
    case HC_FORMAT_GIF: self = .gif
    case HC_FORMAT_BMP: self = .bmp
    case HC_FORMAT_TIFF: self = .tiff
    case HC_FORMAT_HEIC: self = .heic
    case HC_FORMAT_AVIF: self = .avif
    default: self = .jpeg
    }
  }
}

extension ImageError {
  init(_ failure: hc_error) {
    let what = withUnsafeBytes(of: failure.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let (code, remedy): (Code, String) =
      switch failure.code {
      case HC_NOT_A_PICTURE: (.notAPicture, "remove it from the data, or convert it to one of these")
      case HC_UNSUPPORTED: (.unsupported, "convert it to PNG or baseline JPEG")
      case HC_TRUNCATED: (.truncated, "fetch it again, or lower leastComplete to take what is there")
      case HC_NO_MEMORY: (.outOfMemory, "free memory, or lower maximumPixels")
      default: (.corrupt, "fetch or export it again, or remove it")
      }
    self.init(code, "\(what); \(remedy)")
  }
}
