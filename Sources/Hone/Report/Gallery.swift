/// A wrong answer, as a picture.
public struct Mistake: Sendable, Hashable {
  public var thumbnail: Thumbnail
  public var label: String
  public var guess: String
  /// What the model gave to its guess, and to the right class.
  public var confidence: Double
  public var chance: Double
  /// Where the picture lies.
  public var title: String

  public init(
    thumbnail: Thumbnail, label: String, guess: String, confidence: Double, chance: Double, title: String
  ) {
    self.thumbnail = thumbnail
    self.label = label
    self.guess = guess
    self.confidence = confidence
    self.chance = chance
    self.title = title
  }

  var markup: Markup {
    """
    <figure>\(thumbnail.markup(description: "\(label), taken for \(guess)"))<figcaption>labelled <span class="was">\(label)</span>, \
    taken for <span class="said">\(guess)</span> with \(Numbers.percent(confidence, decimals: 0))<small>\(title)</small></figcaption></figure>
    """
  }
}

extension Predictions {
  /// Positions of the wrong answers, the most confident first.
  public var worstMistakes: [Int] {
    let guesses = guesses
    return labels.indices.filter { guesses[$0] != labels[$0] }
      .sorted { probabilities[$0][guesses[$0]] > probabilities[$1][guesses[$1]] }
  }
}

/// Rows of pictures: an original, then what augmentation makes of it.
struct Strips {
  var rows: [[Thumbnail]]

  var markup: Markup {
    let strips: [Markup] = rows.map { row in
      let cells: [Markup] = row.enumerated().map { index, thumbnail in
        "<figure>\(thumbnail.markup(description: index == 0 ? "original" : "augmented copy \(index)"))</figure>"
      }
      return "<div class=\"strip\" style=\"--columns:\(row.count)\">\(cells)</div>"
    }
    return "<div class=\"card\"><div class=\"strips\">\(strips)</div></div>"
  }
}

/// What is wrong with the data, in groups that open.
struct ProblemList {
  var problems: [DataProblem]

  var markup: Markup {
    let groups: [Markup] = DataProblem.Kind.allCases.compactMap { kind in
      let members = problems.filter { $0.kind == kind }
      guard !members.isEmpty else { return nil }
      let items: [Markup] = members.prefix(100).map { "<li>\($0.description)</li>" }
      let rest: Markup? = members.count > 100 ? "<li>and \(members.count - 100) more</li>" : nil
      return "<details><summary>\(Self.words(kind)): \(members.count)</summary><ul>\(items)\(rest)</ul></details>"
    }
    return "<div class=\"card\">\(groups)</div>"
  }

  private static func words(_ kind: DataProblem.Kind) -> String { names[kind] ?? kind.rawValue }

  private static let names: [DataProblem.Kind: String] = [
    .skipped: "Passed over on purpose", .notAPicture: "Not pictures", .broken: "Pictures that cannot be read",
    .missing: "Named in the table, but not there", .badRow: "Lines of the table that cannot be used",
    .emptyClass: "Classes without a picture", .singlePicture: "Classes with a single picture",
  ]
}
