extension DataReport: CustomStringConvertible {
  /// For a person on a terminal: counts, then what is wrong, the gravest first, then what is odd.
  public var description: String { description(listing: 8) }

  /// - Parameter limit: how many entries of each kind are named before the rest is only counted.
  public func description(listing limit: Int) -> String {
    let blocks = [head, table, problemBlock(limit), duplicateBlock(limit), oddityBlock(limit), verdict]
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var head: [String] {
    let readable = samples - unreadable.count
    var lines = ["\(name): \(readable) readable pictures in \(classes.count) classes"]
    if let sizes {
      lines.append("sizes (height×width): \(sizes.smallest) to \(sizes.largest), median \(sizes.median)")
    }
    if imbalance >= 2 {
      lines.append("the largest class has \((imbalance * 10).rounded() / 10) times the pictures of the smallest")
    }
    return lines
  }

  private var table: [String] {
    let parts = Dataset.Part.allCases.map(\.rawValue).filter { part in classes.contains { $0.parts[part] != nil } }
    let width = max(5, classes.map(\.name.count).max() ?? 0)
    func row(_ name: String, _ cells: [String]) -> String {
      name + String(repeating: " ", count: width - name.count)
        + cells.map { String(repeating: " ", count: max(2, 12 - $0.count)) + $0 }.joined()
    }
    let columns = parts.isEmpty ? ["pictures"] : parts
    return [row("class", columns)]
      + classes.map { entry in
        row(entry.name, parts.isEmpty ? ["\(entry.pictures)"] : parts.map { "\(entry.parts[$0] ?? 0)" })
      }
  }

  private static func listed(_ title: String, _ entries: [String], _ limit: Int) -> [String] {
    guard !entries.isEmpty else { return [] }
    let rest = entries.count > limit ? ["  … and \(entries.count - limit) more"] : []
    return ["\(title) (\(entries.count))"] + entries.prefix(limit).map { "  \($0)" } + rest
  }

  private static let titles: [(DataProblem.Kind, String)] = [
    (.emptyClass, "Empty classes"), (.singlePicture, "Classes with one picture"),
    (.broken, "Broken pictures, left out"),
    (.missing, "Missing files"), (.badRow, "Lines of the table that cannot be used"), (.notAPicture, "Not pictures"),
    (.skipped, "Passed over"),
  ]

  private func problemBlock(_ limit: Int) -> [String] {
    Self.titles.flatMap { kind, title in
      Self.listed(title, problems.filter { $0.kind == kind }.map(\.description), limit)
    }
  }

  private func duplicateBlock(_ limit: Int) -> [String] {
    func lines(_ rule: (Duplicates) -> Bool) -> [String] { duplicates.filter(rule).map(Self.line) }
    return Self.listed("The same picture under different labels", lines { $0.isConflicting }, limit)
      + Self.listed("The same picture in different parts", lines { $0.isLeak && !$0.isConflicting }, limit)
      + Self.listed("Exact copies", lines { $0.kind == .exact && !$0.isConflicting && !$0.isLeak }, limit)
      + Self.listed("Near copies", lines { $0.kind == .near && !$0.isConflicting && !$0.isLeak }, limit)
  }

  private static func line(_ group: Duplicates) -> String {
    let names = group.paths.prefix(4).joined(separator: " = ") + (group.paths.count > 4 ? " = …" : "")
    return group.kind == .exact ? names : "\(names)  (alike \((group.similarity * 1000).rounded() / 1000))"
  }

  private func oddityBlock(_ limit: Int) -> [String] {
    let titles: [Oddity.Kind: String] = [
      .tiny: "Tiny", .elongated: "Very long or tall", .grey: "Grey among colour", .colored: "Colour among grey",
      .flat: "One colour all over",
    ]
    return oddities.flatMap { Self.listed(titles[$0.kind] ?? $0.kind.rawValue, $0.paths, limit) }
  }

  private var verdict: [String] {
    let grave = problems.contains { $0.kind == .emptyClass }
    return [grave ? "Not ready to train: a class has no readable picture." : "Ready to train."]
  }
}
