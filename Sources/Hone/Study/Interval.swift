import Foundation

/// A range that holds the unknown truth with a stated confidence.
public struct Interval: Sendable, Hashable, Codable {
  public var lower: Double
  public var upper: Double

  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
  public var excludesZero: Bool { lower > 0 || upper < 0 }

  /// Wilson's interval for a share of successes; sensible for few trials and for shares near 0 or 1.
  ///
  /// - Units: `level` is a probability; the result is a share in 0…1.
  /// - Throws: nothing; no trials give the whole range.
  /// - Source: Wilson, 1927, doi:10.1080/01621459.1927.10502953.
  public static func wilson(successes: Int, of trials: Int, level: Double = 0.95) -> Interval {
    guard trials > 0 else { return Interval(lower: 0, upper: 1) }
    let n = Double(trials)
    let share = Double(successes) / n
    let z = StudentT(degrees: .infinity).quantile(0.5 + level / 2)
    let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return Interval(
      lower: successes == 0 ? 0 : max(0, centre - half), upper: successes == trials ? 1 : min(1, centre + half))
  }
}
