import Hone
import HoneTensor
import Testing

/// Prices on weights and what weights keep to, beside Keras's.
@Suite struct PenaltyTests {
  struct Expected: Decodable {
    struct Price: Decodable {
      let value: Double
      let gradient: [Double]
    }
    let weights: [String: [Float]]
    let penalties: [String: Price]
    let constraints: [String: [String: [Double]]]
  }
  private static let shapes = ["dense": [4, 6], "filters": [5, 3, 2, 2], "bias": [7]]

  private static func golden() throws -> Expected { try Golden("regularization.json", as: Expected.self).content }

  /// One of the golden's weights as a parameter.
  private static func member(_ name: String, of golden: Expected) throws -> NamedParameter {
    let weights = try Tensor(#require(golden.weights[name]), shape: shapes[name])
    return NamedParameter(
      name: name + ".weight", parameter: try Parameter(weights), role: name == "bias" ? .bias : .kernel,
      layer: name == "filters" ? .convolution : .dense)
  }

  private static func near(_ mine: [Double], _ theirs: [Double]) -> Bool {
    mine.count == theirs.count && zip(mine, theirs).allSatisfy { abs($0 - $1) < 1e-5 * max(1, abs($1)) }
  }

  @Test func `values and gradients of every penalty equal Keras's`() async throws {
    let golden = try Self.golden()
    for (text, expected) in golden.penalties {
      let regularization = try Recipe(text: "regularization: {penalties: [\(text)]}").regularization
      let (value, gradient) = try await Engine.run {
        let member = try Self.member("filters", of: golden)
        try member.parameter.setGradient(.zeros([5, 3, 2, 2]))
        let penalties = Penalties(regularization.penalties, for: [member])
        try penalties.addGradients()
        return (try penalties.value(), try #require(member.parameter.gradient).doubles())
      }
      #expect(abs(value - expected.value) < 1e-5 * expected.value, "\(text)")
      #expect(Self.near(gradient, expected.gradient), "\(text)")
    }
  }

  @Test func `weights under every constraint equal Keras's`() async throws {
    let golden = try Self.golden()
    for (text, expected) in golden.constraints {
      let regularization = try Recipe(text: "regularization: {constraints: [{kind: \(text), on: {}}]}").regularization
      for (name, weights) in expected {
        let kept = try await Engine.run {
          let member = try Self.member(name, of: golden)
          try Constraints(regularization.constraints, for: [member]).apply()
          return try member.parameter.value.doubles()
        }
        #expect(Self.near(kept, weights), "\(text) on \(name)")
      }
    }
  }

  @Test func `the spectral constraint bounds the largest singular value, and a saved memory goes on to the bit`()
    async throws
  {
    let golden = try Self.golden()
    try await Engine.run { () throws -> Void in
      let member = try Self.member("filters", of: golden)
      let constraints = Constraints([.spectral(0.5)], for: [member])
      for _ in 0..<3 { try constraints.apply() }
      let largest = try Linalg.svd(member.parameter.value.detach().reshape([5, -1])).s.doubles()[0]
      #expect(abs(largest - 0.5) < 1e-3)
      let other = try NamedParameter(
        name: member.name, parameter: Parameter(member.parameter.value.detach().mul(3)), role: .kernel,
        layer: .convolution)
      let resumed = Constraints([.spectral(0.5)], for: [other])
      resumed.load(constraints.state)
      try member.parameter.load(member.parameter.value.detach().mul(3))
      try constraints.apply()
      try resumed.apply()
      #expect(try member.parameter.value.doubles() == other.parameter.value.doubles())
    }
  }

  @Test func `proximal penalties set small numbers, and short filters, to zero exactly`() async throws {
    try await Engine.run { () throws -> Void in
      let weights = try Parameter(Tensor([3, 4, 0.3, -0.4, -1, 0.05].map(Float.init), shape: [3, 2]))
      let member = NamedParameter(name: "w", parameter: weights, role: .kernel, layer: .dense)
      let l1 = Penalties([.l1(1, proximal: true)], for: [member])
      try l1.shrink(rate: 0.1)
      let soft = [2.9, 3.9, 0.2, -0.3, -0.9, 0]
      #expect(Self.near(try weights.value.doubles(), soft))
      #expect(try weights.value.doubles()[5] == 0)
      let groups = Penalties([.groups(1, proximal: true)], for: [member])
      try groups.shrink(rate: 0.3)
      let long = 1 - 0.3 * 2.0.squareRoot() / (2.9 * 2.9 + 3.9 * 3.9).squareRoot()
      let found = try weights.value.doubles()
      #expect(Self.near(Array(found.prefix(2)), [2.9 * long, 3.9 * long]))
      #expect(found[2...3].allSatisfy { $0 == 0 })
      let sparsity = try #require(try groups.sparsity())
      #expect(sparsity.numbers == 6 && sparsity.zeros == 3 && sparsity.filters == 3 && sparsity.emptyFilters == 1)
    }
  }

  @Test func `what a layer's plan asks of its weights reaches exactly those`() throws {
    let plan = Sequential([
      ("stem", Convolution(3, 4, kernel: 3).with(regularizer: .l2(0.1), constraint: .maxNorm(2))),
      (
        "rest",
        Sequential { Convolution(4, 4, kernel: 1).with(biasRegularizer: .l1(0.2), biasConstraint: .nonNegative) }
      ),
    ])
    var trace = Trace()
    _ = try plan.trace([3, 8, 8], &trace)
    let penalties = trace.rules.penalties
    #expect(penalties.map(\.on.names) == [["stem.*"], ["rest.0.*"]])
    #expect(penalties.map(\.on.roles) == [[.kernel], [.bias]] && penalties.map(\.l2) == [0.1, 0])
    #expect(trace.rules.constraints.map(\.on.names) == [["stem.*"], ["rest.0.*"]])
    #expect(trace.rules.constraints[1].kind.value is NonNegative)
  }

  @Test func `a gradient penalty costs the squared slope, and has its derivative by the parameters`() async throws {
    try await Engine.run { () throws -> Void in
      let x = try Tensor.normal([6, 4], seed: 1)
      let mixing = try Parameter(Tensor.normal([4, 3], seed: 2))
      func losses(_ x: Tensor) throws -> Tensor { try x.matmul(mixing.value).sigmoid().square().sum([1]) }
      let price = try GradientPenalty(0.3).price(x, losses: losses)
      let found = try #require(try Tensor.gradients(of: price, wrt: [mixing.value])[0]).doubles()
      let leaf = try x.requiresGradient(true)
      let slopes = try #require(try Tensor.gradients(of: losses(leaf).sum(), wrt: [leaf], differentiable: true)[0])
      let exact = try slopes.square().sum().mul(0.3 / 6)
      let wanted = try #require(try Tensor.gradients(of: exact, wrt: [mixing.value])[0]).doubles()
      #expect(abs(try price.item() / exact.item() - 1) < 0.01)
      let largest = try #require(wanted.map(abs).max())
      for (mine, theirs) in zip(found, wanted) {
        #expect(abs(mine - theirs) < 0.02 * largest, "\(mine), by autograd \(theirs)")
      }
    }
  }

  @Test func `gradient noise has the deviation of its step, and is drawn by name`() async throws {
    let noise = GradientNoise(amount: 0.3, decay: 0.5)
    #expect(abs(noise.deviation(at: 3) - (0.3 / 2.0).squareRoot()) < 1e-12)
    try await Engine.run { () throws -> Void in
      let members = try ["a", "b"].map { name in
        NamedParameter(name: name, parameter: try Parameter(.zeros([100, 100])), role: .kernel, layer: .dense)
      }
      for member in members { try member.parameter.setGradient(.zeros([100, 100])) }
      try noise.add(to: members, at: 3, seed: 1)
      let drawn = try members.map { try #require($0.parameter.gradient).doubles() }
      let spread = (drawn[0].map { $0 * $0 }.reduce(0, +) / 1e4).squareRoot()
      #expect(abs(spread / noise.deviation(at: 3) - 1) < 0.03)
      #expect(drawn[0] != drawn[1])
      try members[0].parameter.setGradient(.zeros([100, 100]))
      try noise.add(to: [members[0]], at: 3, seed: 1)
      #expect(try members[0].parameter.gradient?.doubles() == drawn[0])
    }
  }
}
