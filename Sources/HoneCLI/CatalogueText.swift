import Hone
import HoneAugment

/// The catalogue of transforms on the terminal.
enum CatalogueText {
  private struct Listing: Encodable {
    var transforms = Catalogue.entries
    var leftOut = Catalogue.leftOut
  }

  static func list(json: Bool) throws {
    if json { return try Terminal.json(Listing()) }
    for family in TransformFamily.allCases {
      let entries = Catalogue.entries.filter { $0.family == family }
      guard !entries.isEmpty else { continue }
      var table = TextTable([("\(family.title) (\(entries.count))", .left), ("", .left)])
      for entry in entries { table.add(["  " + entry.name, entry.summary]) }
      Terminal.result(table.text)
    }
  }

  /// Prints what goes by a name.
  ///
  /// - Throws: `HoneError`, with the reason where another library's transform was left out, else with the nearest name.
  static func describe(_ name: String, json: Bool) throws {
    let found = Catalogue.entries(named: name)
    guard !found.isEmpty else { throw unknown(name) }
    if json { return try Terminal.json(found) }
    Terminal.result(found.map(text).joined(separator: "\n\n"))
  }

  private static func unknown(_ name: String) -> HoneError {
    if let left = Catalogue.reason(against: name) {
      return HoneError(.unknownKey, "\(left.peer.title)'s \(name) has no place in Hone: \(left.reason)")
    }
    return .unknown(name, among: Catalogue.entries.map(\.name), noun: "a transform")
  }

  private static func text(_ entry: CatalogueEntry) -> String {
    var lines = ["\(entry.name): \(entry.summary)", "family: \(entry.family.title)"]
    if entry.isEightBitOnly { lines.append("pictures: 8 bits only") }
    if !entry.parameters.isEmpty {
      var table = TextTable([("parameter", .left), ("default", .left), ("may be", .left)])
      for parameter in entry.parameters { table.add([parameter.name, parameter.standard, parameter.range]) }
      lines.append(table.text)
    }
    if !entry.synonyms.isEmpty { lines.append("elsewhere: " + entry.synonymText) }
    return lines.joined(separator: "\n")
  }
}
