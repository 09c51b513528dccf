/// Rows of words in aligned columns.
///
/// A row with fewer cells than there are columns ends in words that may run over the columns to their right.
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// - Parameter columns: titles, with the side that their cells keep to.
  package init(_ columns: [(title: String, alignment: Alignment)]) {
    header = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  package mutating func add(_ cells: [String]) { rows.append(cells) }

  package var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { column < $0.count - ($0.count < header.count ? 1 : 0) ? $0[column].columns : 0 }.max()
        ?? 0
    }
    return ([header] + rows).map { line($0, widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let padded = zip(zip(cells, widths), alignments).map { cell, alignment in
      let space = String(repeating: " ", count: max(0, cell.1 - cell.0.columns))
      return alignment == .left ? cell.0 + space : space + cell.0
    }
    let line = padded.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

extension String {
  /// The columns that a terminal gives it: two for East Asian wide characters and for emoji.
  var columns: Int { reduce(0) { $0 + ($1.isWide ? 2 : 1) } }
}

extension Character {
  fileprivate var isWide: Bool {
    guard let first = unicodeScalars.first else { return false }
    return first.properties.isEmojiPresentation || Self.wide.contains { $0.contains(first.value) }
  }

  /// Unicode's East Asian wide blocks, UAX #11.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0x20000...0x3FFFD,
  ]
}
