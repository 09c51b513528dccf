import Foundation

/// A stream of random numbers that is a pure function of its key.
///
/// Every draw in Hone comes from a stream keyed by (seed, epoch, index, name of the step), so adding or removing one
/// technique leaves the draws of all others unchanged, and any number of threads gives the same result.
///
/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014) over a key mixed from the four parts. Not for cryptography.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64, epoch: Int = 0, index: Int = 0, name: String = "") {
    state = Self.key(seed: seed, epoch: epoch, index: index, name: name)
  }

  /// One 64-bit number from the four parts of a key; also the seed handed to the engine for weights and dropout.
  public static func key(seed: UInt64, epoch: Int = 0, index: Int = 0, name: String = "") -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a over the name
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var key = mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    key = mix(key ^ mix(UInt64(bitPattern: Int64(epoch)) &+ 0xd1b5_4a32_d192_ed03))
    key = mix(key ^ mix(UInt64(bitPattern: Int64(index)) &+ 0x8cb9_2ba7_2f3d_8dd7))
    return mix(key ^ hash)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// Uniform in `[0, 1)`, 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in the range, both ends included as far as floating point tells them apart.
  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Every integer of the range equally likely (the standard library's unbiased method).
  public mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True with the given probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// A standard normal draw (Box–Muller; two uniforms each).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A permutation of `0..<count`, each equally likely.
  public mutating func permutation(_ count: Int) -> [Int] { Array(0..<count).shuffled(using: &self) }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
