import HoneTensor
import Testing

@Suite struct FusedTests {
  @Test(arguments: Goldens.all.optimizers.keys.sorted())
  func `five steps move parameters as torch-optim does`(name: String) async throws {
    let golden = try #require(Goldens.all.optimizers[name])
    let make = try #require(optimizers[name])
    #expect(Set(optimizers.keys) == Set(Goldens.all.optimizers.keys))
    try await Engine.run {
      let parameters = try golden.parameters.map { try Parameter($0.tensor()) }
      let step = try make(parameters.map(\.value))
      for (drawn, after) in zip(golden.gradients, golden.after) {
        try step(drawn.map { try $0.tensor() })
        for (parameter, expected) in zip(parameters, after) {
          #expect(try distance(parameter.value.doubles(), expected.values) < 1e-5)
        }
      }
    }
  }

  @Test func `clipping by norm scales all gradients together and gives the norm before`() async throws {
    try await Engine.run {
      let gradients = [try Tensor([3.0, 0].map { Float($0) }), try Tensor([Float(4)])]
      #expect(abs(try Fused.globalNorm(gradients) - 5) < 1e-6)
      #expect(abs(try Fused.clipNorm(gradients, 10) - 5) < 1e-6)
      #expect(try gradients[1].floats() == [4])
      #expect(abs(try Fused.clipNorm(gradients, 1) - 5) < 1e-6)
      #expect(abs(try Fused.globalNorm(gradients) - 1) < 1e-5)
    }
  }

  @Test func `averages, penalties and limits work on whole lists`() async throws {
    try await Engine.run {
      let (x, y) = (try Tensor([Float(1), -2]), try Tensor([Float(3), -4]))
      try Fused.ema([x], [y], decay: 0.75)
      #expect(try x.floats() == [1.5, -2.5])
      try Fused.addSign([x], [y], scale: 0.5)
      #expect(try x.floats() == [2, -3])
      try Fused.add([x], [y], scale: 2)
      #expect(try x.floats() == [8, -11])
      try Fused.clipValue([x], 10)
      try Fused.scale([x], by: 0.5)
      #expect(try x.floats() == [4, -5])
    }
  }

  /// Numbers that the loop takes, that lie in memory otherwise, and that are of another type.
  enum Lists: CaseIterable { case alike, unlike, float64 }

  @Test(arguments: Lists.allCases)
  func `moments, and quotients over their roots, are those of their formulas`(kind: Lists) async throws {
    try await Engine.run { () throws -> Void in
      func list(_ seed: UInt64) throws -> TensorList {
        let drawn = try [[200, 300], [7]].map {
          try Tensor.normal($0, seed: seed).to(kind == .float64 ? .float64 : .float32)
        }
        guard kind == .unlike, seed == 2 else { return TensorList(drawn) }
        return TensorList([try Tensor.normal([300, 200], seed: seed).transpose(0, 1), drawn[1]])
      }
      let (means, gradients) = (try list(1), try list(2))
      let squares = try list(3).multiply(by: list(3))
      let (mean, square) = (try means.copy().numbers, try squares.copy().numbers)
      try means.average(gradients, keeping: 0.9, squares: squares, keeping: 0.7, scale: 2)
      let weights = try list(4)
      let before = try weights.numbers
      try weights.addQuotient(means, overRootsOf: squares, factor: 0.5, epsilon: 0.1, scale: -3)
      let quotients = try means.quotients(overRootsOf: squares, factor: 0.5, epsilon: 0.1, scale: 4).numbers
      let (newMeans, newSquares, newWeights) = try (means.numbers, squares.numbers, weights.numbers)
      for (place, gradient) in try gradients.numbers.enumerated() {
        let m = 0.9 * mean[place] + 0.1 * 2 * gradient
        let v = 0.7 * square[place] + 0.3 * 4 * gradient * gradient
        let quotient = m / (v.squareRoot() * 0.5 + 0.1)
        let found = (newMeans[place], newSquares[place], newWeights[place])
        guard
          abs(found.0 - m) < 1e-5, abs(found.1 - v) < 1e-5, abs(found.2 - before[place] + 3 * quotient) < 1e-4,
          abs(quotients[place] - 4 * quotient) < 1e-4
        else {
          Issue.record("at \(place): \(found), \(quotients[place])")
          return
        }
      }
    }
  }

  @Test func `lists of different lengths are refused`() async throws {
    let error = await #expect(throws: EngineError.self) {
      try await Engine.run { try Fused.add([Tensor(1)], []) }
    }
    #expect(error?.code == .shape)
  }
}

extension TensorList {
  /// All numbers of all tensors.
  fileprivate var numbers: [Double] { get throws { try tensors.flatMap { try $0.doubles() } } }
}

private typealias Step = ([Tensor]) throws -> Void

/// What the goldens' names mean here.
private let optimizers: [String: @Sendable ([Tensor]) throws -> Step] = [
  "adam": { try adam($0, rate: 0.01) },
  "adamDecay": { try adam($0, rate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, decay: 0.1) },
  "adamw": { try adam($0, rate: 0.01, decay: 0.1, decoupled: true) },
  "sgd": { x in { try Fused.sgd(x, gradients: $0, rate: 0.1, decay: 0.01) } },
  "momentum": { try momentum($0) },
  "nesterov": { try momentum($0, decay: 0.01, nesterov: true) },
  "rmsprop": { x in
    let squares = try x.map { try $0.zerosLike() }
    return { try Fused.rmsprop(x, gradients: $0, squares: squares, rate: 0.01) }
  },
  "rmspropMomentum": { x in
    let (squares, velocities) = (try x.map { try $0.zerosLike() }, try x.map { try $0.zerosLike() })
    return {
      try Fused.rmsprop(
        x, gradients: $0, squares: squares, velocities: velocities, rate: 0.01, decay: 0.1, momentum: 0.9)
    }
  },
]

private func adam(
  _ x: [Tensor], rate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, decay: Double = 0,
  decoupled: Bool = false
) throws -> Step {
  let (means, squares) = (try x.map { try $0.zerosLike() }, try x.map { try $0.zerosLike() })
  let steps = try x.map { _ in try Tensor(0) }
  return {
    try Fused.adam(
      x, gradients: $0, means: means, squares: squares, steps: steps, rate: rate, beta1: beta1, beta2: beta2,
      epsilon: epsilon, decay: decay, decoupled: decoupled)
  }
}

private func momentum(_ x: [Tensor], decay: Double = 0, nesterov: Bool = false) throws -> Step {
  let velocities = try x.map { try $0.zerosLike() }
  var isFirst = true
  return {
    try Fused.sgd(
      x, gradients: $0, velocities: velocities, rate: 0.1, momentum: 0.9, decay: decay, nesterov: nesterov,
      isFirst: isFirst)
    isFirst = false
  }
}
