public import HoneImage

/// Ways to look at a picture more than once, so that a model's answers can be averaged.
public enum Viewing: String, Sendable, Hashable, Codable, CaseIterable {
  /// As it is and mirrored.
  case flips
  /// In quarter turns; half turns where it is not square.
  case turns
  /// Its corners and its middle.
  case fiveCrop
  /// The same, and mirrored.
  case tenCrop
  /// From nearer: the middle 7/8 and 3/4 of it as well.
  case scales
  /// As it is, and moved by 1/32 of its sides up and left, down and right: one pixel of 32.
  case shifts

  /// The views' pipelines, all ending at `size`, the first one being the plain view or the first crop.
  ///
  /// - Parameter preparation: what makes a picture's size the model's. A `CenterCrop` at its end gives way to the crops;
  ///   without one they are cut from a picture enlarged by an eighth.
  public func pipelines(preparing preparation: Pipeline, size: Size) -> [Pipeline] {
    func then(_ steps: any Transform...) -> Pipeline { Pipeline(preparation.steps + steps.map { Step($0) }) }
    switch self {
    case .flips: return [preparation, then(Flip(.horizontal))]
    case .turns:
      let angles = size.height == size.width ? [90.0, 180, 270] : [180]
      return [preparation] + angles.map { then(Rotate(degrees: $0...$0, grows: true)) }
    case .fiveCrop: return Self.crops(preparation, size)
    case .tenCrop:
      let five = Self.crops(preparation, size)
      return five + five.map { Pipeline($0.steps + [Step(Flip(.horizontal))]) }
    case .scales:
      return [preparation]
        + [7, 6].map { eighths in
          then(
            CenterCrop(height: max(1, size.height * eighths / 8), width: max(1, size.width * eighths / 8)),
            Resize(height: size.height, width: size.width))
        }
    case .shifts:
      return [preparation]
        + [-1.0 / 32, 1.0 / 32].map {
          then(Shift(x: $0...$0, y: $0...$0, border: .reflect101, interpolation: .nearest))
        }
    }
  }

  private static func crops(_ preparation: Pipeline, _ size: Size) -> [Pipeline] {
    let isCropped = preparation.steps.last?.transform is CenterCrop
    let before =
      isCropped
      ? preparation.steps.dropLast()
      : preparation.steps + [Step(Resize(height: size.height * 8 / 7, width: size.width * 8 / 7))]
    return FiveCrop.Place.allCases.dropFirst().map {
      Pipeline(before + [Step(FiveCrop(height: size.height, width: size.width, place: $0))])
    }
  }
}

extension Image where Element == Float {
  /// What several views say of each place of a picture: each brought back to where it looked, and averaged there.
  ///
  /// A map may be coarser than its view, as a network's last features are. Places that no view saw are 0.
  ///
  /// - Shape: maps of any size with as many channels each → the plans' source size.
  /// - Throws: `PipelineError`, `unsupported`, for a plan that has no way back.
  public init(meanOf views: [(plan: Plan, map: Image)]) throws(PipelineError) {
    guard let first = views.first else { throw PipelineError(.unsupported, "There are no views to average.") }
    let size = first.plan.sourceSize
    var sum = Image(height: size.height, width: size.width, channels: first.map.channels)
    var weight = Image(height: size.height, width: size.width, channels: 1)
    for (plan, map) in views {
      guard let back = plan.inverse, plan.sourceSize == size, map.channels == sum.channels else {
        throw PipelineError(.unsupported, "A view cannot be undone, or is of another picture: \(plan).")
      }
      let whole = map.resized(to: plan.outputSize)
      let (values, seen) = try (back.applied(to: whole), back.applied(to: whole.seen))
      for index in sum.elements.indices { sum.elements[index] += values.elements[index] }
      for index in weight.elements.indices { weight.elements[index] += seen.elements[index] }
    }
    for index in sum.elements.indices {
      let views = weight.elements[index / sum.channels]
      sum.elements[index] = views > 1e-3 ? sum.elements[index] / views : 0
    }
    self = sum
  }

  /// One everywhere.
  private var seen: Image { Image(height: height, width: width, channels: 1, repeating: 1) }
}
