public import HoneImage

/// Sends the picture through JPEG: blocks, ringing, smeared colour.
///
/// - Shape: kept; pictures with two or more than three channels pass unchanged.
/// - Units: `quality` 1 … 100, libjpeg's.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: libjpeg-turbo; torchvision's `JPEG`, Albumentations' `ImageCompression`.
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
    // No decoder fails on what its own encoder wrote; a side beyond 65535 is JPEG's only limit.
    let options = DecodeOptions(channels: image.channels == 1 ? .gray : .rgb, maximumPixels: .max)
    guard image.channels == 1 || image.channels == 3, let bytes = try? image.jpegEncoded(quality: quality),
      let back = try? Image<UInt8>(decoding: bytes, options: options), back.size == image.size
    else { return }
    image.elements = back.elements
  }
}

/// Shrinks the picture and enlarges it again: detail goes.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` is the small picture's side as a fraction of the whole one's.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Albumentations' `Downscale`.
public struct Downscale: Transform {
  public static let standard = Downscale()
  public var factor: ClosedRange<Double>
  public var down: ResizeFilter
  public var up: ResizeFilter

  public init(factor: ClosedRange<Double> = 0.25...0.7, down: ResizeFilter = .box, up: ResizeFilter = .bilinear) {
    self.factor = factor
    self.down = down
    self.up = up
  }

  public var problem: String? { rangeProblem("factor", factor, within: 0.01...1) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (factor, size) = (stream.uniform(factor), scene.size)
    let small = Size(
      height: max(1, Int(Double(size.height) * factor)), width: max(1, Int(Double(size.width) * factor)))
    guard small != size else { return [] }
    return [.resize(Box(Rect(size)), small, down), .resize(Box(Rect(small)), size, up)]
  }
}
