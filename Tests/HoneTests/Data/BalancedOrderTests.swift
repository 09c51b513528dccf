import Hone
import Testing

@Suite struct BalancedOrderTests {
  /// 90 of class 0, 9 of class 1, 1 of class 2, mixed up.
  private static let labels = (0..<100).map { $0 % 10 == 3 ? ($0 == 53 ? 2 : 1) : 0 }
  private static let indices = (0..<100).map { 1000 + $0 }

  private static func counts(_ order: [Int]) -> [Int] {
    (0..<3).map { label in order.count { labels[$0 - 1000] == label } }
  }

  @Test(arguments: [(0.0, [90, 9, 1]), (0.5, [70, 22, 8]), (1.0, [34, 33, 33])])
  func `classes come in the asked proportion, and the epoch keeps its length`(_ balance: Double, _ expected: [Int]) {
    let order = BalancedOrder(Self.indices, labels: Self.labels, balance: balance).order(seed: 1, epoch: 0)
    #expect(order.count == 100)
    #expect(zip(Self.counts(order), expected).allSatisfy { abs($0 - $1) <= 1 }, "\(Self.counts(order))")
  }

  @Test func `within a class every sample comes equally often, give or take one`() {
    let order = BalancedOrder(Self.indices, labels: Self.labels, balance: 1).order(seed: 7, epoch: 3)
    let times = Dictionary(order.map { ($0, 1) }, uniquingKeysWith: +)
    let ones = Self.indices.filter { Self.labels[$0 - 1000] == 1 }.map { times[$0] ?? 0 }
    #expect(ones.allSatisfy { (3...4).contains($0) }, "\(ones)")
  }

  @Test func `an epoch's order depends on its number and the seed alone`() {
    let balanced = BalancedOrder(Self.indices, labels: Self.labels, balance: 1)
    #expect(balanced.order(seed: 1, epoch: 2) == balanced.order(seed: 1, epoch: 2))
    #expect(balanced.order(seed: 1, epoch: 2) != balanced.order(seed: 1, epoch: 3))
    #expect(balanced.order(seed: 1, epoch: 2) != balanced.order(seed: 2, epoch: 2))
  }

  @Test func `a recipe balances by name, and refuses what is out of range`() throws {
    #expect(try Recipe(text: "balance: 0.5").balance == 0.5)
    #expect(throws: HoneError.self) { try Recipe(text: "balance: 2") }
  }
}
