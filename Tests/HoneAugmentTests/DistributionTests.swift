import Foundation
import HoneAugment
import HoneImage
import Testing

/// Drawn numbers come as often as their transforms say, by Pearson's chi-squared at fixed seeds.
@Suite("Distributions")
struct DistributionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let step: Step
    let range: ClosedRange<Double>
    /// The number drawn, read from the plan.
    let number: @Sendable (Plan) -> Double?
    var testDescription: String { name }
  }

  private static func warp(_ index: Int) -> @Sendable (Plan) -> Double? {
    { plan in
      guard case .warp(let warp)? = plan.actions.first else { return nil }
      return warp.matrix.m[index]
    }
  }

  private static func window(_ side: @Sendable @escaping (Rect) -> Int) -> @Sendable (Plan) -> Double? {
    { plan in
      guard case .window(let rect, _)? = plan.actions.first else { return nil }
      return Double(side(rect))
    }
  }

  static let cases = [
    Case(name: "angles", step: Step(Rotate(degrees: -30...30)), range: -30...30) { plan in
      guard case .warp(let warp)? = plan.actions.first else { return nil }
      return atan2(-warp.matrix.m[1], warp.matrix.m[0]) * 180 / .pi
    },
    Case(name: "shifts across", step: Step(Shift(x: -0.5...0.25)), range: -16...32, number: warp(2)),
    Case(name: "shifts down", step: Step(Shift(y: 0...1)), range: -64...0, number: warp(5)),
    Case(name: "slants", step: Step(Shear(x: -40...40)), range: -40...40) { plan in
      warp(1)(plan).map { atan($0) * 180 / .pi }
    },
    Case(name: "hues", step: Step(Hue(turns: -0.5...0.5)), range: -0.5...0.5) { plan in
      guard case .hue(let turns)? = plan.actions.first else { return nil }
      return turns
    },
    Case(name: "contrasts", step: Step(Contrast(factor: 0.5...2)), range: 0.5...2) { plan in
      guard case .tone(.contrast(let factor))? = plan.actions.first else { return nil }
      return factor
    },
    Case(name: "turns of Keras", step: Step(KerasAffine(rotationRange: 90, zoomRange: 0.0)), range: -90...90) { plan in
      guard case .warp(let warp)? = plan.actions.first else { return nil }
      return atan2(warp.matrix.m[3], warp.matrix.m[0]) * 180 / .pi
    },
  ]

  @Test("numbers of a range are uniform in it", arguments: cases)
  func uniform(given: Case) throws {
    let numbers = Self.numbers(given, draws: 4000)
    #expect(numbers.count == 4000)
    let width = given.range.upperBound - given.range.lowerBound
    var bins = [Int](repeating: 0, count: 16)
    for number in numbers {
      let part = (number - given.range.lowerBound) / width
      try #require((-0.01...1.01).contains(part), "\(number) lies outside")
      bins[min(15, max(0, Int(part * 16)))] += 1
    }
    #expect(chiSquared(bins) < 37.7)  // 99.9 % point, 15 degrees of freedom
  }

  @Test("whole offsets are equally likely, both ends included")
  func offsets() {
    let crop = Case(
      name: "", step: Step(PadCrop(padding: 4)), range: -4...4, number: Self.window { $0.x })
    var counts: [Double: Int] = [:]
    for number in Self.numbers(crop, draws: 4500) { counts[number, default: 0] += 1 }
    #expect(counts.count == 9)
    #expect(chiSquared(Array(counts.values)) < 26.1)  // 8 degrees of freedom
  }

  @Test("chances hold in every place that takes one", arguments: [0.05, 0.5, 0.9])
  func chances(chance: Double) {
    let flip = Flip().applied(chance)
    let places: [Step] = [
      flip, Step(OneOf([flip])), Step(InOrder([flip])), Step(RandomOrder([flip])),
      Step(PerClass([:], otherwise: [flip])),
      Step(OnSize([flip])), InOrder([Step(Flip())]).applied(chance),
    ]
    for place in places {
      let happened = Self.plans(place, draws: 3000).filter { !$0.actions.isEmpty }.count
      #expect(abs(Double(happened) - 3000 * chance) < 4 * (3000 * chance * (1 - chance)).squareRoot(), "\(place)")
    }
  }

  @Test("orders, counts and operations are equally likely")
  func choices() {
    let three = [Step(Invert()), Step(Grayscale()), Step(Transpose())]
    let orders = Self.tally(RandomOrder(three))
    #expect(orders.count == 6 && chiSquared(Array(orders.values)) < 20.5)
    let counts = Self.tally(SomeOf(three, count: 0...3)) { "\($0.actions.count)" }
    #expect(counts.count == 4 && chiSquared(Array(counts.values)) < 16.3)
    let firsts = Self.tally(SomeOf(three, count: 1...1))
    #expect(firsts.count == 3 && chiSquared(Array(firsts.values)) < 13.8)
  }

  private static func plans(_ step: Step, draws: Int) -> [Plan] {
    let pipeline = Pipeline([step])
    return (0..<draws).map {
      pipeline.plan(for: Size(height: 64, width: 64), key: SampleKey(seed: 21, epoch: 3, position: $0))
    }
  }

  private static func numbers(_ given: Case, draws: Int) -> [Double] {
    plans(given.step, draws: draws).compactMap(given.number)
  }

  private static func tally(
    _ transform: any Transform, by name: (Plan) -> String = { $0.description }
  ) -> [String: Int] {
    Dictionary(grouping: plans(Step(transform), draws: 3000), by: name).mapValues(\.count)
  }
}

/// Pearson's statistic of counts that should be equal.
func chiSquared(_ counts: [Int]) -> Double {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}
