import Hone
import Testing

@Suite struct ScheduleTests {
  struct Rates: Decodable {
    let total: Int
    let perEpoch: Int
    let factors: [String: [Double]]
    let losses, plateau: [Double]
  }

  static let schedules: [(String, Schedule)] = [
    ("constant", .constant),
    ("step", .step(every: .epochs(2), factor: 0.3)),
    ("multistep", Schedule(MultiStep(at: [.steps(15), .epochs(4)]))),
    ("exponential", Schedule(Exponential(factor: 0.9))),
    ("polynomial", Schedule(Polynomial(power: 2))),
    ("cosine", .cosine(final: 0.05)),
    ("oneCycle", Schedule(OneCycle())),
    ("warmCosine", .cosine(final: 0.05, warmup: .epochs(2))),
    ("warmStep", .step(every: .steps(20), factor: 0.3, warmup: .steps(5))),
    ("polynomialFinal", Schedule(Polynomial(power: 1.5, final: 0.1))),
    ("inverseRoot", Schedule(InverseRoot(scale: .epochs(1.5)))),
    ("cosineRestarts", Schedule(CosineRestarts(every: .epochs(1), growth: 2, final: 0.05))),
    ("cosineRestartsDecay", Schedule(CosineRestarts(every: .steps(8), growth: 2, decay: 0.5, final: 0.05))),
    ("flatCosine", Schedule(FlatCosine(fallsAt: 0.75, final: 0.05))),
    ("trapezoid", Schedule(Trapezoid(cooldown: .epochs(2), final: 0.05))),
    ("trapezoidRoot", Schedule(Trapezoid(cooldown: .steps(15), curve: .root), warmup: .epochs(1))),
  ]

  @Test("A schedule equals PyTorch's or timm's at every step", arguments: schedules.indices)
  func equalsTorch(_ index: Int) throws {
    let (name, schedule) = Self.schedules[index]
    let golden = try Golden("schedules.json", as: Rates.self).content
    let expected = try #require(golden.factors[name])
    // OneCycleLR rejects a step past its end, so its golden spans one more step than the run.
    let total = name == "oneCycle" ? golden.total + 1 : golden.total
    for (step, rate) in expected.enumerated() {
      let factor = schedule.factor(at: step, of: total, perEpoch: golden.perEpoch)
      #expect(abs(factor - rate) < 1e-9, "\(name) at step \(step): \(factor), torch \(rate)")
    }
  }

  @Test("A plateau's factors equal PyTorch's, epoch by epoch")
  func plateau() throws {
    let golden = try Golden("schedules.json", as: Rates.self).content
    let schedule = Schedule(Plateau(patience: 2, factor: 0.3, threshold: 0.01, cooldown: 2, final: 0.02))
    for (epoch, expected) in golden.plateau.enumerated() {
      let factor = schedule.factor(
        at: epoch * 10, of: 1000, perEpoch: 10, losses: Array(golden.losses.prefix(epoch)))
      #expect(abs(factor - expected) < 1e-9, "epoch \(epoch): \(factor), torch \(expected)")
    }
  }

  @Test("Every shape that a recipe can name has a golden")
  func complete() {
    let tested = Set(Self.schedules.map { type(of: $0.1.shape.kind).name }).union([Plateau.name])
    #expect(tested == Set(Schedule.Shape.known.map { $0.name }))
  }

  @Test("A schedule stays finite in runs of no, one and two steps")
  func shortRuns() {
    for (name, schedule) in Self.schedules {
      for total in 0...2 {
        let factor = schedule.factor(at: 0, of: total, perEpoch: 1)
        #expect(factor.isFinite && factor >= 0 && factor <= 1, "\(name) of \(total)")
      }
    }
  }
}
