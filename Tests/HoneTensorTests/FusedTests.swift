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

  @Test func `lists of different lengths are refused`() async throws {
    let error = await #expect(throws: EngineError.self) {
      try await Engine.run { try Fused.add([Tensor(1)], []) }
    }
    #expect(error?.code == .shape)
  }
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
