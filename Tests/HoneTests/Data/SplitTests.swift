import Hone
import HoneAugment
import Testing

@Suite("Splits and folds")
struct SplitTests {
  /// A data set that exists only as labels and groups.
  static func dataset(_ labels: [Int], groups: [Int?]? = nil, parts: [Dataset.Part: [Int]]? = nil) -> Dataset {
    Dataset(
      name: "labels", root: "/", classes: (0...(labels.max() ?? 0)).map { "class \($0)" },
      samples: labels.enumerated().map { Sample(source: .file("/\($0)"), label: $1, group: groups?[$0]) },
      predefinedSplit: parts)
  }

  /// Labels, and groups for some, drawn from a seed.
  static func random(_ seed: UInt64) -> Dataset {
    var stream = RandomStream(seed: seed, name: "split test")
    let classes = stream.integer(2...6)
    let count = stream.integer(40...300)
    let groups = stream.chance(0.5) ? stream.integer(10...30) : 0
    let labels = (0..<count).map { _ in stream.integer(0...(classes - 1)) }
    return dataset(
      labels, groups: (0..<count).map { _ in groups > 0 && stream.chance(0.5) ? stream.integer(1...groups) : nil })
  }

  static func counts(_ dataset: Dataset, _ indices: [Int]) -> [Int] { dataset.subset(indices).counts }

  @Test(
    "Held-out parts are disjoint, complete, deterministic, and no group straddles them",
    arguments: 0..<40 as Range<UInt64>)
  func holdoutLaws(seed: UInt64) throws {
    let data = Self.random(seed)
    let grouping = Grouping(data, duplicates: [[0, 3, 5], [5, 8], [20, 30]])
    let split = try Split(data, validation: 0.2, test: 0.15, grouping: grouping, seed: seed)
    #expect((split.train + split.validation + split.test).sorted() == Array(data.samples.indices))
    #expect(try split == Split(data, validation: 0.2, test: 0.15, grouping: grouping, seed: seed))
    let units = [split.train, split.validation, split.test].map { Set($0.map { grouping.units[$0] }) }
    #expect(
      units[0].isDisjoint(with: units[1]) && units[0].isDisjoint(with: units[2]) && units[1].isDisjoint(with: units[2]))
    #expect(Set([0, 3, 5, 8].map { grouping.units[$0] }).count == 1)
  }

  @Test(
    "Single pictures are held out within one of each class's share, and of the whole",
    arguments: 0..<20 as Range<UInt64>)
  func holdoutShares(seed: UInt64) throws {
    let labels = Self.random(seed).labels
    let data = Self.dataset(labels)
    let split = try Split(data, validation: 0.2, test: 0.1, seed: seed)
    #expect(split.validation.count == Int((Double(labels.count) * 0.2).rounded()))
    for (part, share) in [(split.validation, 0.2), (split.test, 0.1)] {
      for (count, all) in zip(Self.counts(data, part), data.counts) {
        #expect(abs(Double(count) - share * Double(all)) <= 1)
      }
    }
  }

  @Test("Another seed gives another split; the same pictures are not always held out")
  func seeds() throws {
    let data = Self.dataset((0..<100).map { $0 % 2 })
    let splits = try (0..<5).map { try Split(data, validation: 0.2, seed: $0) }
    #expect(Set(splits).count == 5)
  }

  @Test("Parts that came with the data stay; only what is missing is held out from training pictures")
  func predefined() throws {
    let parts: [Dataset.Part: [Int]] = [.train: Array(0..<80), .test: Array(80..<100)]
    let data = Self.dataset((0..<100).map { $0 % 2 }, parts: parts)
    let split = try Split(data, validation: 0.25, test: 0.5, seed: 1)
    #expect(split.test == Array(80..<100))
    #expect(split.validation.count == 20)
    #expect(split.validation.allSatisfy { $0 < 80 })
    let grouping = Grouping(data, duplicates: [[split.train[0], 90], [split.validation[0], 91]])
    let clean = split.withoutLeaks(grouping)
    #expect(clean.train.count == 59 && clean.validation.count == 19 && clean.test.count == 20)
  }

  @Test("Unusable samples are in no part")
  func unusable() throws {
    let data = Self.dataset((0..<50).map { $0 % 2 })
    let usable = Array(5..<50)
    let split = try Split(data, validation: 0.2, usable: usable, seed: 1)
    #expect((split.train + split.validation).sorted() == usable)
  }

  @Test(
    "Folds validate every picture once per repeat, keep groups whole and spread the classes",
    arguments: 0..<40 as Range<UInt64>)
  func foldLaws(seed: UInt64) throws {
    let data = Self.random(seed)
    let grouping = Grouping(data)
    let folds = try Folds(data, k: 5, repeats: 2, grouping: grouping, seed: seed)
    #expect(folds.splits.count == 10)
    for repetition in 0..<2 {
      let splits = folds.splits[repetition * 5..<repetition * 5 + 5]
      #expect(splits.flatMap(\.validation).sorted() == Array(data.samples.indices))
      for split in splits {
        #expect((split.train + split.validation).sorted() == Array(data.samples.indices))
        let judged = Set(split.validation.map { grouping.units[$0] })
        #expect(judged.isDisjoint(with: split.train.map { grouping.units[$0] }))
        for (count, all) in zip(Self.counts(data, split.validation), data.counts) {
          #expect(abs(Double(count) - Double(all) / 5) <= 0.1 * Double(all) + 4)
        }
      }
    }
    #expect(folds.splits[0] != folds.splits[5])
    #expect(try folds.splits[..<5] == Folds(data, k: 5, repeats: 1, grouping: grouping, seed: seed).splits[...])
  }

  @Test("Folds of single pictures differ by at most one, in each class and in all", arguments: 0..<20 as Range<UInt64>)
  func foldShares(seed: UInt64) throws {
    let data = Self.dataset(Self.random(seed).labels)
    let folds = try Folds(data, k: 4, seed: seed)
    let sizes = folds.splits.map(\.validation.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    for label in data.classes.indices {
      let counts = folds.splits.map { Self.counts(data, $0.validation)[label] }
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }
  }

  @Test("A class with a single picture always trains")
  func singlePicture() throws {
    let data = Self.dataset([Int](repeating: 0, count: 10) + [1])
    let folds = try Folds(data, k: 5, seed: 3)
    #expect(folds.splits.allSatisfy { $0.train.contains(10) && !$0.validation.contains(10) })
  }

  @Test("Requests that cannot be met say what to change")
  func errors() throws {
    let data = Self.dataset([0, 1, 0, 1])
    #expect(throws: HoneError.self) { try Split(data, validation: 0.6, test: 0.5, seed: 0) }
    let few = #expect(throws: HoneError.self) { try Split(data, validation: 0.1, seed: 0) }
    #expect(few?.code == .badData)
    let folds = #expect(throws: HoneError.self) { try Folds(data, k: 5, seed: 0) }
    #expect(folds?.message.contains("fewer folds") == true)
    #expect(throws: HoneError.self) { try Folds(data, k: 1, seed: 0) }
  }
}
