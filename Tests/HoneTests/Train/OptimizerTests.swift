import Hone
import HoneTensor
import Testing

@Suite struct OptimizerTests {
  struct Expected: Decodable {
    let steps: [Int]
    let weights: [String: [[Double]]]
  }

  @Test(
    "50 steps of an optimizer equal its reference's", arguments: OptimizerChoice.golden.keys.sorted(),
    [DType.float64, .float32])
  func equalsReference(_ name: String, _ dtype: DType) async throws {
    let golden = try Golden("optimizers.json", as: Expected.self).content
    let expected = try #require(golden.weights[name])
    let choice = try #require(OptimizerChoice.golden[name])
    let found = try await Engine.run {
      let problem = try OptimizerProblem(dtype)
      let optimizer = try Optimizer(choice, for: problem.members)
      return try (1...50).compactMap { step -> [Double]? in
        try problem.step(step - 1, optimizer, choice, clipping: name == "adaptiveClipping" ? 0.05 : nil)
        return golden.steps.contains(step) ? try optimizer.settled { try problem.weights() } : nil
      }
    }
    let tolerance = dtype == .float64 ? 1e-9 : Self.loose[name] ?? 1e-5
    for (mine, theirs) in zip(found.joined(), expected.joined()) {
      #expect(abs(mine - theirs) <= tolerance * max(1, abs(theirs)), "\(mine), reference \(theirs)")
    }
    #expect(found.map(\.count) == expected.map(\.count))
  }

  @Test("Every reference run has its optimizer, and every optimizer its reference run")
  func complete() throws {
    let golden = try Golden("optimizers.json", as: Expected.self).content
    #expect(Set(golden.weights.keys) == Set(OptimizerChoice.golden.keys))
    let known = Set(OptimizerChoice.Rule.known.map { $0.name })
    #expect(Set(OptimizerChoice.golden.values.map { $0.rule.name }) == known)
  }

  /// Where float32 may stray: signs that turn on a last digit, and iterations that magnify it.
  static let loose = ["lion": 0.05, "lionCautious": 0.05, "soap": 0.05, "prodigy": 1e-3, "prodigyCorrected": 1e-3]

  @Test("A saved state goes on to the bit", arguments: OptimizerChoice.golden.keys.sorted())
  func resumes(_ name: String) async throws {
    let choice = try #require(OptimizerChoice.golden[name])
    try await Engine.run { () throws -> Void in
      let whole = try OptimizerProblem(.float32)
      let optimizer = try Optimizer(choice, for: whole.members)
      for step in 0..<7 { try whole.step(step, optimizer, choice) }
      let (resumed, saved) = (try whole.copy(), try optimizer.state.mapValues { try $0.clone() })
      let other = try Optimizer(choice, for: resumed.members)
      try other.load(saved, steps: 7)
      for step in 7..<20 {
        try whole.step(step, optimizer, choice)
        try resumed.step(step, other, choice)
      }
      #expect(try whole.weights() == resumed.weights())
      let settled = try (optimizer.settled { try whole.weights() }, other.settled { try resumed.weights() })
      #expect(settled.0 == settled.1)
    }
  }

  @Test("A group's factor scales its rate, zero freezes, and biases do not decay unless asked")
  func groups() async throws {
    try await Engine.run { () throws -> Void in
      func member(_ name: String, _ role: ParameterRole) throws -> NamedParameter {
        let parameter = try Parameter(.ones([1]))
        try parameter.setGradient(.ones([1]))
        return NamedParameter(name: name, parameter: parameter, role: role, layer: .dense)
      }
      func moved(_ choice: OptimizerChoice) throws -> [Double] {
        let members = [try member("a.weight", .kernel), try member("a.bias", .bias), try member("b.weight", .kernel)]
        try Optimizer(choice, for: members).step(rate: 0.1)
        return try members.map { 1 - (try $0.parameter.value.item()) }
      }
      func near(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 } }
      var choice = OptimizerChoice.sgd(rate: 0.1, weightDecay: 0.5)
      let bare = try moved(choice)
      #expect(near(bare, [0.15, 0.1, 0.15]))
      choice.decaysNormsAndBiases = true
      let all = try moved(choice)
      #expect(near(all, [0.15, 0.15, 0.15]))
      choice.rates = [.init(0.1, on: ParameterFilter(names: ["a.*"])), .init(0, on: ParameterFilter(names: ["b.*"]))]
      let scaled = try moved(choice)
      #expect(near(scaled, [0.015, 0.015, 0]))
    }
  }

  @Test("A name fits a pattern with stars as expected")
  func patterns() {
    func fits(_ pattern: String, _ name: String) -> Bool {
      ParameterFilter(names: [pattern]).accepts(name: name, role: .kernel, layer: .dense)
    }
    #expect(fits("*", "a.b") && fits("a.*", "a.b") && fits("*.b", "a.b") && fits("a*c", "abbc") && fits("a.b", "a.b"))
    #expect(fits("*1*2*", "x1y2z") && !fits("*2*1*", "x1y2z") && !fits("a", "ab") && !fits("ab*b", "ab"))
  }
}
