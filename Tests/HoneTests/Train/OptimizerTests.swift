import Hone
import HoneTensor
import Testing

@Suite struct OptimizerTests {
  struct Expected: Decodable {
    let steps: [Int]
    let matrix: [[Double]]
    let b, start: [Double]
    let noise: [[Double]]
    let weights: [String: [[Double]]]
  }

  static let choices: [String: OptimizerChoice] = [
    "sgd": .sgd(rate: 0.05),
    "sgdMomentum": .sgd(rate: 0.05, momentum: 0.9, weightDecay: 0.01),
    "sgdNesterov": .sgd(rate: 0.05, momentum: 0.9, nesterov: true),
    "adam": OptimizerChoice(Adam(epsilon: 1e-7, style: .torch), rate: 0.05),
    "adamTorch": OptimizerChoice(Adam(epsilon: 1e-8, style: .torch, weightDecay: 0.01), rate: 0.05),
    "adamW": .adamW(rate: 0.05, weightDecay: 0.1),
    "rmsprop": OptimizerChoice(RMSprop(smoothing: 0.9, epsilon: 1e-8), rate: 0.02),
    "rmspropMomentum": OptimizerChoice(
      RMSprop(smoothing: 0.99, epsilon: 1e-8, momentum: 0.5, weightDecay: 0.01), rate: 0.02),
  ]

  @Test("50 steps of an optimizer equal PyTorch's", arguments: choices.keys.sorted(), [DType.float64, .float32])
  func equalsTorch(_ name: String, _ dtype: DType) async throws {
    let golden = try Golden("optimizers.json", as: Expected.self).content
    let expected = try #require(golden.weights[name])
    let choice = try #require(Self.choices[name])
    let found = try await Engine.run {
      let matrix = try Tensor(golden.matrix.flatMap { $0 }, shape: [6, 6]).to(dtype)
      let b = try Tensor(golden.b).to(dtype)
      let parameter = try Parameter(Tensor(golden.start).to(dtype))
      let member = NamedParameter(
        name: "w", parameter: parameter, role: .kernel, layer: .dense)
      let optimizer = try Optimizer(choice, for: [member])
      var found: [[Double]] = []
      for (step, noise) in golden.noise.enumerated() {
        let gradient = try withoutGradients {
          try matrix.matmul(parameter.value).sub(b).add(Tensor(noise).to(dtype))
        }
        try parameter.setGradient(gradient)
        try optimizer.step(rate: choice.rate)
        parameter.dropGradient()
        if golden.steps.contains(step + 1) { found.append(try parameter.value.doubles()) }
      }
      return found
    }
    let tolerance = dtype == .float64 ? 1e-9 : 2e-5
    for (mine, theirs) in zip(found.joined(), expected.joined()) {
      #expect(abs(mine - theirs) <= tolerance * max(1, abs(theirs)), "\(mine), torch \(theirs)")
    }
    #expect(found.count == expected.count)
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
