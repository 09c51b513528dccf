extension DataReport {
  /// What a person should know about the data, in sentences.
  var remarks: [String] {
    var sentences: [String] = []
    let conflicting = duplicates.filter(\.isConflicting)
    let leaking = duplicates.filter { $0.isLeak && !$0.isConflicting }
    let others = duplicates.count - conflicting.count - leaking.count
    if let first = conflicting.first {
      sentences.append(
        "\(Numbers.count(conflicting.count, "group")) of the same picture under different labels: "
          + "\(StudyReport.list(first.paths.prefix(3))).")
    }
    if let first = leaking.first {
      sentences.append(
        "\(Numbers.count(leaking.count, "group")) of copies on both sides of a split, which flatters the result: "
          + "\(StudyReport.list(first.paths.prefix(3))).")
    }
    if others > 0 {
      sentences.append("\(Numbers.count(others, "group")) of copies or near copies; each group stays in one fold.")
    }
    for oddity in oddities {
      let rest = oddity.paths.count > 3 ? " …" : ""
      sentences.append(
        "\(Numbers.count(oddity.paths.count, "picture")) \(Self.words[oddity.kind] ?? oddity.kind.rawValue): "
          + oddity.paths.prefix(3).joined(separator: ", ") + rest)
    }
    if imbalance > 3 {
      sentences.append(
        "The largest class has \(Numbers.plain(imbalance, decimals: 1)) times the pictures of the smallest.")
    }
    return sentences
  }

  private static let words: [Oddity.Kind: String] = [
    .tiny: "far smaller than the others", .elongated: "with one side more than four times the other",
    .grey: "without colour among coloured ones", .colored: "with colour among grey ones",
    .flat: "of one colour all over",
  ]
}
