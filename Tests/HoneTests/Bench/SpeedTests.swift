import Hone
import HoneTensor
import Testing

@Suite struct `Speed of a structure` {
  private static let recipe: Recipe = {
    var recipe = Recipe(model: ModelChoice("resnet20-cifar"), batchSize: .fixed(4))
    recipe.precision = .fixed(.float32)
    return recipe
  }()

  @Test func `what a step's operations take adds up to no more than the step`() async throws {
    let report = try await SpeedTest(of: Self.recipe, classes: 10, seconds: 0, profiles: true).run()
    let profile = try #require(report.profile)
    let parts = profile.rows.reduce(0) { $0 + $1.seconds }
    #expect(parts > 0.5 * profile.seconds && parts <= profile.seconds, "\(parts) of \(profile.seconds)")
    let convolutions = try #require(profile.rows.first { $0.operation == "conv2d 3×3" })
    #expect(convolutions.calls == 19)
    #expect(convolutions.forward > 0 && convolutions.backward > 0 && convolutions.least > 0)
    #expect(!profile.rows.contains { $0.operation == "backward" })
    #expect(report.training.runs >= 5 && report.training.fastest <= report.training.median)
  }

  @Test func `operations are counted as the layer table counts them`() async throws {
    let wanted = try Structure("resnet20-cifar", classes: 10).summary()
    let (forward, backward) = try await Engine.run {
      let model = try Model.make(Structure("resnet20-cifar", classes: 10), seed: 1)
      let x = try Tensor.normal([2, 3, 32, 32], seed: 1)
      let (_, calls) = try Engine.timed { try model(x, Pass(training: true)).sum().backward() }
      return (
        calls.reduce(0) { $0 + $1.forward.multiplyAdds }, calls.reduce(0) { $0 + $1.backward.multiplyAdds }
      )
    }
    #expect(forward == 2 * Double(wanted.multiplyAdds))
    #expect(2 * (forward + backward) == 2 * wanted.trainingOperations)
  }

  @Test func `operations within are told apart from those around`() async throws {
    try await Engine.run {
      let (inner, outer) = try Engine.timed {
        let x = try Tensor.ones([4, 5]).relu()
        let (_, inner) = try Engine.timed { try x.exp().reshape([20]).neg() }
        _ = try x.abs()
        return inner
      }
      #expect(inner.map(\.operation) == ["exp", "reshape", "neg"])
      #expect(inner.map(\.resultBytes) == [80, 0, 80])
      #expect(outer.map(\.operation).suffix(2) == ["relu", "abs"])
    }
  }

  @Test func `the roofline is the slower of arithmetic and memory`() {
    let rates = MachineRates(float32: 100, bfloat16: 200, memory: 10)
    #expect(rates.leastSeconds(multiplyAdds: 100, bytes: 1, .float32) == 2)
    #expect(rates.leastSeconds(multiplyAdds: 100, bytes: 1, .bfloat16) == 1)
    #expect(rates.leastSeconds(multiplyAdds: 1, bytes: 100, .float32) == 10)
  }

  @Test func `a profile joins calls of one operation over the steps`() throws {
    func call(_ name: String, _ seconds: Double) -> TimedOperation {
      TimedOperation(operation: name, shapes: "2", forward: .init(seconds: seconds, bytes: 10))
    }
    let step = [call("relu", 1), call("relu", 2), call("add", 5), call("backward", 90)]
    let profile = StepProfile(
      [step, step], update: call("optimizer", 4), seconds: 20,
      rates: MachineRates(float32: 1, bfloat16: 1, memory: 10), precision: .float32)
    #expect(profile.rows.map(\.operation) == ["add", "optimizer", "relu"])
    #expect(profile.rows.map(\.calls) == [1, 1, 2])
    #expect(profile.rows.map(\.forward) == [5, 4, 3])
    #expect(profile.rows.map(\.least) == [1, 1, 2])
    #expect(profile.rest == 8)
    #expect(profile.rows[0].share == 0.2)
  }
}
