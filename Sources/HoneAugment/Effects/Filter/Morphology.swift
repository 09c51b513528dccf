import CHoneKernels
public import HoneImage

/// Lets the brightest or the darkest level around each pixel win: bright things grow, or shrink.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `radius` in pixels of a square.
/// - Randomness: two draws per image.
/// - Throws: nothing.
/// - Source: OpenCV's `dilate` and `erode`, to the byte; Albumentations' `Morphological`.
public struct Morphology: Transform {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case dilate, erode, either }
  public static let standard = Morphology()
  public var radius: ClosedRange<Int>
  public var kind: Kind

  public init(radius: ClosedRange<Int> = 1...1, kind: Kind = .either) {
    self.radius = radius
    self.kind = kind
  }

  public var problem: String? { rangeProblem("radius", radius, within: 0...50) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (radius, coin) = (stream.integer(radius), stream.chance(0.5))
    return [.effect(AnyEffect(Extremes(radius: radius, largest: kind == .dilate || kind == .either && coin)))]
  }
}

/// `Morphology` with its size and kind drawn.
public struct Extremes: Effect, CustomStringConvertible {
  public var radius: Int
  public var largest: Bool
  public var description: String { "\(largest ? "dilate" : "erode") \(2 * radius + 1)" }

  public func apply(to image: inout Image<UInt8>) {
    let (height, length, channels) = (image.height, image.rowLength, image.channels)
    let kind = Int32(largest ? 1 : 0)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 2 * radius * channels) { row in
      image.remade { hk_extremes($0, height, length, Int32(channels), Int32(radius), kind, row.baseAddress, $1) }
    }
  }
}
