/// Finds the copies among pictures by their fingerprints.
///
/// Exact copies agree in content. Near copies differ in at most 10 bits of the DCT hash, correlate in their 16×16 grey
/// pictures above a limit, and have their colours in the same places. The limit is 0.95, and stricter where pictures of
/// the data set that are no copies are alike already (digits on black): a fifth of the way down from 1 to the typical
/// correlation with the likest picture beyond those 10 bits, so that a pair must stand out from the set. For photographs
/// that correlation is 0.46 (flowers, pets, CIFAR-10), for handwritten digits 0.95.
///
/// - Source: the hash is Zauner's pHash (2010); the index is Norouzi, Punjani & Fleet, 2012, "Fast search in Hamming
///   space with multi-index hashing"; the adaptive limit is ours.
struct DuplicateSearch {
  struct Found: Sendable {
    /// Pictures whose bytes agree, two or more in each list.
    var exact: [[Int]] = []
    /// Pictures that look alike, with exact copies of them; and the least similarity that joined them.
    var near: [(samples: [Int], similarity: Double)] = []
  }

  private struct Pair: Sendable {
    let a: Int
    let b: Int
    let similarity: Double
  }

  static let bits = 10
  /// Enough links to join a picture to its set.
  private static let linksPerPicture = 32

  private let prints: [Fingerprint?]
  private let threads: Int

  init(_ prints: [Fingerprint?], threads: Int) {
    self.prints = prints
    self.threads = threads
  }

  func run() -> Found {
    var found = Found()
    let exact = exactCopies()
    found.exact = exact
    let copies = Set(exact.flatMap { $0.dropFirst() })
    let candidates = prints.indices.filter { index in
      !copies.contains(index) && prints[index].map { !$0.isFlat } ?? false
    }
    let pairs = nearPairs(candidates)
    found.near = joined(pairs, exact: exact)
    return found
  }

  private func exactCopies() -> [[Int]] {
    var byContent: [Fingerprint.Content: [Int]] = [:]
    for (index, print) in prints.enumerated() {
      if let print { byContent[print.content, default: []].append(index) }
    }
    return byContent.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  private func nearPairs(_ candidates: [Int]) -> [Pair] {
    let known: [Fingerprint] = candidates.compactMap { prints[$0] }
    let least = 1 - Self.limit(known)
    let index = HammingIndex(known.map(\.look), within: Self.bits)
    let found: [[Pair]] = Workers.map(known.count, threads: threads) { a in
      var pairs: [Pair] = []
      index.forEachNeighbor(after: a) { b in
        let similarity = known[a].similarity(to: known[b])
        if similarity >= least, known[a].hasColors(of: known[b]) {
          pairs.append(Pair(a: candidates[a], b: candidates[b], similarity: similarity))
        }
        return pairs.count < Self.linksPerPicture
      }
      return pairs
    }
    return found.flatMap { $0 }
  }

  /// How far below 1 the similarity of two copies may lie in this data set; learnt from pictures that are no copies.
  private static func limit(_ prints: [Fingerprint]) -> Double {
    let asked = spread(prints.count, 200)
    let others = spread(prints.count, 2000)
    let best = asked.map { a in
      let nearest = others.filter { $0 != a }
        .map { (bits: (prints[a].look ^ prints[$0].look).nonzeroBitCount, index: $0) }
        .filter { $0.bits > Self.bits }.sorted { $0 < $1 }.prefix(4)
      return nearest.map { prints[a].similarity(to: prints[$0.index]) }.max() ?? 0
    }.sorted()
    guard !best.isEmpty else { return 0.05 }
    return max(0.002, min(0.05, 0.2 * (1 - best[best.count / 2])))
  }

  /// At most `wanted` numbers below `count`, evenly spread.
  private static func spread(_ count: Int, _ wanted: Int) -> [Int] {
    count <= wanted ? Array(0..<count) : (0..<wanted).map { $0 * count / wanted }
  }

  private func joined(_ pairs: [Pair], exact: [[Int]]) -> [(samples: [Int], similarity: Double)] {
    var sets = DisjointSets(count: prints.count)
    for pair in pairs { sets.join(pair.a, pair.b) }
    for group in exact { for copy in group.dropFirst() { sets.join(group[0], copy) } }
    var least: [Int: Double] = [:]
    for pair in pairs {
      let root = sets.root(of: pair.a)
      least[root] = min(least[root] ?? 1, pair.similarity)
    }
    return sets.groups().compactMap { group in least[sets.root(of: group[0])].map { (group, $0) } }
  }
}

/// Finds the hashes that differ from a given one in few bits, without comparing all pairs.
///
/// Two hashes that differ in at most 11 bits differ in at most 2 in one of four bands of 16; each band is a table.
package struct HammingIndex: Sendable {
  private let hashes: [UInt64]
  private let within: Int
  private let starts: [[Int32]]
  private let members: [[Int32]]

  /// All 16-bit words with at most two bits set.
  private static let masks: [UInt16] = (0...UInt16.max).filter { $0.nonzeroBitCount <= 2 }

  package init(_ hashes: [UInt64], within: Int) {
    precondition(within <= 11, "four bands find up to 11 bits")
    self.hashes = hashes
    self.within = within
    let tables = (0..<4).map { band in Self.table(hashes.map { Self.part($0, band) }) }
    starts = tables.map(\.starts)
    members = tables.map(\.members)
  }

  private static func part(_ hash: UInt64, _ band: Int) -> UInt16 { UInt16(truncatingIfNeeded: hash >> (16 * band)) }

  /// The numbers of the words, sorted by word, and where each word's begin.
  private static func table(_ words: [UInt16]) -> (starts: [Int32], members: [Int32]) {
    var starts = [Int32](repeating: 0, count: 65_537)
    for word in words { starts[Int(word) + 1] += 1 }
    for word in 0..<65_536 { starts[word + 1] += starts[word] }
    var next = starts
    var members = [Int32](repeating: 0, count: words.count)
    for (index, word) in words.enumerated() {
      members[Int(next[Int(word)])] = Int32(index)
      next[Int(word)] += 1
    }
    return (starts, members)
  }

  /// Calls `body` once with each later hash within reach, until it returns false.
  package func forEachNeighbor(after a: Int, _ body: (Int) -> Bool) {
    for band in 0..<4 {
      let own = Self.part(hashes[a], band)
      for mask in Self.masks {
        let word = Int(own ^ mask)
        for slot in starts[band][word]..<starts[band][word + 1] {
          let b = Int(members[band][Int(slot)])
          let difference = hashes[a] ^ hashes[b]
          guard b > a, difference.nonzeroBitCount <= within, Self.isFirst(band, difference) else { continue }
          if !body(b) { return }
        }
      }
    }
  }

  /// Whether no earlier band would have found the pair.
  private static func isFirst(_ band: Int, _ difference: UInt64) -> Bool {
    !(0..<band).contains { part(difference, $0).nonzeroBitCount <= 2 }
  }
}
