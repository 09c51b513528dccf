import ArgumentParser

/// A length of time as a person writes it: `90s`, `10m`, `1h30m`.
package struct TimeBudget: ExpressibleByArgument, Sendable, Hashable, CustomStringConvertible {
  package let seconds: Double

  package init(minutes: Double) { seconds = 60 * minutes }

  package init?(argument: String) {
    guard let parts = argument.wholeMatch(of: /(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?/)?.output else { return nil }
    let seconds = [parts.1, parts.2, parts.3].map { $0.flatMap { Double($0) } ?? 0 }
    let total = seconds[0] * 3600 + seconds[1] * 60 + seconds[2]
    guard total > 0 else { return nil }
    self.seconds = total
  }

  package var description: String {
    let total = Int(seconds)
    return [(total / 3600, "h"), (total / 60 % 60, "m"), (total % 60, "s")]
      .filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
  }

  package var defaultValueDescription: String { description }
}
