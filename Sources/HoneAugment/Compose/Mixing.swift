import CHoneKernels
import Foundation
public import HoneImage

/// Mixes pictures of a batch in pairs, labels too: MixUp blends two, CutMix swaps a rectangle between them.
///
/// Partners, weights and rectangles are a pure function of (seed, epoch, position of the batch, batch size), and both
/// partners are written in place, so nothing is copied.
///
/// - Shape: kept. Labels become mixtures in the same proportion.
/// - Units: `mixUp` and `cutMix` are the α of a Beta(α, α) distribution of the weight; 0 leaves that kind out. `chance` is
///   that of a pair being mixed at all; where both kinds are on, each is equally likely.
/// - Randomness: one permutation per batch, then per pair three draws and those of a Beta.
/// - Throws: nothing.
/// - Source: Zhang et al., 2018, arXiv:1710.09412; Yun et al., 2019, arXiv:1905.04899. Partners mix with each other, as
///   timm's pair mode.
public struct Mixing: Sendable, Hashable, Codable {
  public var mixUp: Double
  public var cutMix: Double
  public var chance: Double

  public init(mixUp: Double = 0.2, cutMix: Double = 0, chance: Double = 1) {
    self.mixUp = mixUp
    self.cutMix = cutMix
    self.chance = chance
  }

  /// What is wrong with the parameters, or nil.
  public var problem: String? {
    guard mixUp >= 0, cutMix >= 0, mixUp < 1e6, cutMix < 1e6 else {
      return "mixUp and cutMix must not be negative; they are \(mixUp) and \(cutMix)."
    }
    return (0...1).contains(chance) ? nil : "chance must lie between 0 and 1; it is \(chance)."
  }

  /// Decides for one batch; `key.position` is that of its first picture. An odd picture stays as it is.
  public func plan(count: Int, size: Size, key: SampleKey) -> [PairMix] {
    var stream = RandomStream(seed: key.seed, epoch: key.epoch, index: key.position, name: "Mixing")
    let order = stream.permutation(count)
    return stride(from: 0, to: count - 1, by: 2).compactMap { index in
      let swaps = cutMix > 0 && (mixUp == 0 || stream.chance(0.5))
      let happens = stream.chance(chance) && (mixUp > 0 || cutMix > 0)
      guard happens else { return nil }
      let weight = stream.beta(swaps ? cutMix : mixUp)
      let how: PairMix.How = swaps ? .swap(Self.rectangle(share: 1 - weight, of: size, &stream)) : .blend(Float(weight))
      return PairMix(first: order[index], second: order[index + 1], how: how)
    }
  }

  /// A rectangle of the picture's aspect around a random centre, cut off at the edges.
  private static func rectangle(share: Double, of size: Size, _ stream: inout RandomStream) -> Rect {
    func stretch(_ side: Int) -> Range<Int> {
      let half = share.squareRoot() * Double(side) / 2
      let middle = stream.uniform() * Double(side)
      let low = max(0, Int((middle - half).rounded()))
      return low..<max(low, min(side, Int((middle + half).rounded())))
    }
    let (rows, columns) = (stretch(size.height), stretch(size.width))
    return Rect(y: rows.lowerBound, x: columns.lowerBound, height: rows.count, width: columns.count)
  }
}

/// Two slots of a batch that are mixed with each other.
public struct PairMix: Sendable, Hashable, Codable {
  public enum How: Sendable, Hashable, Codable {
    /// Each keeps this part of itself and takes the rest from the other.
    case blend(Float)
    /// They swap a rectangle.
    case swap(Rect)
  }
  public let first: Int
  public let second: Int
  public let how: How

  public init(first: Int, second: Int, how: How) {
    self.first = first
    self.second = second
    self.how = how
  }

  /// Mixes the two pictures and their labels in place.
  public func apply(to batch: borrowing Batch) {
    guard first != second, (0..<batch.count).contains(first), (0..<batch.count).contains(second) else { return }
    switch how {
    case .blend(let weight):
      blendPixels(of: batch, weight)
      blendLabels(of: batch, weight)
    case .swap(let rect):
      swapPixels(of: batch, rect)
      blendLabels(of: batch, 1 - Float(rect.height * rect.width) / Float(batch.height * batch.width))
    }
  }

  private func blendPixels(of batch: borrowing Batch, _ weight: Float) {
    let count = batch.channels * batch.height * batch.width
    let (a, b) = (batch.slot(first), batch.slot(second))
    switch batch.precision {
    case .float32:
      hk_mix_float32(
        a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self), count, weight, weight)
    case .bfloat16:
      hk_mix_bfloat16(
        a.assumingMemoryBound(to: UInt16.self), b.assumingMemoryBound(to: UInt16.self), count, weight, weight)
    }
  }

  private func swapPixels(of batch: borrowing Batch, _ rect: Rect) {
    let (a, b) = (batch.slot(first), batch.slot(second))
    let stretch = rect.width * batch.precision.bytes
    for channel in 0..<batch.channels {
      for y in rect.y..<rect.y + rect.height {
        let start = ((channel * batch.height + y) * batch.width + rect.x) * batch.precision.bytes
        for offset in start..<start + stretch {
          let byte = a.load(fromByteOffset: offset, as: UInt8.self)
          a.storeBytes(of: b.load(fromByteOffset: offset, as: UInt8.self), toByteOffset: offset, as: UInt8.self)
          b.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        }
      }
    }
  }

  private func blendLabels(of batch: borrowing Batch, _ weight: Float) {
    let classes = batch.classes
    hk_mix_float32(batch.labels + first * classes, batch.labels + second * classes, classes, weight, weight)
  }
}

extension RandomStream {
  /// A draw from Beta(α, α), by two Gamma draws.
  mutating func beta(_ alpha: Double) -> Double {
    let (x, y) = (gamma(alpha), gamma(alpha))
    return x + y > 0 ? x / (x + y) : (chance(0.5) ? 1 : 0)
  }

  /// A draw from Gamma(α, 1); Marsaglia & Tsang, 2000, with Stuart's boost below 1.
  private mutating func gamma(_ alpha: Double) -> Double {
    guard alpha >= 1 else { return gamma(alpha + 1) * pow(uniform(), 1 / alpha) }
    let d = alpha - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
