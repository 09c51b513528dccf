/// All that the catalogue says of one transform; readable by machines.
public struct CatalogueEntry: Sendable, Hashable, Codable {
  public let name: String
  public let family: TransformFamily
  /// One line.
  public let summary: String
  public let parameters: [ParameterEntry]
  /// What each library calls it, by the library's `Peer.rawValue`.
  public let synonyms: [String: [String]]

  /// The names that a library has for it.
  public func names(in peer: Peer) -> [String] { synonyms[peer.rawValue] ?? [] }
}

/// A parameter of a transform.
public struct ParameterEntry: Sendable, Hashable, Codable {
  public let name: String
  /// As a file would hold it.
  public let standard: String
  /// What it may be, in words.
  public let range: String
}

extension Catalogue {
  /// Every transform with its parameters and synonyms, family by family; ways of mixing among them.
  public static let entries: [CatalogueEntry] = TransformFamily.allCases.flatMap { family in
    family == .mixing
      ? mixingNotes.map { CatalogueEntry($0, family, []) }
      : transforms(of: family).compactMap { type in
        notes.first { $0.name == type.name }.map { CatalogueEntry($0, family, parameters(of: type)) }
      }
  }

  /// Transforms without a line in the table of notes, and notes without a transform.
  package static var incomplete: [String] {
    let (noted, listed) = (Set(notes.map(\.name)), Set(transforms.map { $0.name }))
    return noted.symmetricDifference(listed).sorted()
  }

  /// What goes by a name, in Hone or in another library, without regard to case; Hone's own name first.
  public static func entries(named name: String) -> [CatalogueEntry] {
    func isIt(_ other: String) -> Bool { other.lowercased() == name.lowercased() }
    let own = entries.filter { isIt($0.name) }
    let others = entries.filter { !isIt($0.name) && $0.synonyms.values.joined().contains(where: isIt) }
    return own + others
  }
}

extension CatalogueEntry {
  init(_ note: Note, _ family: TransformFamily, _ parameters: [ParameterEntry]) {
    self.init(
      name: note.name, family: family, summary: note.summary, parameters: parameters,
      synonyms: Dictionary(uniqueKeysWithValues: note.synonyms.map { ($0.key.rawValue, $0.value) }))
  }
}
