public import HoneImage

/// Cuts one of the four corners or the middle.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: one draw per image; none from `all`.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1.
public struct FiveCrop: Transform {
  public enum Place: String, Sendable, Hashable, Codable, CaseIterable {
    /// One of the others, by chance.
    case any
    case topLeft, topRight, bottomLeft, bottomRight, center
  }
  public static let standard = FiveCrop()
  public var height: Int
  public var width: Int
  /// Which of the five.
  public var place: Place

  public init(height: Int = 224, width: Int = 224, place: Place = .any) {
    self.height = height
    self.width = width
    self.place = place
  }

  public var problem: String? { sizeProblem(height, width) }

  /// All five, for averaging predictions: top left, top right, bottom left, bottom right, centre.
  public func all(for size: Size) -> [Action] {
    let (bottom, right) = (size.height - height, size.width - width)
    let corners = bottom < 0 || right < 0 ? [] : [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    return (corners + [(centered(size.height, height), centered(size.width, width))]).map {
      .window(Rect(y: $0.0, x: $0.1, height: height, width: width), .black)
    }
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let all = all(for: scene.size)
    let drawn = stream.integer(0...all.count - 1)
    let asked = Place.allCases.firstIndex(of: place).map { $0 - 1 } ?? -1
    return [all[asked < 0 ? drawn : min(asked, all.count - 1)]]
  }
}

/// One of the five crops of `FiveCrop`, mirrored half of the time.
///
/// - Shape: `[H, W, C]` → `[height, width, C]`. Labels unchanged.
/// - Units: sides in pixels.
/// - Randomness: two draws per image; none from `all`.
/// - Throws: nothing.
/// - Source: Krizhevsky et al., NIPS 2012, §4.1.
public struct TenCrop: Transform {
  public static let standard = TenCrop()
  public var height: Int
  public var width: Int

  public init(height: Int = 224, width: Int = 224) {
    self.height = height
    self.width = width
  }

  public var problem: String? { sizeProblem(height, width) }

  /// All ten, for averaging predictions: the five crops, then their mirror images.
  public func all(for size: Size) -> [[Action]] {
    let five = FiveCrop(height: height, width: width).all(for: size)
    return five.map { [$0] } + five.map { [$0, .symmetry(.horizontal)] }
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let crop = FiveCrop(height: height, width: width).draw(for: scene, from: &stream)
    return stream.chance(0.5) ? crop + [.symmetry(.horizontal)] : crop
  }
}
