import CHoneCodecs

extension Image where Element: FixedWidthInteger {
  /// Decodes a JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF, recognized by content; of several frames the first.
  ///
  /// `Image<UInt8>` and `Image<UInt16>` decode any file: 16-bit samples are rounded to 8 bits, 8-bit samples spread to
  /// 0…65535. A file that breaks off passes if enough of it is there (`leastComplete`).
  ///
  /// - Shape: the picture's size as shown × 3, 1 or the file's channels.
  /// - Units: 0…255 or 0…65535, not premultiplied by alpha.
  /// - Throws: `ImageError`: `notAPicture`, `unsupported`, `corrupt`, `truncated`, `tooLarge`, `outOfMemory`.
  /// - Source: none: ours, on libjpeg-turbo, libspng, libwebp, giflib, libtiff, libheif and Little CMS.
  public init(decoding bytes: UnsafeRawBufferPointer, options: DecodeOptions = .init()) throws(ImageError) {
    guard Element.self == UInt8.self || Element.self == UInt16.self else {
      throw ImageError(.unsupported, "pictures decode to 8 or 16 bits, not \(Element.self); use UInt8 or UInt16")
    }
    let decoder = try Decoder(bytes)
    try decoder.info.check(options)
    let scale = decoder.info.scale(for: options)
    let window = try decoder.info.window(for: options, scale: scale)
    let channels = options.channels == .native ? decoder.info.channels : options.channels == .rgb ? 3 : 1
    let total = window.size.height * window.size.width * channels
    var failure: ImageError?
    let elements = [Element](unsafeUninitializedCapacity: total) { buffer, count in
      do throws(ImageError) {
        let samples = UnsafeMutableBufferPointer(rebasing: buffer[..<total])
        try decoder.decode(into: samples, options: options, scale: scale, window: window)
        count = total
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    let picture = Image(
      height: window.size.height, width: window.size.width, channels: channels, elements: elements)
    self = options.appliesOrientation ? picture.oriented(decoder.info.orientation) : picture
  }

  /// Decodes from an array, `Data` or any other collection of bytes.
  public init(decoding bytes: some Collection<UInt8>, options: DecodeOptions = .init()) throws(ImageError) {
    self = try withRawBytes(of: bytes) { raw throws(ImageError) in try Image(decoding: raw, options: options) }
  }

  /// Reads and decodes a file.
  public init(contentsOf path: String, options: DecodeOptions = .init()) throws(ImageError) {
    self = try withFile(path) { bytes throws(ImageError) in try Image(decoding: bytes, options: options) }
  }
}

extension Image {
  /// The picture as an EXIF orientation (1…8) says it should be shown.
  ///
  /// - Shape: `[H, W, C]` → the same for 1…4, `[W, H, C]` for 5…8.
  /// - Throws: nothing; any other number changes nothing.
  /// - Source: Exif 2.3, tag 0x0112.
  public func oriented(_ orientation: Int) -> Image {
    guard (2...8).contains(orientation) else { return self }
    let turned = orientation >= 5
    let shown = [Element](unsafeUninitializedCapacity: elements.count) { buffer, count in
      elements.withUnsafeBytes { stored in
        hc_orient(
          stored.baseAddress, UInt32(height), UInt32(width), channels * MemoryLayout<Element>.stride,
          Int32(orientation), buffer.baseAddress)
      }
      count = elements.count
    }
    return Image(
      height: turned ? width : height, width: turned ? height : width, channels: channels, elements: shown,
      colorSpace: colorSpace)
  }
}

extension ImageInfo {
  /// The size of the picture that decoding with these options gives, before a `region` is cut from it.
  public func decodedSize(_ options: DecodeOptions) -> Size {
    let stored = storedSize.scaled(scale(for: options))
    let turned = options.appliesOrientation && orientation >= 5
    return turned ? Size(height: stored.width, width: stored.height) : stored
  }

  fileprivate func check(_ options: DecodeOptions) throws(ImageError) {
    let (pixels, overflows) = storedSize.height.multipliedReportingOverflow(by: storedSize.width)
    guard overflows || pixels > options.maximumPixels else { return }
    throw ImageError(
      .tooLarge,
      "the picture states \(size) pixels, more than the allowed \(options.maximumPixels); raise maximumPixels if it is honest"
    )
  }

  /// Eighths at which the file is decoded: those sizes for which libjpeg-turbo has fast transforms.
  fileprivate func scale(for options: DecodeOptions) -> Int {
    guard format == .jpeg, let asked = options.atLeast else { return 8 }
    let turned = options.appliesOrientation && orientation >= 5
    let least = turned ? Size(height: asked.width, width: asked.height) : asked
    return [1, 2, 4].first { eighths in
      let scaled = storedSize.scaled(eighths)
      return scaled.height >= least.height && scaled.width >= least.width
    } ?? 8
  }

  /// The part of the stored picture that the asked region shows.
  fileprivate func window(for options: DecodeOptions, scale: Int) throws(ImageError) -> Rect {
    let whole = storedSize.scaled(scale)
    guard let region = options.region else { return Rect(whole) }
    let shown = decodedSize(options)
    guard region.lies(in: shown), !region.isEmpty else {
      throw ImageError(.unsupported, "\(region) is not inside the picture of \(shown); plan it for decodedSize")
    }
    return options.appliesOrientation ? region.stored(in: shown, orientation: orientation) : region
  }
}

extension Rect {
  /// Where a region of the picture as shown lies in the picture as stored.
  fileprivate func stored(in shown: Size, orientation: Int) -> Rect {
    let below = shown.height - y - height
    let right = shown.width - x - width
    let turned = Size(height: width, width: height)
    return switch orientation {
    case 2: Rect(y: y, x: right, size: size)
    case 3: Rect(y: below, x: right, size: size)
    case 4: Rect(y: below, x: x, size: size)
    case 5: Rect(y: x, x: y, size: turned)
    case 6: Rect(y: right, x: y, size: turned)
    case 7: Rect(y: right, x: below, size: turned)
    case 8: Rect(y: x, x: below, size: turned)
    default: self
    }
  }
}

extension Size {
  fileprivate func scaled(_ eighths: Int) -> Size {
    Size(height: (height * eighths + 7) / 8, width: (width * eighths + 7) / 8)
  }
}
