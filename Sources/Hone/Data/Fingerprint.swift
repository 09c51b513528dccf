import Foundation
import HoneImage

/// What is remembered of a picture to find its copies: of its bytes, and of how it looks.
struct Fingerprint: Sendable {
  /// Equal for equal bytes; by chance alone different bytes agree once in 2^128 pairs.
  struct Content: Hashable, Sendable {
    let first: UInt64
    let second: UInt64
    let count: Int
  }

  static let side = 16
  private static let chromaSide = 4

  let content: Content
  /// 63 bits: which low frequencies of the 32×32 grey picture are above their median.
  let look: UInt64
  /// The 16×16 grey picture, less its mean.
  private let luma: [Int16]
  private let lumaNorm: Float
  /// 4×4 cells of red − green and of blue − green.
  private let chroma: [Int16]

  /// Whether there is too little in the picture to tell it from others of one colour.
  var isFlat: Bool { lumaNorm < 3 * Float(Self.side) }

  /// Whether no part of it has a colour.
  var isGrey: Bool { chroma.allSatisfy { abs($0) <= 3 } }

  init(_ image: Image<UInt8>, content: Content) {
    self.content = content
    let small = image.resized(to: Size(height: 32, width: 32))
    let grey = stride(from: 0, to: small.elements.count, by: 3).map { index -> Float in
      0.299 * Float(small.elements[index]) + 0.587 * Float(small.elements[index + 1])
        + 0.114 * Float(small.elements[index + 2])
    }
    look = Self.look(grey)
    let cells = Self.reduced(grey, from: 32, to: Self.side)
    let mean = cells.reduce(0, +) / Float(cells.count)
    luma = cells.map { Int16(($0 - mean).rounded()) }
    lumaNorm = luma.reduce(0) { $0 + Float($1) * Float($1) }.squareRoot()
    chroma = [0, 2].flatMap { channel in
      let difference = stride(from: 0, to: small.elements.count, by: 3).map { index in
        Float(small.elements[index + channel]) - Float(small.elements[index + 1])
      }
      return Self.reduced(difference, from: 32, to: Self.chromaSide).map { Int16($0.rounded()) }
    }
  }

  /// Correlation of the two grey pictures, −1…1; brightness and contrast do not count.
  func similarity(to other: Fingerprint) -> Double {
    var sum = 0
    luma.withUnsafeBufferPointer { a in
      other.luma.withUnsafeBufferPointer { b in
        for index in 0..<min(a.count, b.count) { sum &+= Int(a[index]) &* Int(b[index]) }
      }
    }
    let norms = lumaNorm * other.lumaNorm
    return norms > 0 ? Double(Float(sum) / norms) : 0
  }

  /// Whether the colours lie in the same places, within what a re-encoding changes.
  func hasColors(of other: Fingerprint) -> Bool {
    let squares = zip(chroma, other.chroma).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
    return squares <= 20 * 20 * chroma.count
  }

  private static func reduced(_ values: [Float], from side: Int, to target: Int) -> [Float] {
    let step = side / target
    return (0..<target * target).map { cell in
      var sum: Float = 0
      for y in 0..<step {
        let row = ((cell / target) * step + y) * side + (cell % target) * step
        for x in 0..<step { sum += values[row + x] }
      }
      return sum / Float(step * step)
    }
  }

  /// cos((2x + 1) u π / 64) for 8 frequencies of 32 pixels.
  private static let cosines: [Float] = (0..<8).flatMap { u in
    (0..<32).map { x in Float(cos((2 * Double(x) + 1) * Double(u) * .pi / 64)) }
  }

  /// The DCT hash: 8×8 low frequencies against the median of all but the first.
  private static func look(_ grey: [Float]) -> UInt64 {
    var rows = [Float](repeating: 0, count: 32 * 8)
    for y in 0..<32 {
      for u in 0..<8 {
        var sum: Float = 0
        for x in 0..<32 { sum += grey[y * 32 + x] * cosines[u * 32 + x] }
        rows[y * 8 + u] = sum
      }
    }
    var frequencies = [Float](repeating: 0, count: 64)
    for v in 0..<8 {
      for u in 0..<8 {
        var sum: Float = 0
        for y in 0..<32 { sum += rows[y * 8 + u] * cosines[v * 32 + y] }
        frequencies[v * 8 + u] = sum
      }
    }
    let median = frequencies[1...].sorted()[31]
    return (1..<64).reduce(0) { $0 | (frequencies[$1] > median ? 1 << UInt64($1) : 0) }
  }
}

extension Fingerprint.Content {
  /// Two lanes of multiply and shift over words of eight bytes.
  init(_ bytes: UnsafeRawBufferPointer) {
    var (first, second): (UInt64, UInt64) = (0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f)
    func take(_ word: UInt64) {
      first = (first ^ word) &* 0xff51_afd7_ed55_8ccd
      first ^= first >> 32
      second = (second &+ word) &* 0xc4ce_b9fe_1a85_ec53
      second ^= second >> 29
    }
    let words = bytes.count / 8
    for word in 0..<words { take(bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)) }
    for byte in bytes[(words * 8)...] { take(UInt64(byte) | 0x100) }
    (self.first, self.second, count) = (first, second, bytes.count)
  }
}
