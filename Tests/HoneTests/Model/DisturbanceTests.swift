import Hone
import HoneTensor
import Testing

/// Layers that work in training only: what they do to numbers, and how they get into a network.
@Suite struct DisturbanceTests {
  private static let pictures = [40, 50, 12, 12]

  /// Mean, variance and share of zeros after a disturbance of ones and minus ones.
  private static func moments(_ plan: any Disturbance, strength: Double = 1) async throws -> [Double] {
    try await Engine.run {
      let x = try Tensor.bernoulli(pictures, chance: 0.5, seed: 5).mul(2).sub(1)
      let y = try plan.applied(to: x, strength: strength, seed: 7)
      let same = try plan.applied(to: x, strength: strength, seed: 7)
      #expect(try y.doubles() == same.doubles())
      #expect(try y.doubles() != plan.applied(to: x, strength: strength, seed: 8).doubles())
      let gain = try y.mul(x)  // how much each number kept of itself
      return [try gain.mean().item(), try y.variance().item(), try y.eq(0).to(.float32).mean().item()]
    }
  }

  /// What a disturbance of ±1 leaves: of each number on average, of the variance, and in zeros.
  struct Law: Sendable {
    let plan: any Disturbance
    let mean, variance, zeros: Double

    static let all = [
      Law(plan: Dropout(0.3), mean: 1, variance: 1 / 0.7, zeros: 0.3),
      Law(plan: SpatialDropout(0.3), mean: 1, variance: 1 / 0.7, zeros: 0.3),
      Law(plan: GaussianDropout(0.3), mean: 1, variance: 1 / 0.7, zeros: 0),
      Law(plan: GaussianNoise(0.5), mean: 1, variance: 1.25, zeros: 0),
      Law(plan: AlphaDropout(0.3), mean: alphaScale * 0.7, variance: 1, zeros: 0),
      Law(plan: DropBlock(0.2, size: 3), mean: 1, variance: 1 / (1 - blocked), zeros: blocked),
    ]
    /// The chance that a seed lies within a step, at 0.032 each: one of nine places inside 12 × 12, six at an edge, four in
    /// a corner.
    private static let blocked = 0.2289
    /// `a` of the SELU paper's §3, for a chance of 0.3.
    private static let alphaScale = 1 / (0.7 * (1 + 0.3 * 3.0909)).squareRoot()
  }

  @Test("Each has the mean, the variance and the zeros of its formula", arguments: Law.all)
  func moments(_ law: Law) async throws {
    let found = try await Self.moments(law.plan)
    #expect(abs(found[0] - law.mean) < 0.04, "\(found)")
    #expect(abs(found[1] - law.variance) < 0.06, "\(found)")
    #expect(abs(found[2] - law.zeros) < 0.03, "\(found)")
  }

  @Test func `a schedule's strength scales the chance`() async throws {
    #expect(abs(try await Self.moments(Dropout(0.4), strength: 0.5)[2] - 0.2) < 0.03)
    #expect(abs(try await Self.moments(GaussianNoise(1), strength: 0.5)[1] - 1.25) < 0.06)
  }

  @Test func `spatial dropout drops channels, drop block squares`() async throws {
    try await Engine.run { () throws -> Void in
      let channels = try SpatialDropout(0.5).applied(to: .ones([4, 8, 3, 3]), strength: 1, seed: 3)
      let perChannel = try channels.sum([2, 3]).doubles()
      #expect(perChannel.allSatisfy { $0 == 0 || abs($0 - 18) < 1e-4 } && Set(perChannel).count == 2)
      var seeds = [Float](repeating: 0, count: 36)
      seeds[2 * 6 + 3] = 1
      let kept = try DropBlock.kept(outside: Tensor(seeds, shape: [1, 1, 6, 6]), 3).doubles()
      let picture = (0..<6).map { row in kept[row * 6..<row * 6 + 6].map { $0 == 0 ? "·" : "#" }.joined() }
      #expect(picture == ["######", "##···#", "##···#", "##···#", "######", "######"])
      #expect(abs(kept.reduce(0, +) - 36) < 1e-4)
    }
  }

  @Test func `an activity penalty costs what Keras's costs, and once`() async throws {
    let loss = try await Engine.run {
      var structure = Structure("classic-cnn", input: InputSpec(side: 16), classes: 2)
      structure.options = StructureOptions(widths: [4, 8], dense: 16)
      structure.options.insets = [
        Inset(ActivityPenalty(l1: 0.5, l2: 0.25), after: LayerFilter(names: ["classifier.0"]))
      ]
      let model = try Model.make(structure, seed: 1)
      let features = try Tensor.normal([3, 32], seed: 2)
      _ = try model.classify(features, Pass(training: true))
      let charge = try #require(try model.takeCharge()).item()
      #expect(try model.takeCharge() == nil)
      let dense = model.headParameters
      let outputs = try features.linear(dense[0].parameter.value, bias: dense[1].parameter.value)
      return (charge, try (outputs.abs().sum().mul(0.5) + outputs.square().sum().mul(0.25)).div(3).item())
    }
    #expect(abs(loss.0 - loss.1) < 1e-4 * loss.1)
  }

