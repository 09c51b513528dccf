import Hone
import Testing

@Suite struct ScheduleTests {
  struct Rates: Decodable {
    let total: Int
    let perEpoch: Int
    let factors: [String: [Double]]
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
  ]

  @Test("A schedule equals PyTorch's at every step", arguments: schedules.indices)
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
