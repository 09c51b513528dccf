import Foundation

/// Sixteen hexadecimal digits that stand for a value: equal values, equal digits.
///
/// FNV-1a over the value's JSON with sorted keys. Tells recipes apart in a journal; not for secrets.
enum Digest {
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in try encoder.encode(value) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Array where Element == [Float] {
  /// Probabilities as 16-bit fractions in base 64: two bytes each, row by row.
  package var packed: String {
    var bytes = Data(capacity: count * (first?.count ?? 0) * 2)
    for value in joined() {
      let fraction = UInt16((Swift.min(1, Swift.max(0, value.isNaN ? 0 : value)) * 65535).rounded())
      bytes.append(UInt8(fraction & 255))
      bytes.append(UInt8(fraction >> 8))
    }
    return bytes.base64EncodedString()
  }

  /// What `packed` wrote, in rows of `width`; nil when the text is not of that form.
  package init?(packed: String, width: Int) {
    guard let bytes = Data(base64Encoded: packed), width > 0, bytes.count.isMultiple(of: 2 * width) else { return nil }
    let values = stride(from: 0, to: bytes.count, by: 2).map {
      Float(UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8) / 65535
    }
    self = stride(from: 0, to: values.count, by: width).map { [Float](values[$0..<$0 + width]) }
  }
}
