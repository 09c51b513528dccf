import Foundation
import HoneImage

// What a parameter may be is asked of the transform itself: values are tried until it objects. So it cannot differ from
// what the transform does.

extension Catalogue {
  /// The parameters of a transform, their defaults, and what they may be.
  static func parameters<T: Transform>(of type: T.Type) -> [ParameterEntry] {
    guard case .table(let standard) = try? Parameters(of: type.standard) else { return [] }
    return Mirror(reflecting: type.standard).children.compactMap { child in
      guard let name = child.label else { return nil }
      let value = standard[name] ?? .null
      let accepts = { (tried: Parameters) -> Bool in
        let table = Parameters.table(standard.merging([name: tried]) { $1 })
        return (try? table.decoded(as: type)).map { $0.problem == nil } ?? false
      }
      return ParameterEntry(
        name: name, standard: value.description, range: range(of: child.value, where: accepts))
    }
  }

  private static func range(of value: Any, where accepts: (Parameters) -> Bool) -> String {
    // By type, as an empty list looks like all others.
    let lists: [(Any.Type, String)] = [
      ([Step].self, "a list of steps"), ([String].self, "a list of picture files"), ([UInt8].self, "levels, 0 … 255"),
      ([Double].self, "a list of numbers"), ([Int].self, "a list of whole numbers"),
      ([[Double]].self, "a list of regions, four fractions each"),
    ]
    if let list = lists.first(where: { $0.0 == type(of: value) }) { return list.1 }
    return switch value {
    case is Bool: "true or false"
    case let number as Int: limits(from: Double(number), whole: true) { accepts(.integer(Int64($0))) }
    case let number as Double: limits(from: number) { accepts(.number($0)) }
    case let range as ClosedRange<Int>:
      "a range within " + limits(from: Double(range.upperBound), whole: true) { accepts(twice(.integer(Int64($0)))) }
    case let range as ClosedRange<Double>:
      "a range within " + limits(from: range.upperBound) { accepts(twice(.number($0))) }
    case let choice as any CaseIterable: words(like: choice)
    case is Border: "edge, reflect, reflect101, wrap, black, or levels"
    case is UInt8: "a level, 0 … 255"
    case is [Int: [Step]]: "classes and their steps"
    case is ShiftRange: "a fraction of the side, pixels, or a list of choices"
    case is ZoomRange: "a fraction about 1, or a range of factors"
    default: "see its documentation"
    }
  }

  private static func twice(_ end: Parameters) -> Parameters { .list([end, end]) }

  private static func words<T: CaseIterable>(like choice: T) -> String {
    T.allCases.map { "\($0)" }.joined(separator: ", ")
  }

  /// The numbers about `start` that are taken, in words.
  private static func limits(from start: Double, whole: Bool = false, where accepts: (Double) -> Bool) -> String {
    func takes(_ number: Double) -> Bool { accepts(whole ? number.rounded() : number) }
    let ends = [false, true].map { limit(from: start, up: $0, takes).map { whole ? $0.rounded() : $0 } }
    let (low, high) = (ends[0], ends[1])
    return "\(low.map(text) ?? "−∞") … \(high.map(text) ?? "∞")"
  }

  /// The last number that is taken on one side; nil where there is no end to them.
  private static func limit(from start: Double, up: Bool, _ accepts: (Double) -> Bool) -> Double? {
    var (inside, step) = (start, 1.0)
    while accepts(start + (up ? step : -step)) {
      inside = start + (up ? step : -step)
      step *= 4
      if step > 1e8 { return nil }
    }
    var outside = start + (up ? step : -step)
    while abs(outside - inside) > 1e-6 * max(1, abs(inside)) {
      let middle = (inside + outside) / 2
      if accepts(middle) { inside = middle } else { outside = middle }
    }
    return inside
  }

  /// Five digits at most, without trailing zeros.
  private static func text(_ number: Double) -> String {
    let rounded = (number * 1e5).rounded() / 1e5
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
