/// What must hold of one setting, and whether it does.
public struct Demand: Sendable, Hashable {
  /// The setting's name, within what it belongs to.
  public let key: String
  /// What it must be.
  public let rule: String
  public let holds: Bool

  public init(_ holds: Bool, _ key: String, _ rule: String) {
    (self.holds, self.key, self.rule) = (holds, key, rule)
  }

  /// The same of a setting of something larger.
  func within(_ place: String) -> Demand { Demand(holds, "\(place).\(key)", rule) }
}

/// What is asked of several numbers alike, each under its name.
extension Demand {
  static func notNegative(_ numbers: KeyValuePairs<String, Double>) -> [Demand] {
    numbers.map { Demand($1 >= 0 && $1.isFinite, $0, "0 or more") }
  }

  static func positive(_ numbers: KeyValuePairs<String, Double>) -> [Demand] {
    numbers.map { Demand($1 > 0 && $1.isFinite, $0, "above 0") }
  }

  /// Parts that leave something over.
  static func parts(_ numbers: KeyValuePairs<String, Double>) -> [Demand] {
    numbers.map { Demand((0..<1).contains($1), $0, "from 0 to below 1") }
  }

  static func shares(_ numbers: KeyValuePairs<String, Double>) -> [Demand] {
    numbers.map { Demand((0...1).contains($1), $0, "from 0 to 1") }
  }

  static func counts(_ numbers: KeyValuePairs<String, Int>, from least: Int = 1) -> [Demand] {
    numbers.map { Demand($1 >= least, $0, least == 0 ? "0 or more" : "at least \(least)") }
  }
}
