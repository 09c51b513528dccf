import Foundation
public import HoneImage

/// What an erased place shows.
public enum Filling: String, Sendable, Hashable, Codable, CaseIterable {
  case black
  /// Middle grey.
  case gray
  /// One random colour for each place.
  case color
  /// A random level for every element.
  case noise
}

/// Replaces a random rectangle.
///
/// Occlusion teaches the model not to rely on one part of an object.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `area` is a fraction of `H × W`; `aspect` is height ÷ width.
/// - Randomness: four draws per attempt, at most ten, and one for the filling.
/// - Throws: nothing.
/// - Source: Zhong et al., 2017, arXiv:1708.04896, §3.2; details as torchvision's `RandomErasing`.
public struct Erase: Transform {
  public static let standard = Erase()
  public var area: ClosedRange<Double>
  public var aspect: ClosedRange<Double>
  public var filling: Filling

  public init(
    area: ClosedRange<Double> = 0.02...0.33, aspect: ClosedRange<Double> = 0.3...3.3, filling: Filling = .black
  ) {
    self.area = area
    self.aspect = aspect
    self.filling = filling
  }

  public var problem: String? {
    guard area.lowerBound >= 0, area.upperBound <= 1 else { return "area must lie between 0 and 1; it is \(area)." }
    return aspectProblem(aspect)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (height, width) = (scene.size.height, scene.size.width)
    for _ in 0..<10 {
      let target = stream.uniform(area) * Double(height * width)
      let ratio = exp(stream.uniform(log(aspect.lowerBound)...log(aspect.upperBound)))
      let h = Int((target * ratio).squareRoot().rounded())
      let w = Int((target / ratio).squareRoot().rounded())
      guard h > 0, w > 0, h < height, w < width else { continue }
      let rect = Rect(
        y: stream.integer(0...height - h), x: stream.integer(0...width - w), height: h, width: w)
      return [.effect(AnyEffect(Erasure(places: [rect], filling: filling, seed: stream.next())))]
    }
    return []
  }
}

/// Replaces several small rectangles.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `sides` are fractions of the height and of the width, of the picture or of each region of `within`, which is
///   `[top, left, height, width]` in fractions of the picture; every region gets `count` rectangles.
/// - Randomness: one draw per region, then four per rectangle, and one for the filling.
/// - Throws: nothing.
/// - Source: DeVries & Taylor, 2017, arXiv:1708.04552; Albumentations' `CoarseDropout` and, with regions,
///   `ConstrainedCoarseDropout`. Rectangles stay inside.
public struct CoarseDropout: Transform {
  public static let standard = CoarseDropout()
  public var count: ClosedRange<Int>
  public var sides: ClosedRange<Double>
  public var filling: Filling
  public var within: [[Double]]

  public init(
    count: ClosedRange<Int> = 1...8, sides: ClosedRange<Double> = 0.05...0.15, filling: Filling = .black,
    within: [[Double]] = []
  ) {
    self.count = count
    self.sides = sides
    self.filling = filling
    self.within = within
  }

  public var problem: String? {
    guard count.lowerBound >= 0, count.upperBound <= 1000 else {
      return "count must lie between 0 and 1000; it is \(count)."
    }
    let sound = within.allSatisfy { $0.count == 4 && $0.allSatisfy((0...1).contains) }
    guard sound else { return "within lists regions as [top, left, height, width], fractions of the picture." }
    return sides.lowerBound >= 0 && sides.upperBound <= 1 ? nil : "sides must lie between 0 and 1; they are \(sides)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let regions = within.isEmpty ? [Rect(scene.size)] : within.compactMap { Self.region($0, of: scene.size) }
    let places = regions.flatMap { region in
      (0..<stream.integer(count)).map { _ in
        let h = max(1, Int((stream.uniform(sides) * Double(region.height)).rounded()))
        let w = max(1, Int((stream.uniform(sides) * Double(region.width)).rounded()))
        return Rect(
          y: region.y + stream.integer(0...region.height - h), x: region.x + stream.integer(0...region.width - w),
          height: h, width: w)
      }
    }
    return [.effect(AnyEffect(Erasure(places: places, filling: filling, seed: stream.next())))]
  }

  private static func region(_ part: [Double], of size: Size) -> Rect? {
    guard part.count == 4 else { return nil }
    let (height, width) = (Double(size.height), Double(size.width))
    return Rect(
      y: Int(part[0] * height), x: Int(part[1] * width), height: Int((part[2] * height).rounded()),
      width: Int((part[3] * width).rounded())
    ).part(in: size)
  }
}

/// Rectangles to be replaced; what lies outside the picture is ignored.
public struct Erasure: Effect, CustomStringConvertible {
  public var places: [Rect]
  public var filling: Filling
  public var seed: UInt64
  public var description: String { "erase \(places.map { "\($0.size)" }.joined(separator: " "))" }

  public func apply(to image: inout Image<UInt8>) {
    var stream = RandomStream(seed: seed)
    let (whole, channels) = (image.size, image.channels)
    var line: [UInt8] = []
    image.elements.withUnsafeMutableBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      for place in places {
        let color = (0..<channels).map { _ in level(&stream) }
        guard let seen = place.part(in: whole) else { continue }
        line.removeAll(keepingCapacity: true)
        for _ in 0..<seen.width { line += color }
        for y in seen.y..<seen.y + seen.height {
          if filling == .noise { for index in line.indices { line[index] = level(&stream) } }
          (base + (y * whole.width + seen.x) * channels).update(from: line, count: line.count)
        }
      }
    }
  }

  private func level(_ stream: inout RandomStream) -> UInt8 {
    switch filling {
    case .black: 0
    case .gray: 128
    case .color, .noise: UInt8(truncatingIfNeeded: stream.next())
    }
  }
}
