import CHoneKernels
import Foundation
public import HoneImage

/// Averages the pixels of a square around each pixel.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` in pixels: the square's side is `2 · radius + 1`.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `blur`, within one level.
public struct BoxBlur: Transform {
  public static let standard = BoxBlur()
  public var radius: ClosedRange<Int>
  public init(radius: ClosedRange<Int> = 1...3) { self.radius = radius }
  public var problem: String? { rangeProblem("radius", radius, within: 0...50) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(BoxBlurring(radius: stream.integer(radius))))]
  }
}

/// `BoxBlur` with its size drawn.
public struct BoxBlurring: Effect, CustomStringConvertible {
  public var radius: Int
  public var description: String { "box blur \(2 * radius + 1)" }
  public func apply(to image: inout Image<UInt8>) {
    guard radius > 0 else { return }
    guard radius > Self.largestSummed else { return sum(&image) }
    let flat = Separable.Bell([Double](repeating: 1, count: radius + 1))
    Separable(across: flat, down: flat).apply(to: &image)
  }

  /// The sums of larger squares do not fit 16 bits.
  private static let largestSummed = 7

  private func sum(_ image: inout Image<UInt8>) {
    let (height, length, channels) = (image.height, image.rowLength, image.channels)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: length + 2 * radius * channels + 64) { sums in
      image.remade { hk_box($0, height, length, Int32(channels), Int32(radius), sums.baseAddress, $1) }
    }
  }
}

/// Replaces every level by the median of a square around it: specks go, edges stay.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` in pixels: the square's side is `2 · radius + 1`.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: OpenCV's `medianBlur` (edge pixels repeated), to the byte.
public struct MedianBlur: Transform {
  public static let standard = MedianBlur()
  public var radius: ClosedRange<Int>
  public init(radius: ClosedRange<Int> = 1...2) { self.radius = radius }
  public var problem: String? { rangeProblem("radius", radius, within: 0...50) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(Median(radius: stream.integer(radius))))]
  }
}

/// `MedianBlur` with its size drawn.
public struct Median: Effect, CustomStringConvertible {
  public var radius: Int
  public var description: String { "median \(2 * radius + 1)" }

  public func apply(to image: inout Image<UInt8>) {
    guard radius > 0 else { return }
    let (side, step, length) = (2 * radius + 1, image.channels, image.rowLength)
    image.remake(around: (radius, radius), border: .edge) { _, at, out in
      let rows: [UnsafePointer<UInt8>?] = (0..<side).map { at($0, 0) }
      if side <= 5 {
        hk_median_rows(rows, Int32(side), step, length, out)
      } else {
        hk_median_sliding(rows, Int32(side), step, length, out)
      }
    }
  }
}

/// Blurs along a straight line, as a moving camera does.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `length` in pixels, made odd; `degrees` from the horizontal; `direction` −1 trails behind, 0 is even, 1 ahead.
/// - Randomness: three draws per image.
/// - Throws: nothing.
/// - Source: Albumentations' `MotionBlur` without shift: the pixels of the line weigh alike.
public struct MotionBlur: Transform {
  public static let standard = MotionBlur()
  public var length: ClosedRange<Int>
  public var degrees: ClosedRange<Double>
  public var direction: ClosedRange<Double>

  public init(
    length: ClosedRange<Int> = 3...9, degrees: ClosedRange<Double> = 0...360, direction: ClosedRange<Double> = -1...1
  ) {
    self.length = length
    self.degrees = degrees
    self.direction = direction
  }

  public var problem: String? {
    rangeProblem("length", length, within: 1...101) ?? rangeProblem("direction", direction, within: -1...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let side = stream.integer(length) | 1
    let (angle, direction) = (stream.uniform(degrees), stream.uniform(direction))
    let weights = Self.line(side: side, degrees: angle, direction: direction)
    return [.effect(AnyEffect(Convolution(weights, purpose: "motion \(side) at \(Int(angle.rounded()))°")))]
  }

  static func line(side: Int, degrees: Double, direction: Double) -> [[Double]] {
    let (half, angle) = (side / 2, degrees * .pi / 180)
    let start = -Double(half) * (direction > 0 ? 1 - direction : 1)
    let end = Double(half) * (direction < 0 ? 1 + direction : 1)
    let points = (0..<side).map { index -> [Int] in
      let t = start + (end - start) * Double(index) / Double(max(1, side - 1))
      let (x, y) = (Double(half) + cos(angle) * t, Double(half) + sin(angle) * t)
      return [Int(y.rounded(.toNearestOrEven)), Int(x.rounded(.toNearestOrEven))].map { min(side - 1, max(0, $0)) }
    }
    let line = Set(points)
    return (0..<side).map { y in (0..<side).map { x in line.contains([y, x]) ? 1 / Double(line.count) : 0 } }
  }
}

/// Blurs with a disc, as a lens out of focus does.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` of the disc and `softness` of its edge in pixels.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: Hendrycks & Dietterich, 2019, arXiv:1903.12261 (ImageNet-C); details as Albumentations' `Defocus`.
public struct Defocus: Transform {
  public static let standard = Defocus()
  public var radius: ClosedRange<Int>
  public var softness: ClosedRange<Double>

