extension Catalogue {
  /// The page `docs/transforms.md`.
  package static var markdown: String {
    let chapters = TransformFamily.allCases.compactMap(chapter)
    return """
      # Every transform, and what others call it

      Made from the catalogue (`hone augment --list`); the tests fail where it differs, and say how to make it anew.
      `hone augment --describe NAME` takes any of these names and prints parameters, defaults and ranges.

      | family | transforms |
      |---|--:|
      \(counts.joined(separator: "\n"))

      Marked ⁸: 8-bit pictures only; all others take 16 bits and float32 as well ([plans.md](plans.md)).

      \(chapters.joined(separator: "\n\n"))

      ## What other libraries have and Hone has not

      | library | names | why |
      |---|---|---|
      \(leftOut.map { "| \($0.peer.title) | \($0.names.joined(separator: ", ")) | \($0.reason) |" }.joined(separator: "\n"))

      """
  }

  private static var counts: [String] {
    let families = TransformFamily.allCases.map { family in (family.title, entries.count { $0.family == family }) }
    let all = families + [("all", entries.count)]
    return all.filter { $0.1 > 0 }.map { "| \($0.0) | \($0.1) |" }
  }

  private static func chapter(_ family: TransformFamily) -> String? {
    let rows = entries.filter { $0.family == family }.map {
      "| `\($0.name)`\($0.isEightBitOnly ? " ⁸" : "") | \($0.summary) | \($0.synonymText) |"
    }
    guard !rows.isEmpty else { return nil }
    return """
      ## \(family.title) (\(rows.count))

      | transform | what it does | elsewhere |
      |---|---|---|
      \(rows.joined(separator: "\n"))
      """
  }
}

extension CatalogueEntry {
  /// Whether it changes pictures of bytes only.
  public var isEightBitOnly: Bool { Catalogue.eightBitOnly.contains(name) }

  /// Library by library, what they call it.
  package var synonymText: String {
    Peer.allCases.compactMap { peer in
      let names = names(in: peer)
      return names.isEmpty ? nil : "\(peer.title): \(names.joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}