  @Test(
    "Insets go where they are put, change training and not evaluation, and leave the weights' names alone",
    arguments: [false, true])
  func insets(_ onWeights: Bool) async throws {
    try await Engine.run { () throws -> Void in
      let plain = Structure("resnet20-cifar", classes: 3)
      var noisy = plain
      let place = LayerFilter(layers: [.convolution], names: ["layer3.*"])
      noisy.options.insets = [Inset(Dropout(0.5), after: place, onWeights: onWeights)]
      let (a, b) = (try Model.make(plain, seed: 4), try Model.make(noisy, seed: 4))
      #expect(a.parameters.map(\.name) == b.parameters.map(\.name))
      let x = try Tensor.normal([2, 3, 32, 32], seed: 1)
      let (one, other) = (try a(x).doubles(), try b(x).doubles())
      #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-5 })
      let training = Pass(training: true, seed: 3).again()
      let drawn = try [a(x, training).doubles(), b(x, training).doubles(), b(x, training).doubles()]
      #expect(drawn[0] != drawn[1] && drawn[1] == drawn[2])
      let folded = try b.optimizedForInference()
      let answers = try folded(x).doubles()
      #expect(zip(one, answers).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func `an inset that belongs nowhere is refused`() throws {
    let error = try #require(throws: HoneError.self) {
      let text = "model: {structure: resnet18, options: {insets: [{put: dropBlock, after: {names: [layer9.*]}}]}}"
      let recipe = try Recipe(text: text)
      try Structure(recipe.model.structure, classes: 2, options: recipe.model.options).check()
    }
    #expect(error.code == .conflict && error.message.contains("hone models resnet18"))
  }

  private static func run(_ plan: any LayerPlan, _ x: Tensor, _ pass: Pass) throws -> Tensor {
    let layer = try plan.make()
    return try layer(x, pass)
  }

  @Test func `tokens are left out in training, the first one never`() async throws {
    try await Engine.run { () throws -> Void in
      let x = try Tensor.range(0, 2 * 17 * 4).reshape([2, 17, 4])
      let kept = try Self.run(TokenDropout(0.25), x, Pass(training: true, seed: 1))
      #expect(kept.shape == [2, 13, 4])
      let firsts = try (kept.select(1, 0).doubles(), x.select(1, 0).doubles())
      #expect(firsts.0 == firsts.1)
      let rows = try (Set(kept.select(2, 0).doubles()), Set(x.select(2, 0).doubles()))
      #expect(rows.0.count == 26 && rows.0.isSubset(of: rows.1))
      let rested = try Self.run(TokenDropout(0.25), x, .evaluation)
      #expect(rested.shape == x.shape)
    }
  }

  @Test func `attention that overlooks tokens is attention on average`() async throws {
    try await Engine.run { () throws -> Void in
      let tokens = try Tensor.normal([2, 5, 12], seed: 2)
      let whole = try Self.run(SelfAttention(heads: 2), tokens, .evaluation).doubles()
      let almost = try Self.run(SelfAttention(heads: 2, dropout: 1e-9), tokens, Pass(training: true)).doubles()
      let farthest = zip(whole, almost).map { abs($0 - $1) }.max() ?? 1
      #expect(farthest < 1e-5)
      var sums = [Double](repeating: 0, count: whole.count)
      for seed in 0..<400 {
        let drawn = try Self.run(
          SelfAttention(heads: 2, dropout: 0.3), tokens, Pass(training: true, seed: UInt64(seed))
        ).doubles()
        for place in sums.indices { sums[place] += drawn[place] / 400 }
      }
      let bias = zip(whole, sums).map { abs($0 - $1) }.max() ?? 1
      #expect(bias < 0.25)
    }
  }

  @Test func `a shaken block is one number forwards, another backwards, and their mean in evaluation`() async throws {
    try await Engine.run { () throws -> Void in
      var plan = Residual(Sequential([("norm", LayerNorm(4))]), dropPath: 0.5)
      plan.shakes = true
      let layer: any Layer = try plan.make()
      var visitor = Visitor()
      visitor.part(layer)
      for entry in visitor.parameters { try entry.parameter.load(.ones(entry.parameter.shape)) }
      let body: any Layer = try plan.body.make()
      var inner = Visitor()
      inner.part(body)
      for entry in inner.parameters { try entry.parameter.load(.ones(entry.parameter.shape)) }
      let x = try Parameter(Tensor.normal([60, 3, 4], seed: 1))
      let part = try body(x.value, .evaluation).detach()
      let still = try layer(x.value, .evaluation).sub(x.value).div(part).detach()
      for gain in try still.doubles() { #expect(abs(gain - 0.5) < 1e-3) }
      let shaken = try layer(x.value, Pass(training: true, seed: 2)).sub(x.value).div(part).detach()
      let gains = try shaken.select(1, 0).select(1, 0).doubles()
      #expect(gains.allSatisfy { (-1.001...1.001).contains($0) } && gains.contains { $0 < -0.2 })
      #expect((15...45).contains(gains.count { abs($0 - 1) < 1e-3 }))
    }
  }
}
