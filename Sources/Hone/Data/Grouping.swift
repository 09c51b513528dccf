/// Which pictures must stay on one side of every split: the groups of the data set's maker (a patient, a burst) joined
/// with the duplicates that `DataReport` found.
///
/// ```swift
/// let together = Grouping(data, duplicates: report.duplicates.map(\.samples))
/// ```
public struct Grouping: Sendable, Hashable {
  /// For each sample, the number of the unit that it belongs to; two samples of one unit are never separated.
  public let units: [Int]

  /// - Parameter duplicates: lists of samples that show the same thing; lists that share a sample become one.
  public init(_ dataset: Dataset, duplicates: [[Int]] = []) {
    var sets = DisjointSets(count: dataset.samples.count)
    var first: [Int: Int] = [:]
    for (index, sample) in dataset.samples.enumerated() {
      guard let group = sample.group else { continue }
      if let other = first[group] { sets.join(other, index) } else { first[group] = index }
    }
    for group in duplicates { for index in group.dropFirst() { sets.join(group[0], index) } }
    units = dataset.samples.indices.map { sets.root(of: $0) }
  }
}

/// Union–find: numbers joined into sets, with path halving and union by size.
struct DisjointSets {
  private var parent: [Int]
  private var size: [Int]

  init(count: Int) {
    parent = Array(0..<count)
    size = [Int](repeating: 1, count: count)
  }

  mutating func root(of element: Int) -> Int {
    var element = element
    while parent[element] != element {
      parent[element] = parent[parent[element]]
      element = parent[element]
    }
    return element
  }

  /// Joins two sets; false when they were one already.
  @discardableResult
  mutating func join(_ a: Int, _ b: Int) -> Bool {
    var (a, b) = (root(of: a), root(of: b))
    guard a != b else { return false }
    if size[a] < size[b] { swap(&a, &b) }
    parent[b] = a
    size[a] += size[b]
    return true
  }

  /// The sets of two and more, each in rising order, sorted by their first.
  mutating func groups() -> [[Int]] {
    var members: [Int: [Int]] = [:]
    for element in parent.indices { members[root(of: element), default: []].append(element) }
    return members.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
