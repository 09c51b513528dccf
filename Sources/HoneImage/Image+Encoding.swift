import CHoneCodecs

extension Image where Element: FixedWidthInteger {
  /// The picture as a PNG file of 8 or 16 bits.
  ///
  /// - Units: `compression` is zlib's level, 0…9.
  /// - Throws: `ImageError.unsupported` for more than 4 channels.
  /// - Source: none: ours, on libspng.
  public func pngEncoded(compression: Int = 6) throws(ImageError) -> [UInt8] {
    try elements.withUnsafeBytes { pixels in
      encoded { out, count, failure in
        hc_encode_png(
          pixels.baseAddress, UInt32(height), UInt32(width), Int32(channels), Int32(Element.bitWidth),
          Int32(compression), &out, &count, &failure)
      }
    }.get()
  }

  /// Writes a PNG file, whole or not at all.
  public func writePNG(to path: String) throws(ImageError) {
    try AtomicFile.write(pngEncoded(), to: path)
  }
}

extension Image where Element == UInt8 {
  /// The picture as a JPEG file; alpha is dropped.
  ///
  /// - Units: `quality` is libjpeg's, 1…100; colour is stored at half resolution.
  /// - Throws: `ImageError.unsupported` for more than 4 channels, or a side above 65500.
  /// - Source: none: ours, on libjpeg-turbo.
  public func jpegEncoded(quality: Int = 90) throws(ImageError) -> [UInt8] {
    let opaque = withoutAlpha()
    guard opaque.channels == 1 || opaque.channels == 3 else {
      throw ImageError(.unsupported, "JPEG holds 1 or 3 channels, not \(channels); select channels first")
    }
    return try opaque.elements.withUnsafeBufferPointer { pixels in
      encoded { out, count, failure in
        hc_encode_jpeg(
          pixels.baseAddress, UInt32(height), UInt32(width), Int32(opaque.channels), Int32(quality), &out, &count,
          &failure)
      }
    }.get()
  }

  /// Writes a JPEG file, whole or not at all.
  public func writeJPEG(to path: String, quality: Int = 90) throws(ImageError) {
    try AtomicFile.write(jpegEncoded(quality: quality), to: path)
  }
}

extension Image {
  /// The grey or colour channels of a picture of 2 or 4 channels; any other picture as it is.
  ///
  /// - Shape: `[H, W, 2]` → `[H, W, 1]`, `[H, W, 4]` → `[H, W, 3]`.
  /// - Throws: nothing.
  /// - Source: none: ours.
  public func withoutAlpha() -> Image {
    guard channels == 2 || channels == 4 else { return self }
    let kept = channels - 1
    let opaque = [Element](unsafeUninitializedCapacity: height * width * kept) { buffer, count in
      for pixel in 0..<(height * width) {
        for channel in 0..<kept { buffer[pixel * kept + channel] = elements[pixel * channels + channel] }
      }
      count = height * width * kept
    }
    return Image(height: height, width: width, channels: kept, elements: opaque, colorSpace: colorSpace)
  }
}

/// Runs a C encoder and takes over what it made.
private func encoded(
  _ encode: (inout UnsafeMutablePointer<UInt8>?, inout Int, inout hc_error) -> hc_code
) -> Result<[UInt8], ImageError> {
  var out: UnsafeMutablePointer<UInt8>?
  var count = 0
  var failure = hc_error()
  let code = encode(&out, &count, &failure)
  defer { hc_free(out) }
  guard code == HC_OK, let out else { return .failure(ImageError(failure)) }
  return .success(Array(UnsafeBufferPointer(start: out, count: count)))
}
