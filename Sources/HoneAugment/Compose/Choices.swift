import HoneImage

/// Does one of several steps.
///
/// - Shape: as the step chosen. Labels unchanged.
/// - Units: `weights` in proportion to each other; none given means equally likely.
/// - Randomness: one draw, then the step's own.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `OneOf`, torchvision's `RandomChoice`.
public struct OneOf: Composite {
  public static let standard = OneOf([])
  public var steps: [Step]
  public var weights: [Double]

  public init(_ steps: [Step], weights: [Double] = []) {
    self.steps = steps
    self.weights = weights
  }

  public init(@PipelineBuilder _ steps: () -> [Step]) { self.init(steps()) }

  public var branches: [Branch] { [Branch(steps)] }

  public var problem: String? {
    if weights.contains(where: { $0 < 0 }) { return "weights must not be negative." }
    return weights.isEmpty || weights.count == steps.count
      ? nil : "\(steps.count) steps need as many weights; there are \(weights.count)."
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard let chosen = choice(&stream) else { return [] }
    return scene.draw([chosen], from: &stream)
  }

  private func choice(_ stream: inout RandomStream) -> Step? {
    guard !steps.isEmpty else { return nil }
    guard weights.count == steps.count else { return steps[stream.integer(0...steps.count - 1)] }
    var left = stream.uniform() * weights.reduce(0, +)
    for (step, weight) in zip(steps, weights) {
      left -= weight
      if left < 0 { return step }
    }
    return steps.last
  }
}

/// Does some of several steps, in the order given or in random order.
///
/// - Shape: as the steps chosen. Labels unchanged.
/// - Units: `count` steps, each at most once.
/// - Randomness: two draws and more, then the steps' own.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `SomeOf`.
public struct SomeOf: Composite {
  public static let standard = SomeOf([])
  public var steps: [Step]
  public var count: ClosedRange<Int>
  public var shuffles: Bool

  public init(_ steps: [Step], count: ClosedRange<Int> = 1...2, shuffles: Bool = false) {
    self.steps = steps
    self.count = count
    self.shuffles = shuffles
  }

  public init(count: ClosedRange<Int> = 1...2, shuffles: Bool = false, @PipelineBuilder _ steps: () -> [Step]) {
    self.init(steps(), count: count, shuffles: shuffles)
  }

  public var branches: [Branch] { [Branch(steps)] }

  public var problem: String? { count.lowerBound >= 0 ? nil : "count must not be negative; it is \(count)." }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let wanted = stream.integer(count)
    let chosen = stream.permutation(steps.count).prefix(wanted)
    return scene.draw((shuffles ? Array(chosen) : chosen.sorted()).map { steps[$0] }, from: &stream)
  }
}

/// Does all steps, in random order.
///
/// - Shape: as the steps. Labels unchanged.
/// - Units: none.
/// - Randomness: one draw per step but one, then the steps' own.
/// - Throws: nothing.
/// - Source: none: customary; torchvision's `RandomOrder`.
public struct RandomOrder: Composite {
  public static let standard = RandomOrder([])
  public var steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }
  public init(@PipelineBuilder _ steps: () -> [Step]) { self.init(steps()) }

  public var branches: [Branch] { [Branch(steps)] }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    scene.draw(stream.permutation(steps.count).map { steps[$0] }, from: &stream)
  }
}

/// Does all steps as one, so that they share a chance or a place in a choice.
///
/// - Shape: as the steps. Labels unchanged.
/// - Units: none.
/// - Randomness: the steps' own.
/// - Throws: nothing.
/// - Source: none: customary.
public struct InOrder: Composite {
  public static let standard = InOrder([])
  public var steps: [Step]

  public init(_ steps: [Step]) { self.steps = steps }
  public init(@PipelineBuilder _ steps: () -> [Step]) { self.init(steps()) }

  public var branches: [Branch] { [Branch(steps)] }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    scene.draw(steps, from: &stream)
  }
}

/// Leaves the picture as it is.
///
/// - Shape: kept. Labels unchanged.
/// - Units: none.
/// - Randomness: none.
/// - Throws: nothing.
/// - Source: none: customary.
public struct Identity: Transform {
  public static let standard = Identity()
  public init() {}
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [] }
}
