import HoneAugment

/// Deals the units of a data set into parts so that every class is spread as its shares say.
struct Stratifier {
  private let labels: [Int]
  private let classes: Int
  private let units: [Int]

  init(_ dataset: Dataset, grouping: Grouping?) {
    labels = dataset.labels
    classes = dataset.classes.count
    units = (grouping ?? Grouping(dataset)).units
  }

  func unitCount(_ indices: [Int]) -> Int { Set(indices.map { units[$0] }).count }

  /// The pool in three: the rest, then one part for each share.
  func holdout(_ pool: [Int], shares: [Double], seed: UInt64) -> [[Int]] {
    let counts = counts(pool)
    let quotas = shares.map { Self.quotas(counts, share: $0) }
    let rest = counts.indices.map { label in
      counts[label] - quotas.reduce(0) { $0 + $1[label] }
    }
    var stream = RandomStream(seed: seed, name: "holdout")
    let targets = ([rest] + quotas).map { $0.map(Double.init) }
    return deal(collected(pool), targets: targets, stream: &stream)
  }

  func folds(_ indices: [Int], k: Int, repetition: Int, seed: UInt64) -> [Split] {
    let units = collected(indices)
    var unitsOfClass = [Int](repeating: 0, count: classes)
    for unit in units { for label in unit.counts.keys { unitsOfClass[label] += 1 } }
    let alone = { (unit: Unit) in unit.counts.keys.contains { unitsOfClass[$0] == 1 } }
    let target = counts(indices).map { Double($0) / Double(k) }
    var stream = RandomStream(seed: seed, index: repetition, name: "folds")
    let dealt = deal(
      units.filter { !alone($0) }, targets: [[Double]](repeating: target, count: k), stream: &stream)
    return dealt.map { validation in
      let judged = Set(validation)
      return Split(train: indices.filter { !judged.contains($0) }.sorted(), validation: validation)
    }
  }

  /// Pictures that stay together, and how many of each class they are.
  private struct Unit {
    var samples: [Int] = []
    var counts: [Int: Int] = [:]
  }

  private func counts(_ indices: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for index in indices { counts[labels[index]] += 1 }
    return counts
  }

  /// Whole numbers near `share × counts` whose sum is `share × total`, rounded.
  private static func quotas(_ counts: [Int], share: Double) -> [Int] {
    var seen = 0
    var given = 0
    return counts.map { count in
      seen += count
      let quota = Int((Double(seen) * share).rounded()) - given
      given += quota
      return quota
    }
  }

  private func collected(_ indices: [Int]) -> [Unit] {
    var collected: [Int: Unit] = [:]
    for index in indices.sorted() {
      collected[units[index], default: Unit()].samples.append(index)
      collected[units[index], default: Unit()].counts[labels[index], default: 0] += 1
    }
    return collected.values.sorted { $0.samples[0] < $1.samples[0] }
  }

  /// Deals the largest units first, each to the part whose distance from its targets it lessens most.
  ///
  /// Equals are settled by the parts' whole sizes, then by a drawn order of parts.
  private func deal(_ units: [Unit], targets: [[Double]], stream: inout RandomStream) -> [[Int]] {
    let order = stream.permutation(targets.count)
    var table = Table(targets: targets)
    var parts = [[Int]](repeating: [], count: targets.count)
    let shuffled = units.shuffled(using: &stream)
    let label = { (unit: Unit) in unit.counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0 }
    let keyed = shuffled.map { (unit: $0, label: label($0)) }.enumerated().sorted {
      ($1.element.unit.samples.count, $0.element.label, $0.offset)
        < ($0.element.unit.samples.count, $1.element.label, $1.offset)
    }
    for (_, (unit, _)) in keyed {
      let part = table.best(for: unit.counts, order: order)
      table.add(unit.counts, to: part)
      parts[part] += unit.samples
    }
    return parts.map { $0.sorted() }
  }

  /// How many pictures of each class every part still lacks.
  private struct Table {
    private var lacking: [[Double]]
    private var lackingInAll: [Double]
    private let weight: [Double]

    init(targets: [[Double]]) {
      lacking = targets
      lackingInAll = targets.map { $0.reduce(0, +) }
      weight = (targets.first ?? []).indices.map { label in 1 / max(1, targets.reduce(0) { $0 + $1[label] }) }
    }

    func best(for counts: [Int: Int], order: [Int]) -> Int {
      let labels = counts.sorted { $0.key < $1.key }
      let size = Double(counts.values.reduce(0, +))
      func cost(_ part: Int) -> (Double, Double) {
        let classes = labels.reduce(0.0) { sum, entry in
          let count = Double(entry.value)
          return sum + weight[entry.key] * count * (count - 2 * lacking[part][entry.key])
        }
        return (classes, size - 2 * lackingInAll[part])
      }
      var best = order[0]
      for part in order.dropFirst() where Self.isLess(cost(part), cost(best)) { best = part }
      return best
    }

    /// Costs apart by rounding only count as equal.
    private static func isLess(_ a: (Double, Double), _ b: (Double, Double)) -> Bool {
      abs(a.0 - b.0) > 1e-9 ? a.0 < b.0 : a.1 < b.1 - 1e-9
    }

    mutating func add(_ counts: [Int: Int], to part: Int) {
      for (label, count) in counts {
        lacking[part][label] -= Double(count)
        lackingInAll[part] -= Double(count)
      }
    }
  }
}
