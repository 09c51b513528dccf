import Foundation

extension RandomStream {
  /// A draw from Beta(α, α), by two Gamma draws.
  mutating func beta(_ alpha: Double) -> Double {
    let (x, y) = (gamma(alpha), gamma(alpha))
    return x + y > 0 ? x / (x + y) : (chance(0.5) ? 1 : 0)
  }

  /// Weights that sum to one, from the symmetric Dirichlet distribution.
  mutating func dirichlet(_ alpha: Double, count: Int) -> [Double] {
    let draws = (0..<count).map { _ in gamma(alpha) }
    let total = draws.reduce(0, +)
    return draws.map { total > 0 ? $0 / total : 1 / Double(count) }
  }

  /// A draw from Gamma(α, 1); Marsaglia & Tsang, 2000, with Stuart's boost below 1.
  private mutating func gamma(_ alpha: Double) -> Double {
    guard alpha >= 1 else { return gamma(alpha + 1) * pow(uniform(), 1 / alpha) }
    let d = alpha - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }
}
