import CHoneKernels
public import HoneImage

/// Sends the picture through JPEG: blocks, ringing, smeared colour.
///
/// - Shape: kept; pictures with two or more than three channels pass unchanged.
/// - Units: `quality` 1 … 100, libjpeg's.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: libjpeg-turbo, to the byte; torchvision's `JPEG`, Albumentations' `ImageCompression`.
public struct JPEG: Transform {
  public static let standard = JPEG()
  public var quality: ClosedRange<Int>
  public init(quality: ClosedRange<Int> = 30...90) { self.quality = quality }
  public var problem: String? { rangeProblem("quality", quality, within: 1...100) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Compression(quality: stream.integer(quality))))]
  }
}

/// `JPEG` with its quality drawn.
public struct Compression: Effect, CustomStringConvertible {
  public var quality: Int
  public var description: String { "JPEG \(quality)" }

  public func apply(to image: inout Image<UInt8>) {
    guard image.channels == 1 || image.channels == 3 else { return }
    if image.channels == 1 || image.width > HK_JPEG_NARROW { lose(&image) } else { sendThroughFile(&image) }
  }

  /// What a file loses, without its code: the transform's rounded coefficients are all that counts.
  private func lose(_ image: inout Image<UInt8>) {
    let (height, width, channels) = (image.height, image.width, Int32(image.channels))
    let (luma, chroma) = (Self.divisors(Self.luma, quality), Self.divisors(Self.chroma, quality))
    withUnsafeTemporaryAllocation(byteCount: hk_jpeg_space(height, width, channels), alignment: 64) { space in
      let space = space.assumingMemoryBound(to: UInt8.self).baseAddress
      hk_jpeg(&image.elements, height, width, channels, luma, chroma, space)
    }
  }

  /// Pictures of few columns, whose chroma libjpeg does not interpolate.
  private func sendThroughFile(_ image: inout Image<UInt8>) {
    // No decoder fails on what its own encoder wrote; a side beyond 65535 is JPEG's only limit.
    guard let bytes = try? image.jpegEncoded(quality: quality),
      let back = try? Image<UInt8>(decoding: bytes, options: DecodeOptions(maximumPixels: .max)),
      back.size == image.size
    else { return }
    image.elements = back.elements
  }

  /// A table scaled to a quality, as libjpeg does.
  private static func divisors(_ table: [Int], _ quality: Int) -> [UInt16] {
    let quality = min(100, max(1, quality))
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    return table.map { UInt16(min(255, max(1, ($0 * percent + 50) / 100))) }
  }

  /// The example tables of the standard (ITU-T T.81, annex K.1), row by row.
  private static let luma = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
  ]
  private static let chroma =
    [
      17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
      47, 66, 99, 99, 99, 99, 99, 99,
    ] + Array(repeating: 99, count: 32)
}
