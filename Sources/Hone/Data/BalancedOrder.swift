import Foundation
import HoneAugment

/// The samples of an epoch in which rare classes come more often than they are: as many samples as there are, of class `c` a
/// part that goes with `n_c^(1 − balance)`.
///
/// Within a class every sample comes equally often, give or take one.
///
/// - Units: `balance` 0 leaves classes as they are, 0.5 is square-root sampling, 1 gives all classes the same part.
/// - Randomness: a permutation per class and pass through it, and one of all, keyed by (seed, epoch).
/// - Source: Kang et al., 2020, arXiv:1910.09217, eq. 1.
package struct BalancedOrder {
  private let groups: [[Int]]
  private let balance: Double

  /// - Parameter labels: the class of each of `indices`.
  package init(_ indices: [Int], labels: [Int], balance: Double) {
    let byClass = Dictionary(grouping: zip(labels, indices), by: \.0)
    groups = byClass.sorted { $0.key < $1.key }.map { $0.value.map(\.1) }
    self.balance = balance
  }

  package func order(seed: UInt64, epoch: Int) -> [Int] {
    let picked = zip(groups, quotas).enumerated().flatMap { number, part -> [Int] in
      var stream = RandomStream(seed: seed, epoch: epoch, index: number, name: "balanced class")
      return Self.cycled(part.0, count: part.1, from: &stream)
    }
    var stream = RandomStream(seed: seed, epoch: epoch, name: "order")
    return stream.permutation(picked.count).map { picked[$0] }
  }

  /// How many samples each class gives: its part of them all, rounded so that the sum is kept.
  private var quotas: [Int] {
    let total = groups.reduce(0) { $0 + $1.count }
    let powers = groups.map { pow(Double($0.count), 1 - balance) }
    let exact = powers.map { $0 * Double(total) / powers.reduce(0, +) }
    var quotas = exact.map { Int($0) }
    let largest = exact.indices.sorted { (exact[$1] - Double(quotas[$1]), $0) < (exact[$0] - Double(quotas[$0]), $1) }
    for index in largest.prefix(total - quotas.reduce(0, +)) { quotas[index] += 1 }
    return quotas
  }

  private static func cycled(_ members: [Int], count: Int, from stream: inout RandomStream) -> [Int] {
    var picked: [Int] = []
    while picked.count < count {
      picked += stream.permutation(members.count).prefix(count - picked.count).map { members[$0] }
    }
    return picked
  }
}
