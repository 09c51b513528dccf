import HoneImage

/// Multiplies all levels.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is black, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Brightness`, to the byte.
public struct Brightness: Transform {
  public static let standard = Brightness()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.table(.brightness(stream.uniform(factor)))]
  }
}

func factorProblem(_ factor: ClosedRange<Double>) -> String? {
  factor.lowerBound >= 0 && factor.upperBound <= 100 ? nil : "factor must lie between 0 and 100; it is \(factor)."
}

/// Multiplies distances from the picture's mean grey level.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `factor` 0 is grey, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Contrast`, to the byte.
public struct Contrast: Transform {
  public static let standard = Contrast()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.tone(.contrast(stream.uniform(factor)))]
  }
}

/// Multiplies distances from each pixel's own grey level.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `factor` 0 is greyscale, 1 the picture itself.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: Pillow's `ImageEnhance.Color`, within one level.
public struct Saturation: Transform {
  public static let standard = Saturation()
  public var factor: ClosedRange<Double>
  public init(factor: ClosedRange<Double> = 0.8...1.2) { self.factor = factor }
  public var problem: String? { factorProblem(factor) }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.matrix(.saturation(stream.uniform(factor)))]
  }
}

/// Turns the hue of every pixel in HSV.
///
/// - Shape: kept; pictures with fewer than three channels pass unchanged.
/// - Units: `turns` of the colour circle: −0.5 … 0.5.
/// - Randomness: one draw per image.
/// - Throws: nothing.
/// - Source: torchvision's `adjust_hue` on tensors (continuous HSV).
public struct Hue: Transform {
  public static let standard = Hue()
  public var turns: ClosedRange<Double>
  public init(turns: ClosedRange<Double> = -0.05...0.05) { self.turns = turns }
  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    [.hue(turns: stream.uniform(turns))]
  }
}

/// Changes brightness, contrast, saturation and hue, in random order.
///
/// - Shape: kept. Labels unchanged.
/// - Units: as `Brightness`, `Contrast`, `Saturation` and `Hue`; a range of one value (1, or 0 for hue) leaves that out.
/// - Randomness: up to seven draws per image.
/// - Throws: nothing.
/// - Source: torchvision's `ColorJitter`.
public struct ColorJitter: Transform {
  public static let standard = ColorJitter()
  public var brightness: ClosedRange<Double>
  public var contrast: ClosedRange<Double>
  public var saturation: ClosedRange<Double>
  public var hue: ClosedRange<Double>

  public init(
    brightness: ClosedRange<Double> = 0.8...1.2, contrast: ClosedRange<Double> = 0.8...1.2,
    saturation: ClosedRange<Double> = 0.8...1.2, hue: ClosedRange<Double> = -0.05...0.05
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  public var problem: String? { factorProblem(brightness) ?? factorProblem(contrast) ?? factorProblem(saturation) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    var actions: [Action] = []
    for part in stream.permutation(4) {
      switch part {
      case 0 where brightness != 1...1: actions.append(.table(.brightness(stream.uniform(brightness))))
      case 1 where contrast != 1...1: actions.append(.tone(.contrast(stream.uniform(contrast))))
      case 2 where saturation != 1...1: actions.append(.matrix(.saturation(stream.uniform(saturation))))
      case 3 where hue != 0...0: actions.append(.hue(turns: stream.uniform(hue)))
      default: break
      }
    }
    return actions
  }
}
