import Foundation
import Hone
import HoneAugment
import HoneTesting
import Testing

@Suite struct StudyTests {
  let world = SimulatedWorld(techniques: SimulatedWorld.usual)
  let worth = ["backbone": 2.5, "crops": 0.8, "noise": -3.0]

  @Test func `what helps much is said to help, a placebo is not, and the winner holds what helps`() throws {
    let result = try world.study(world.runner(worth)).run()
    let found = Dictionary(uniqueKeysWithValues: result.findings.map { ($0.arm.name, $0) })
    #expect(found["backbone"]?.verdict == .helps)
    #expect(found["noise"]?.verdict == .hurts)
    #expect(found["placebo"]?.verdict == .indistinguishable)
    #expect(result.winner.techniques.contains("backbone"))
    #expect(found["backbone"]?.isInWinner == true)
    #expect(found["noise"]?.isInWinner == false)
    #expect((found["backbone"]?.pictures, found["backbone"]?.seeds == result.seeds) == (60, true))
  }

  @Test func `the test pictures are spent once, by arms named before, and never shown before`() throws {
    let runner = world.runner(worth)
    let journal = Journal()
    let result = try world.study(runner, journal: journal).run()
    #expect(result.looks == 1)
    let exam = try #require(result.test?.exam)
    #expect(exam.first?.arm.techniques == result.winner.techniques)
    #expect(Set(exam.dropFirst().compactMap(\.arm.family)).count == exam.count - 1, "one arm of each family")
    #expect(exam.allSatisfy { $0.seeds == world.most }, "time that is left buys further seeds here too")
    #expect(runner.tested.count == (exam.count + 1) * world.most)
    #expect(result.test?.pictures == 200)
    let test = Set(world.pictures..<(world.pictures + world.tests))
    for case .trial(let record) in journal.entries { #expect(test.isDisjoint(with: record.indices)) }
    #expect(try #require(result.test?.interval).contains(try #require(result.test?.accuracy)))
    #expect(result.test?.differenceInterval != nil)
  }

  @Test func `started again when all is done, it neither trains nor looks again`() throws {
    let journal = Journal()
    let first = try world.study(world.runner(worth), journal: journal).run()
    let runner = world.runner(worth)
    let second = try world.study(runner, journal: journal).run()
    #expect(runner.runs == 0)
    #expect(second.looks == 1 && second.test == first.test)
  }

  @Test(arguments: [3, 17, 40, 90]) func `stopped at any training, it continues to the same findings`(after: Int) throws
  {
    let whole = try world.study(world.runner(worth)).run()
    let journal = Journal()
    let dying = world.runner(worth)
    dying.diesAfter = after
    #expect(throws: SimulatedRunner.Died.self) { try world.study(dying, journal: journal).run() }
    let rest = world.runner(worth)
    let result = try world.study(rest, journal: journal).run()
    #expect(result.findings.map(\.difference) == whole.findings.map(\.difference))
    #expect(result.winner == whole.winner && result.test == whole.test)
    #expect(rest.runs > 0 && rest.runs <= whole.trainings + 24 - after)
  }

  @Test(arguments: [15.0, 40, 120, 600, 5000]) func `the budget is not overrun by more than a tenth`(budget: Double)
    throws
  {
    var world = world
    world.budget = budget
    let runner = world.runner(worth)
    let result = try world.study(runner).run()
    #expect(runner.now <= 1.1 * budget)
    #expect(result.seeds <= world.most)
    #expect(budget < 5000 || result.seeds == world.most, "time that is left buys further seeds")
  }

  @Test func `a budget too short for the baseline says so`() throws {
    var world = world
    world.budget = 1
    let error = #expect(throws: HoneError.self) { try world.study(world.runner(worth)).run() }
    #expect(error?.code == .overBudget)
  }

  @Test func `an arm that cannot run here is named with its reason, and the study goes on`() throws {
    let runner = world.runner(worth)
    runner.failing = ["crops": HoneError(.inputTooSmall, "pictures of 8×8 are too small for crops")]
    let result = try world.study(runner).run()
    let crops = try #require(result.alone.first { $0.arm.name == "crops" })
    #expect(crops.verdict == .notMeasured)
    #expect(crops.note?.contains("too small") == true)
    #expect(result.winner.techniques.contains("backbone"))
  }

  @Test func `adding a technique leaves the trainings of all others unchanged`() throws {
    var more = world
    more.techniques.append(Technique("another", .regularization, "Does nothing either.") { _ in })
    let before = try world.study(world.runner(worth)).run()
    let after = try more.study(more.runner(worth)).run()
    for finding in before.alone {
      let same = after.alone.first { $0.arm.name == finding.arm.name }
      #expect(same?.difference == finding.difference || same?.seeds != finding.seeds)
    }
  }

  @Test func `alternatives are never combined, and combinations hold one technique more at a time`() throws {
    let result = try world.study(world.runner(["backbone": 2, "slow": 2, "crops": 1, "placebo": 0.5])).run()
    for finding in result.together {
      #expect(!Set(["backbone", "slow"]).isSubset(of: finding.arm.techniques))
      #expect(finding.arm.techniques.count >= 2)
    }
  }

  @Test func `all that helped alone is tried together first`() throws {
    var world = world
    world.techniques.append(Technique("smooth", .regularization, "Smooths labels.") { $0.loss.labelSmoothing = 0.1 })
    let result = try world.study(world.runner(["backbone": 2, "crops": 1.5, "smooth": 1.5])).run()
    #expect(Set(try #require(result.together.first).arm.techniques) == ["backbone", "crops", "smooth"])
  }

  @Test func `what is commonly used together is measured right after the baseline, and built upon`() throws {
    var world = world
    world.techniques.append(Technique("smooth", .regularization, "Smooths labels.") { $0.loss.labelSmoothing = 0.1 })
    var plan = world.plan()
    plan.arms.insert(.combining(["crops", "smooth"], of: world.techniques, on: plan.arms[0].recipe), at: 1)
    let (journal, runner) = (Journal(), world.runner(["backbone": 2, "crops": 1.5, "smooth": 1.5]))
    let result = try Study(
      plan: plan, techniques: world.techniques, journal: journal, runner: runner, clock: { runner.now }
    ).run()
    let trained = journal.entries.compactMap { if case .trial(let record) = $0 { record.arm } else { nil } }
    #expect(trained.prefix(6) == ["baseline", "baseline", "baseline", "baseline", "baseline", "crops + smooth"])
    #expect(result.alone.allSatisfy { $0.arm.techniques.count == 1 })
    #expect(result.together.map(\.arm.name).prefix(2) == ["crops + smooth", "backbone + crops + smooth"])
    #expect(Set(result.together.map(\.arm.name)).count == result.together.count)
  }

  @Test func `the table breaks long names and leaves out families without techniques`() throws {
    var world = world
    world.techniques = ["a name of some thirty letters", "and another one as long as it"].map { name in
      Technique(name, .augmentation, "Helps.") { $0.balance += name.first == "a" ? 0.1 : 0.2 }
    }
    let worth = Dictionary(uniqueKeysWithValues: world.techniques.map { ($0.name, 2.0) })
    let lines = try world.study(world.runner(worth)).run().table.split(separator: "\n")
    #expect(!lines.contains("Regularization"))
    let place = try #require(lines.firstIndex { $0.hasSuffix("a name of some thirty letters + and another one") })
    #expect(lines[place + 1].hasPrefix("    as long as it") && lines[place + 1].hasSuffix("each"))
    #expect(lines.filter { $0.hasSuffix("each") }.allSatisfy { $0.count <= 120 })
  }

  @Test func `an arm for which there was no time at first is measured when time is left`() throws {
    var plan = world.plan()
    plan.aloneShare = 0.06
    let runner = world.runner(worth)
    let study = try Study(
      plan: plan, techniques: world.techniques, journal: Journal(), runner: runner, clock: { runner.now })
    let result = try study.run()
    #expect(result.alone.allSatisfy { $0.verdict != .notMeasured })
  }

  @Test func `in a short budget the first arms are measured, not none`() throws {
    var world = world
    world.budget = 60
    world.techniques = (0..<18).map { Technique("arm \($0)", .regularization, "Nothing.") { $0.accumulation = 4 } }
    let result = try world.study(world.runner([:])).run()
    #expect(result.alone.contains { $0.verdict != .notMeasured })
  }

  @Test func `a technique that needs another is tried only beside it`() throws {
    var world = world
    world.techniques.append(
      Technique("thaw", .transfer, "Trains the backbone too.", needs: ["backbone"]) { $0.accumulation = 2 })
    let result = try world.study(world.runner(["backbone": 2, "thaw": 1])).run()
    #expect(!result.alone.contains { $0.arm.name == "thaw" })
    #expect(result.together.contains { $0.arm.techniques == ["backbone", "thaw"] })
  }

  @Test func `a technique that would train just as before is not tried in combination`() throws {
    let result = try world.study(world.runner(["backbone": 2, "placebo": 1])).run()
    #expect(!result.together.contains { $0.arm.techniques.contains("placebo") })
  }

  @Test func `over many whole studies placebos are rarely called helpful or harmful`() throws {
    let studies = TestData.runsSlowTests ? 1000 : 60
    var world = world
    world.techniques = ["one", "two", "three", "four", "five"].map {
      Technique($0, .regularization, "Nothing.") { _ in }
    }
    world.tests = 6
    world.most = 3
    var fooled = 0
    for seed in 0..<studies {
      let result = try world.study(world.runner([:], world: UInt64(seed + 1))).run()
      if result.findings.contains(where: { $0.verdict == .helps || $0.verdict == .hurts }) { fooled += 1 }
    }
    #expect(Double(fooled) <= 0.07 * Double(studies), "fooled in \(fooled) of \(studies)")
  }
}
