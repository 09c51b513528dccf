import Foundation

/// Numbers as people read them.
package enum Numbers {
  static func plain(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let text = String(format: "%.\(decimals)f", value)
    return text.allSatisfy { "-0.".contains($0) } ? text.replacing("-", with: "") : text
  }

  /// Three digits, in powers of ten where it is large or small: "0.0123", "1.2e-05".
  package static func short(_ value: Double) -> String { String(format: "%.3g", value) }

  /// 0.9312 → "93.1 %".
  package static func percent(_ share: Double, decimals: Int = 1) -> String {
    "\(plain(share * 100, decimals: decimals))\u{202F}%"
  }

  /// 0.082 → "+8.2", with a true minus sign.
  package static func points(_ difference: Double) -> String {
    let text = plain(abs(difference) * 100, decimals: 1)
    if text == "0.0" { return "0.0" }
    return (difference < 0 ? "−" : "+") + text
  }

  package static func points(_ interval: Interval) -> String {
    "\(points(interval.lower)) to \(points(interval.upper))"
  }

  package static func percent(_ interval: Interval) -> String {
    "\(plain(interval.lower * 100, decimals: 1)) to \(percent(interval.upper))"
  }

  /// 0.42 → "0.4 s", 200 → "3 min 20 s", 7500 → "2 h 5 min".
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–" }
    if seconds < 10 { return "\(plain(seconds, decimals: seconds < 0.1 ? 2 : 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s" }
    return whole % 3600 < 60 ? "\(whole / 3600) h" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  package static func bytes(_ count: Int) -> String {
    count < 1 << 30
      ? "\(plain(Double(count) / Double(1 << 20), decimals: 0)) MB"
      : "\(plain(Double(count) / Double(1 << 30), decimals: 1)) GB"
  }

  /// "1 picture", "7 pictures".
  package static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// Round steps that divide a range into about `count` parts.
  static func ticks(_ lower: Double, _ upper: Double, about count: Int) -> [Double] {
    let span = max(upper - lower, 1e-12)
    let rough = span / Double(max(1, count))
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
    let first = (lower / step - 1e-9).rounded(.up)
    let last = (upper / step + 1e-9).rounded(.down)
    guard last >= first else { return [lower] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }
}
