import CHoneKernels
import Foundation
public import HoneImage

/// How noise is spread about its mean.
public enum NoiseShape: String, Sendable, Hashable, Codable, CaseIterable {
  case normal, uniform, laplace

  var code: Int32 {
    switch self {
    case .normal: Int32(HK_NORMAL)
    case .uniform: Int32(HK_UNIFORM)
    case .laplace: Int32(HK_LAPLACE)
    }
  }

  /// Laplace's distribution at 1024 evenly spaced chances.
  static let laplaceTable: [Int16] = (0..<1024).map { index in
    let chance = (Double(index) + 0.5) / 1024
    let distance = -log(chance < 0.5 ? 2 * chance : 2 - 2 * chance) * HK_NOISE_DEVIATION / 2.0.squareRoot()
    return Int16((chance < 0.5 ? -distance : distance).rounded())
  }
}

/// Noise of mean zero added to levels, its strength a curve of the level.
///
/// Every number is a hash of the seed and its place, so that rows can be made in any order and many at a time.
public struct AddedNoise: Effect, CustomStringConvertible {
  public var shape: NoiseShape
  /// The standard deviation in levels at level v: `[a, b, c]` stands for a + b v + c v².
  public var strength: [Double]
  /// One number for all channels of a pixel.
  public var together: Bool
  /// Side of a grain in pixels; above one, noise is smooth between grains.
  public var grain: Int
  public var seed: UInt64

  public init(
    shape: NoiseShape = .normal, strength: [Double], together: Bool = false, grain: Int = 1, seed: UInt64
  ) {
    self.shape = shape
    self.strength = strength
    self.together = together
    self.grain = grain
    self.seed = seed
  }

  public var description: String {
    let middle = strength.reversed().reduce(0) { $0 * 128 + $1 }
    return "\(shape == .normal ? "" : shape.rawValue + " ")noise ±\((middle * 10).rounded() / 10)"
  }

  public func apply(to image: inout Image<UInt8>) {
    let polynomial = (0..<3).map { index -> Int32 in
      let number = index < strength.count ? strength[index] : 0
      return Int32((min(1e4, max(-1e4, number)) * Double(1 << HK_NOISE_BITS) / HK_NOISE_DEVIATION).rounded())
    }
    let (channels, length) = (image.channels, image.rowLength)
    let shared = together ? channels : 1
    let grains =
      grain > 1 ? Grains(size: image.size, shared: length / shared / image.width, side: grain, effect: self) : nil
    var noise = [Int16](repeating: 0, count: length / shared)
    image.changeRows { y, row in
      if let grains {
        grains.fill(&noise, row: y)
      } else {
        hk_noise(seed, y * noise.count, noise.count, shape.code, NoiseShape.laplaceTable, &noise)
      }
      hk_add_noise(row, noise, length, Int32(shared), polynomial)
    }
  }
}

/// Noise on a coarser lattice, read smoothly between its points and brought back to full strength.
private struct Grains {
  private let levels: Image<UInt8>
  /// Noise units per level: a level is an eighth of them, times what smoothing took away.
  private let gain: Int32

  init(size: Size, shared: Int, side: Int, effect: AddedNoise) {
    let small = Size(height: (size.height + side - 1) / side, width: (size.width + side - 1) / side)
    var points = [Int16](repeating: 0, count: small.height * small.width * shared)
    hk_noise(effect.seed, 0, points.count, effect.shape.code, NoiseShape.laplaceTable, &points)
    let elements = points.map { UInt8(min(255, max(0, 128 + ($0 + 4) >> 3))) }
    let coarse = Image(height: small.height, width: small.width, channels: shared, elements: elements)
    let whole = ResizeRegion(
      top: 0, left: 0, bottom: Double(size.height) / Double(side), right: Double(size.width) / Double(side))
    levels = coarse.resized(to: size, filter: .bicubic, region: whole)
    gain = 11
  }

  func fill(_ noise: inout [Int16], row: Int) {
    let start = row * noise.count
    levels.elements.withUnsafeBufferPointer { levels in
      for index in noise.indices { noise[index] = Int16((Int32(levels[start + index]) - 128) * gain) }
    }
  }
}
