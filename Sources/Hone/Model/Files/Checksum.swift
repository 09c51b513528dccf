package import Foundation

/// Checksums of files: zip's, and the fast one of Hone's own model files.
package enum Checksum {
  /// CRC-32 (ISO 3309, as in zip), eight bytes a step.
  package static func crc32(_ data: Data) -> UInt32 {
    let crc = data.withUnsafeBytes { raw in
      tables.withUnsafeBufferPointer { table in
        var crc: UInt32 = 0xffff_ffff
        var at = 0
        while at + 8 <= raw.count {
          let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
          crc = 0
          for lane in 0..<8 { crc ^= table[(7 - lane) * 256 + Int(word >> UInt64(8 * lane) & 0xff)] }
          at += 8
        }
        for byte in raw[at...] { crc = table[Int((crc ^ UInt32(byte)) & 0xff)] ^ crc >> 8 }
        return crc
      }
    }
    return ~crc
  }

  /// `tables[k * 256 + b]`: the effect of byte `b` followed by `k` zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xedb8_8320 ^ crc >> 1 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = tables[Int(previous & 0xff)] ^ previous >> 8
    }
    return tables
  }()

  /// XXH64 with seed 0 (Collet, xxHash 0.8), which reads 32 bytes a step.
  package static func xxh64(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { raw in
      var at = 0
      func word(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      var hash = p5
      if raw.count >= 32 {
        var lanes = (p1 &+ p2, p2, UInt64(0), 0 &- p1)
        while at + 32 <= raw.count {
          lanes.0 = round(lanes.0, word(at))
          lanes.1 = round(lanes.1, word(at + 8))
          lanes.2 = round(lanes.2, word(at + 16))
          lanes.3 = round(lanes.3, word(at + 24))
          at += 32
        }
        hash = rotated(lanes.0, 1) &+ rotated(lanes.1, 7) &+ rotated(lanes.2, 12) &+ rotated(lanes.3, 18)
        for lane in [lanes.0, lanes.1, lanes.2, lanes.3] { hash = (hash ^ round(0, lane)) &* p1 &+ p4 }
      }
      hash = hash &+ UInt64(raw.count)
      while at + 8 <= raw.count {
        hash = rotated(hash ^ round(0, word(at)), 27) &* p1 &+ p4
        at += 8
      }
      if at + 4 <= raw.count {
        let half = UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
        hash = rotated(hash ^ half &* p1, 23) &* p2 &+ p3
        at += 4
      }
      for byte in raw[at...] { hash = rotated(hash ^ UInt64(byte) &* p5, 11) &* p1 }
      hash = (hash ^ hash >> 33) &* p2
      hash = (hash ^ hash >> 29) &* p3
      return hash ^ hash >> 32
    }
  }

  private static let p1: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let p2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
  private static let p3: UInt64 = 0x1656_67b1_9e37_79f9
  private static let p4: UInt64 = 0x85eb_ca77_c2b2_ae63
  private static let p5: UInt64 = 0x27d4_eb2f_1656_67c5

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 { rotated(lane &+ word &* p2, 31) &* p1 }
  private static func rotated(_ value: UInt64, _ by: UInt64) -> UInt64 { value << by | value >> (64 - by) }
}
