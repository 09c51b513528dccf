import Foundation
import Hone
import HoneTensor
import Testing

@Suite struct FinderTests {
  struct Curve: Decodable {
    let rates, losses: [Double]
    let found: [String: Double]
  }

  @Test("The rules of thumb find the rates that fastai's find", arguments: 0...1)
  func rules(_ index: Int) throws {
    let golden = try Golden("rate_search.json", as: [Curve].self).content[index]
    var search = RateSearch()
    for (rate, loss) in zip(golden.rates, golden.losses) { search.add(rate: rate, loss: loss) }
    #expect(search.suggestions.map(\.rule) == ["valley", "steep", "minimum/10", "slide"])
    for suggestion in search.suggestions {
      let name = suggestion.rule == "minimum/10" ? "minimum" : suggestion.rule
      let expected = try #require(golden.found[name])
      #expect(abs(suggestion.rate / expected - 1) < 1e-9, "\(name): \(suggestion.rate), fastai \(expected)")
    }
  }

  @Test("A range test ends when the loss diverges, suggests rates that train, and leaves its model alone")
  func range() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder, count: 64)
      let split = ToyData.split(64, validation: 16)
      let (search, unchanged) = try await Engine.run {
        let recipe = ToyData.recipe()
        let model = try recipe.makeModel(classes: data.classes)
        let before = try model.state().mapValues { try $0.floats() }
        let search = try findRate(of: model, for: recipe, on: data, split: split, range: RateRange(to: 1000, steps: 80))
        return (search, try before == model.state().mapValues { try $0.floats() })
      }
      #expect(unchanged)
      #expect(search.points.count < 80 && search.hasDiverged)
      #expect(search.points.first?.rate == 1e-7)
      let valley = try #require(search.suggestions.first { $0.rule == "valley" })
      #expect((1e-5...1).contains(valley.rate), "\(valley.rate)")
    }
  }

  @Test("A batch search doubles, never runs what would not fit, and names the largest and the fastest")
  func batches() {
    var search = BatchSearch(memoryLimit: 1000, largestAllowed: 512)
    while let size = search.next {
      search.trials.append(
        .init(size: size, secondsPerPicture: size == 8 ? 0.1 : 0.2, peakBytes: 100 + 30 * size))
    }
    #expect(search.trials.map(\.size) == [2, 4, 8, 16, 30])
    #expect(search.largest == 30 && search.fastest == 8)
    search = BatchSearch(memoryLimit: 100, largestAllowed: 512)
    search.trials.append(.init(size: 2, secondsPerPicture: 1, peakBytes: 130))
    #expect(search.next == nil && search.largest == nil)
  }

  @Test("Real batches keep to the limit of memory")
  func fits() async throws {
    let recipe = ToyData.recipe()
    let all = try await findBatch(for: recipe, classes: 2, memoryLimit: 1 << 30, largestAllowed: 16)
    #expect(all.trials.map(\.size) == [2, 4, 8, 16])
    #expect(all.largest == 16 && all.trials.allSatisfy { $0.secondsPerPicture > 0 })
    let (first, last) = (try #require(all.trials.first), try #require(all.trials.last))
    #expect(last.peakBytes > first.peakBytes)
    let limit = (first.peakBytes + last.peakBytes) / 2
    let some = try await findBatch(for: recipe, classes: 2, memoryLimit: limit, largestAllowed: 16)
    #expect(some.trials.filter { $0.peakBytes > limit }.count <= 1)
    #expect((2..<16).contains(some.largest ?? 0))
  }

  @Test("A plan of rates follows the recipe's phases and schedule")
  func plan() {
    var recipe = Recipe(epochs: 4, optimizer: .sgd(rate: 0.1), schedule: .cosine(warmup: .epochs(1)))
    recipe.transfer = TransferChoice(frozenEpochs: 2, unfrozenRate: 0.5)
    let plan = RatePlan(recipe, stepsPerEpoch: 10)
    #expect(plan.points.count == 40 && plan.phases == [2])
    #expect(abs(plan.points[10].rate - 0.1) < 1e-12 && abs(plan.points[30].rate - 0.05) < 1e-12)
    #expect(plan.points[0].rate < 0.01 && plan.points[19].rate < 0.01)
    #expect(plan.sampled(5).map(\.step) == [0, 9, 19, 29, 39])
    #expect(!plan.watchesLoss)
  }
}
