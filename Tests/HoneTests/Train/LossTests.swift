import Hone
import HoneTensor
import Testing

@Suite struct LossTests {
  struct Expected: Decodable {
    let counts: [Int]
    let logits: [Double]
    let cases: [String: Case]

    struct Case: Decodable {
      let settings: String
      let targets: [Double]
      let loss: Double
      let gradient: [Double]
    }
  }

  private static func golden() throws -> Expected { try Golden("losses.json", as: Expected.self).content }

  @Test func `values and gradients of every loss equal the references'`() async throws {
    let golden = try Self.golden()
    for (name, expected) in golden.cases {
      let choice = try Recipe(text: "loss: \(expected.settings)").loss
      let (loss, gradient) = try await Engine.run {
        let logits = try Parameter(Tensor(golden.logits.map(Float.init), shape: [7, 4]))
        let targets = try Tensor(expected.targets.map(Float.init), shape: [7, 4])
        let loss = try Objective(choice, outputs: 4, counts: golden.counts).loss(logits.value, targets)
        try loss.backward()
        return (try loss.item(), try #require(logits.gradient).floats())
      }
      #expect(abs(loss - expected.loss) < 2e-6 * max(1, abs(expected.loss)), "\(name)")
      for (mine, theirs) in zip(gradient, expected.gradient) {
        #expect(abs(Double(mine) - theirs) < 2e-6, "\(name)")
      }
    }
  }

  @Test func `every loss that a recipe can name is compared`() throws {
    let cases = try Self.golden().cases.values
    for kind in LossChoice.Kind.known where kind.name != "crossEntropy" {
      #expect(cases.contains { $0.settings.contains("\"\(kind.name)\"") }, "\(kind.name)")
    }
    for rule in ClassWeights.Rule.allCases where rule != .even {
      #expect(cases.contains { $0.settings.contains("\"\(rule.rawValue)\"") }, "\(rule)")
    }
  }

  @Test(arguments: LossChoice.Kind.known.map { $0.name })
  func `a head with one output for two classes has the loss of its two probabilities`(kind: String) async throws {
    let choice = try Recipe(text: "loss: {kind: \(kind)}").loss
    try await Engine.run {
      let one = try Tensor([0.3, -2, 1.5].map(Float.init), shape: [3, 1])
      let two = try Tensor([0, 0.3, 0, -2, 0, 1.5].map(Float.init), shape: [3, 2])
      let targets = try Tensor([1, 0, 0, 1, 0.4, 0.6].map(Float.init), shape: [3, 2])
      let same = kind == "binary" ? LossChoice() : choice
      let mine = try Objective(choice, outputs: 1, counts: [5, 2]).loss(one, targets).item()
      let expected = try Objective(same, outputs: 2, counts: [5, 2]).loss(two, targets).item()
      #expect(abs(mine - expected) < 1e-6)
    }
  }

  @Test func `weights that begin late, and losses that are not believed, come with the training's progress`()
    async throws
  {
    try await Engine.run {
      let logits = try Tensor([2, 0, 0, 2, 0, 2, 2, 0].map(Float.init), shape: [4, 2])
      let targets = try Tensor([1, 0, 1, 0, 0, 1, 0, 1].map(Float.init), shape: [4, 2])
      func loss(_ choice: LossChoice, _ progress: Double) throws -> Double {
        try Objective(choice, outputs: 2, counts: [9, 1]).loss(logits, targets, progress: progress).item()
      }
      let plain = try loss(LossChoice(), 1)
      let late = LossChoice(classWeights: ClassWeights(.balanced, begins: 0.8))
      #expect(try loss(late, 0.79) == plain)
      #expect(try loss(late, 0.8) > 2 * plain)
      let wary = LossChoice(distrusted: 0.5)
      #expect(try loss(wary, 0) == plain)
      #expect(try loss(wary, 0.2) < plain / 5)
    }
  }
}
