public import HoneImage

/// Does its steps to a copy and blends it with the picture: the steps at part of their strength.
///
/// - Shape: kept; a copy of another size is resized back. Labels unchanged.
/// - Units: `weight` of the changed copy, 0 … 1.
/// - Randomness: one draw, then the steps' own.
/// - Throws: nothing.
/// - Source: none: customary; imgaug's `BlendAlpha`.
public struct Blended: Composite {
  public static let standard = Blended([])
  public var steps: [Step]
  public var weight: ClosedRange<Double>

  public init(_ steps: [Step], weight: ClosedRange<Double> = 0.25...0.75) {
    self.steps = steps
    self.weight = weight
  }

  public init(weight: ClosedRange<Double> = 0.25...0.75, @PipelineBuilder _ steps: () -> [Step]) {
    self.init(steps(), weight: weight)
  }

  public var problem: String? {
    weight.lowerBound >= 0 && weight.upperBound <= 1 ? nil : "weight must lie between 0 and 1; it is \(weight)."
  }

  public var branches: [Branch] { [Branch(steps)] }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let part = stream.uniform(weight)
    let copy = Overlay.Copy(weight: part, actions: scene.draw(steps, from: &stream))
    return [.effect(AnyEffect(Overlay(own: 1 - part, copies: [copy])))]
  }
}

/// The weighted sum of a picture and changed copies of it.
public struct Overlay: Effect, CustomStringConvertible {
  /// A copy: what is done to it, and how much it counts.
  public struct Copy: Sendable, Hashable, Codable {
    public var weight: Double
    public var actions: [Action]
    public init(weight: Double, actions: [Action]) {
      self.weight = weight
      self.actions = actions
    }
  }
  /// How much the picture itself counts.
  public var own: Double
  public var copies: [Copy]

  public init(own: Double, copies: [Copy]) {
    self.own = own
    self.copies = copies
  }

  public var description: String {
    let parts = copies.map { copy in
      let work = copy.actions.isEmpty ? "itself" : copy.actions.map(\.description).joined(separator: ", ")
      return "\(percent(copy.weight)) (\(work))"
    }
    return (["\(percent(own)) itself"] + parts).joined(separator: " + ")
  }

  private func percent(_ part: Double) -> String { "\(Int((part * 100).rounded()))%" }

  public func apply(to image: inout Image<UInt8>) {
    var sum = image.elements.map { Float($0) * Float(own) }
    for copy in copies {
      let plan = Plan(sourceSize: image.size, channels: image.channels, actions: copy.actions)
      var changed = plan.applied(to: image)
      if changed.size != image.size { changed = changed.resized(to: image.size) }
      let weight = Float(copy.weight)
      for index in sum.indices { sum[index] += weight * Float(changed.elements[index]) }
    }
    image.elements = sum.map { UInt8(min(255, max(0, $0.rounded()))) }
  }
}
