package import Foundation
package import HoneTensor

/// A named array as it lies in a weight file: what it is, and its little-endian bytes.
///
/// Readers of every format end here, so that nothing about a file's format reaches the engine, and every format can be
/// tested without it.
package struct WeightArray: Sendable, Hashable {
  package var dtype: DType
  package var shape: [Int]
  package var bytes: Data

  /// - Precondition: `bytes` holds exactly the elements of `shape`; readers check what a file claims first.
  package init(dtype: DType, shape: [Int], bytes: Data) {
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  package init(_ floats: [Float], shape: [Int]) {
    self.init(dtype: .float32, shape: shape, bytes: floats.withUnsafeBytes { Data($0) })
  }

  /// The elements as numbers, whatever their type (half precisions widened).
  package var floats: [Float] {
    bytes.withUnsafeBytes { raw in
      let count = raw.count / dtype.size
      return (0..<count).map { index in
        let at = index * dtype.size
        return switch dtype {
        case .float32: raw.loadUnaligned(fromByteOffset: at, as: Float.self)
        case .float64: Float(raw.loadUnaligned(fromByteOffset: at, as: Double.self))
        case .bfloat16: Float(bitPattern: UInt32(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self)) << 16)
        case .float16: HalfPrecision.widened(raw.loadUnaligned(fromByteOffset: at, as: UInt16.self))
        case .int64: Float(raw.loadUnaligned(fromByteOffset: at, as: Int64.self))
        case .int32: Float(raw.loadUnaligned(fromByteOffset: at, as: Int32.self))
        case .uint8, .bool: Float(raw[at])
        }
      }
    }
  }
}

/// IEEE half precision without the `Float16` type, which not every platform of Swift has.
enum HalfPrecision {
  static func widened(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = Int(half >> 10) & 0x1f
    let fraction = UInt32(half & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | UInt32(exponent + 112) << 23 | fraction << 13)
    }
  }
}
