import Foundation

/// A measured difference between two arms, with what is known about its uncertainty.
public struct Difference: Sendable, Hashable {
  /// How the uncertainty is known.
  public enum Evidence: Sendable, Hashable {
    /// A standard error and the degrees of freedom behind it.
    case student(standardError: Double, degrees: Double)
    /// The sorted means of bootstrap samples.
    case bootstrap([Double])
  }

  public var mean: Double
  public var evidence: Evidence
  /// Pictures that both arms were tested on.
  public var pictures: Int
  /// Seeds (repeats of the whole split) that the difference is averaged over.
  public var seeds: Int

  public init(mean: Double, evidence: Evidence, pictures: Int, seeds: Int) {
    self.mean = mean
    self.evidence = evidence
    self.pictures = pictures
    self.seeds = seeds
  }

  /// The interval that covers the true difference with probability `level`.
  public func interval(level: Double = 0.95) -> Interval {
    let tail = (1 - level) / 2
    switch evidence {
    case .student(let error, let degrees):
      let half = -StudentT(degrees: degrees).quantile(tail) * error
      return Interval(lower: mean - half, upper: mean + half)
    case .bootstrap(let means):
      let cut = Int((tail * Double(means.count)).rounded(.down))
      guard cut < means.count else { return Interval(lower: mean, upper: mean) }
      return Interval(lower: means[cut], upper: means[means.count - 1 - cut])
    }
  }

  /// The two-sided p-value against "no difference": the largest level of doubt whose interval touches zero.
  public var pValue: Double {
    switch evidence {
    case .student(let error, let degrees):
      guard error > 0 else { return mean == 0 ? 1 : 0 }
      return StudentT(degrees: degrees).twoSided(mean / error)
    case .bootstrap(let means):
      let below = means.count { $0 <= 0 }
      let above = means.count { $0 >= 0 }
      return min(1, 2 * Double(min(below, above) + 1) / Double(means.count + 1))
    }
  }
}
