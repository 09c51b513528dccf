import Foundation
public import HoneImage

/// Prints the picture in dots, large where it is dark.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `dot` is the distance of dots in pixels; `degrees` turns their grid; `blend` 0 is the print, 1 the picture.
/// - Randomness: three draws per image.
/// - Throws: nothing.
/// - Source: none: customary; a cosine screen per channel. Albumentations' `Halftone`.
public struct Halftone: Transform {
  public static let standard = Halftone()
  public var dot: ClosedRange<Double>
  public var degrees: ClosedRange<Double>
  public var blend: ClosedRange<Double>

  public init(
    dot: ClosedRange<Double> = 4...8, degrees: ClosedRange<Double> = 0...90, blend: ClosedRange<Double> = 0...0.35
  ) {
    self.dot = dot
    self.degrees = degrees
    self.blend = blend
  }

  public var problem: String? {
    rangeProblem("dot", dot, within: 2...1000) ?? rangeProblem("blend", blend, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let screen = Screen(dot: stream.uniform(dot), degrees: stream.uniform(degrees), blend: stream.uniform(blend))
    return [.effect(AnyEffect(screen))]
  }
}

/// `Halftone` with its numbers drawn.
public struct Screen: Effect, CustomStringConvertible {
  public var dot: Double
  public var degrees: Double
  public var blend: Double
  public var description: String { "dots of \((dot * 10).rounded() / 10)" }

  public func apply(to image: inout Image<UInt8>) {
    let (c, s) = (cos(degrees * .pi / 180) * 2 * .pi / dot, sin(degrees * .pi / 180) * 2 * .pi / dot)
    let (width, channels) = (image.width, image.channels)
    // A wave over a sum of two angles is made of waves over each.
    let across = (0..<width).map { x in
      (cos(c * Double(x)), sin(c * Double(x)), cos(s * Double(x)), sin(s * Double(x)))
    }
    // Dots have soft edges, a fifth of the range wide.
    let (own, print) = (Int32(blend * 256), Int32((1 - blend) * 256))
    image.changeRows { y, row in
      let (cosS, sinS, cosC, sinC) = (cos(s * Double(y)), sin(s * Double(y)), cos(c * Double(y)), sin(c * Double(y)))
      for x in 0..<width {
        let (cx, sx, cv, sv) = across[x]
        let sum = cx * cosS - sx * sinS + cosC * cv + sinC * sv
        let threshold = Int32(127.5 + 63.75 * sum)
        for index in x * channels..<(x + 1) * channels {
          let level = Int32(row[index])
          let ink = min(255, max(0, (level - threshold) * 5 + 128))
          row[index] = UInt8((level * own + ink * print + 128) >> 8)
        }
      }
    }
  }
}

/// Keeps few levels and makes those between from patterns of dots.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `levels` that remain in each channel.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Bayer, ICC 1973: ordered dithering with an 8 × 8 matrix; Albumentations' `Dithering`.
public struct Dithering: Transform {
  public static let standard = Dithering()
  public var levels: ClosedRange<Int>
  public init(levels: ClosedRange<Int> = 2...6) { self.levels = levels }
  public var problem: String? { rangeProblem("levels", levels, within: 2...256) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.effect(AnyEffect(OrderedDither(levels: stream.integer(levels))))]
  }
}

/// `Dithering` with its number drawn.
public struct OrderedDither: Effect, CustomStringConvertible {
  public var levels: Int
  public var description: String { "dithered to \(levels) levels" }

  public func apply(to image: inout Image<UInt8>) {
    let (width, channels, top) = (image.width, image.channels, max(1, levels - 1))
    image.changeRows { y, row in
      for x in 0..<width {
        // 0 … 16320: the threshold between two levels, in 255ths of a 64th.
        let threshold = 255 * Self.rank(x & 7, y & 7)
        for index in x * channels..<(x + 1) * channels {
          let step = (Int(row[index]) * top * 64 + threshold + 127) / (255 * 64)
          row[index] = UInt8(min(top, step) * 255 / top)
        }
      }
    }
  }

  /// Bayer's matrix: the bits of x ⊕ y and of y, interleaved, lowest first.
  private static func rank(_ x: Int, _ y: Int) -> Int {
    let mixed = x ^ y
    return (mixed & 1) << 5 | (y & 1) << 4 | (mixed & 2) << 2 | (y & 2) << 1 | (mixed & 4) >> 1 | (y & 4) >> 2
  }
}
