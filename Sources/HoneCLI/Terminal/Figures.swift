import Foundation

/// Numbers as a person reads them.
package enum Figures {
  /// A fraction as "91.7 %".
  package static func percent(_ fraction: Double) -> String { String(format: "%.1f %%", 100 * fraction) }

  package static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }

  /// A difference of fractions as "+2.1 points".
  package static func points(_ difference: Double) -> String { String(format: "%+.1f points", 100 * difference) }

  /// Seconds as "0.42 ms", "12.3 ms", "1230 ms".
  package static func milliseconds(_ seconds: Double) -> String {
    let value = 1000 * seconds
    return String(format: value < 1 ? "%.2f ms" : value < 100 ? "%.1f ms" : "%.0f ms", value)
  }

  /// "950", "12.3 k", "44.4 M", "15.5 G".
  package static func count(_ value: Int) -> String {
    switch value {
    case ..<10_000: "\(value)"
    case ..<1_000_000: String(format: "%.1f k", Double(value) / 1e3)
    case ..<1_000_000_000: String(format: "%.1f M", Double(value) / 1e6)
    default: String(format: "%.1f G", Double(value) / 1e9)
    }
  }
}