  public init(radius: ClosedRange<Int> = 2...5, softness: ClosedRange<Double> = 0.1...0.5) {
    self.radius = radius
    self.softness = softness
  }

  public var problem: String? {
    rangeProblem("radius", radius, within: 0...40) ?? rangeProblem("softness", softness, within: 0...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (radius, softness) = (stream.integer(radius), stream.uniform(softness))
    return [.effect(AnyEffect(Convolution(Self.disc(radius, softness), purpose: "defocus \(radius)")))]
  }

  /// A disc whose edge is blurred by a bell of three pixels (five above radius 8).
  static func disc(_ radius: Int, _ softness: Double) -> [[Double]] {
    let reach = radius <= 8 ? 1 : 2
    let bell = (-reach...reach).map { softness > 0 ? Gaussian.height(Double($0), softness) : $0 == 0 ? 1 : 0 }
    let side = -(radius + reach)...(radius + reach)
    let heights = side.map { y in
      side.map { x -> Double in
        (-reach...reach).reduce(0) { sum, dy in
          (-reach...reach).reduce(sum) { sum, dx in
            let inside = (y + dy) * (y + dy) + (x + dx) * (x + dx) <= radius * radius
            return inside ? sum + bell[dy + reach] * bell[dx + reach] : sum
          }
        }
      }
    }
    let total = heights.joined().reduce(0, +)
    return heights.map { $0.map { $0 / total } }
  }
}

/// Blurs with a bell that is wider one way than the other, turned, more or less pointed, its weights shaken.
///
/// What cheap lenses and repeated compression do to pictures; the first step of the degradations that train
/// super-resolution.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `side` of the kernel and `sigma` in pixels; `degrees`; `shape` 1 is a bell, less is pointed, more is flat;
///   `noise` multiplies each weight.
/// - Randomness: five draws per image and one per weight.
/// - Throws: nothing.
/// - Source: Wang et al., 2021, arXiv:2107.10833 (Real-ESRGAN), §3.1; Albumentations' `AdvancedBlur`.
public struct AdvancedBlur: Transform {
  public static let standard = AdvancedBlur()
  public var side: ClosedRange<Int>
  public var sigma: ClosedRange<Double>
  public var degrees: ClosedRange<Double>
  public var shape: ClosedRange<Double>
  public var noise: ClosedRange<Double>

  public init(
    side: ClosedRange<Int> = 3...7, sigma: ClosedRange<Double> = 0.2...1, degrees: ClosedRange<Double> = -90...90,
    shape: ClosedRange<Double> = 0.5...8, noise: ClosedRange<Double> = 0.9...1.1
  ) {
    self.side = side
    self.sigma = sigma
    self.degrees = degrees
    self.shape = shape
    self.noise = noise
  }

  public var problem: String? {
    rangeProblem("side", side, within: 1...31) ?? rangeProblem("sigma", sigma, within: 0.05...50)
      ?? rangeProblem("shape", shape, within: 0.1...20) ?? rangeProblem("noise", noise, within: 0...10)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let half = (stream.integer(side) | 1) / 2
    let (sigmaX, sigmaY) = (stream.uniform(sigma), stream.uniform(sigma))
    let (angle, shape) = (stream.uniform(degrees) * .pi / 180, stream.uniform(shape))
    let heights = (-half...half).map { y in
      (-half...half).map { x -> Double in
        let u = (cos(angle) * Double(x) + sin(angle) * Double(y)) / sigmaX
        let v = (cos(angle) * Double(y) - sin(angle) * Double(x)) / sigmaY
        return exp(-0.5 * pow(u * u + v * v, shape)) * stream.uniform(noise)
      }
    }
    let total = heights.joined().reduce(0, +)
    guard total > 1e-9 else { return [] }
    return [.effect(AnyEffect(Convolution(heights.map { $0.map { $0 / total } }, purpose: "soft blur")))]
  }
}
