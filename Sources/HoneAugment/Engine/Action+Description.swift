import Foundation
import HoneImage

extension Action: CustomStringConvertible {
  public var description: String {
    switch self {
    case .symmetry(let symmetry): symmetry.rawValue
    case .window(let rect, _): "crop \(rect.size) at \(rect.y),\(rect.x)"
    case .resize(let box, let size, _): "\(box.bounds.size) at \(box.bounds.y),\(box.bounds.x) → \(size)"
    case .warp(let warp): warp.description
    case .bend(let bend): bend.field.description
    case .table(let table): "levels \(table.description)"
    case .matrix(let matrix): "colours \(matrix.description)"
    case .hue(let turns): "hue \(rounded(turns * 360, 0))°"
    case .shade(let saturation, let value): "saturation \(rounded(saturation, 2)) value \(rounded(value, 2))"
    case .tone(let tone): tone.description
    case .effect(let effect): effect.description
    }
  }
}

/// A number with few decimals, for people.
private func rounded(_ value: Double, _ decimals: Int) -> String {
  let text = String(format: "%.\(decimals)f", value)
  return text.hasPrefix("-") && Double(text) == 0 ? String(text.dropFirst()) : text
}

extension Warp: CustomStringConvertible {
  /// The turn, the size and the slant that the matrix makes; a shift where it makes none of them.
  public var description: String {
    guard matrix.isAffine, let forward = matrix.inverse?.m else { return "perspective" }
    if forward[0] == 1 && forward[4] == 1 && forward[1] != forward[3] {
      let slants = [forward[1], forward[3]].map { rounded(atan($0) * 180 / .pi, 1) }
      return "slant \(slants[0])° \(slants[1])°"
    }
    let (sx, sy) = (hypot(forward[0], forward[3]), hypot(forward[1], forward[4]))
    let turn = atan2(-forward[3], forward[0]) * 180 / .pi
    let slant = (forward[0] * forward[1] + forward[3] * forward[4]) / max(1e-12, sx * sy)
    let parts = [
      abs(turn) < 0.05 ? nil : "turn \(rounded(turn, 1))°",
      abs(sx - 1) < 0.005 && abs(sy - 1) < 0.005 ? nil : "size ×\(rounded((sx * sy).squareRoot(), 2))",
      abs(slant) < 0.005 ? nil : "slant \(rounded(asin(min(1, max(-1, slant))) * 180 / .pi, 1))°",
    ].compactMap { $0 }
    return parts.isEmpty ? "shift \(rounded(forward[5], 1)),\(rounded(forward[2], 1))" : parts.joined(separator: " ")
  }
}

extension ColorTable: CustomStringConvertible {
  /// What becomes of dark, middle and light levels.
  public var description: String {
    tables.map { table in [64, 128, 192].map { "\(table[$0])" }.joined(separator: "/") }.joined(separator: " ")
  }
}

extension ColorMatrix: CustomStringConvertible {
  /// What each colour keeps of itself.
  public var description: String { [0, 5, 10].map { rounded(rows[$0], 2) }.joined(separator: "/") }
}

extension Tone: CustomStringConvertible {
  public var description: String {
    switch self {
    case .contrast(let factor): "contrast ×\(rounded(factor, 2))"
    case .autoContrast: "auto-contrast"
    case .equalize: "equalize"
    }
  }
}

extension AnyEffect: CustomStringConvertible {
  public var description: String { (effect as? any CustomStringConvertible)?.description ?? type(of: effect).name }
}
