/// Holm's step-down adjustment: many comparisons, one promise.
///
/// With probability `level` none of the true nulls among all comparisons is called a difference. The interval of each
/// comparison is widened to the confidence at which Holm tested it, so it excludes zero exactly when Holm rejects.
///
/// - Units: `level` is the confidence that the family shares, 0.95 unless told.
/// - Throws: nothing.
/// - Source: Holm, 1979, jstor:4615733; intervals at the step's level as in Strassburger & Bretz, 2008,
///   doi:10.1002/sim.3338.
public enum Holm {
  /// The adjusted p-value of each p-value, in the order given.
  public static func adjusted(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var result = values
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, values[index] * Double(values.count - rank)))
      result[index] = largest
    }
    return result
  }

  /// The confidence at which each comparison's interval is drawn, in the order given.
  public static func levels(_ values: [Double], level: Double = 0.95) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var result = values
    var remaining = values.count
    var rejecting = true
    for index in order {
      let doubt = (1 - level) / Double(remaining)
      result[index] = 1 - doubt
      rejecting = rejecting && values[index] < doubt
      if rejecting { remaining -= 1 }
    }
    return result
  }

  /// The widened interval of each difference.
  public static func intervals(_ differences: [Difference], level: Double = 0.95) -> [Interval] {
    zip(differences, levels(differences.map(\.pValue), level: level)).map { $0.interval(level: $1) }
  }
}
