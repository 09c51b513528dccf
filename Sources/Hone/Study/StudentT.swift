import Foundation

/// Student's t distribution, for intervals from few measurements.
///
/// - Units: `degrees` of freedom, any positive number; infinity is the normal distribution.
/// - Throws: nothing.
/// - Source: continued fraction of the incomplete beta function, DLMF §8.17(v), evaluated by Lentz's method.
public struct StudentT: Sendable, Hashable {
  public let degrees: Double

  public init(degrees: Double) {
    self.degrees = max(degrees, 1e-3)
  }

  /// The probability of a value at or below `t`.
  public func cdf(_ t: Double) -> Double {
    guard degrees < 1e9 else { return 0.5 * erfc(-t / 2.0.squareRoot()) }
    let tail = 0.5 * Self.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t < 0 ? tail : 1 - tail
  }

  /// Both tails together: the p-value of a statistic `t`.
  public func twoSided(_ t: Double) -> Double {
    min(1, 2 * cdf(-abs(t)))
  }

  /// The value below which a share `probability` of the distribution lies.
  ///
  /// Bisection on the distribution function, to the last bits of a double.
  public func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    guard probability < 0.5 else { return probability == 0.5 ? 0 : -quantile(1 - probability) }
    var low = -1.0
    while cdf(low) > probability, low > -1e300 { low *= 2 }
    var high = 0.0
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle == low || middle == high { break }
      if cdf(middle) < probability { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }

  /// The regularized incomplete beta function I_x(a, b).
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    // The fraction converges fast on this side of the mean; the other side is its mirror image.
    return x <= (a + 1) / (a + b + 2)
      ? front / (a * betaFraction(x, a, b)) : 1 - front / (b * betaFraction(1 - x, b, a))
  }

  /// The continued fraction 1 + d₁/(1 + d₂/(1 + …)).
  private static func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    var value = 1.0
    var c = 1.0
    var d = 0.0
    for step in 1...2000 {
      let m = Double(step / 2)
      let term =
        step.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 + term * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + term / c
      c = abs(c) < tiny ? tiny : c
      value *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value
  }
}
