public import HoneImage

/// Pictures of a batch that are mixed with each other, everything drawn.
public struct MixStep: Sendable, Hashable, Codable {
  /// What is done to the pictures of a group.
  public enum How: Sendable, Hashable, Codable {
    /// Each keeps this part of itself and takes the rest from the other.
    case blend(Float)
    /// They swap a rectangle.
    case swap(Rect)
    /// They swap a cloud.
    case cloud(Cloud)
    /// They swap squares of a grid.
    case patches(Patches)
    /// Each shows the other, shrunk, in a rectangle.
    case inset(Rect)
    /// Four pictures exchange the quarters around a point.
    case quarters(y: Int, x: Int)

    /// How many pictures it takes.
    public var pictures: Int {
      if case .quarters = self { return 4 }
      return 2
    }
  }
  /// Places in the batch.
  public let slots: [Int]
  public let how: How
  /// What the second picture takes from the first, where it is not the same.
  public let back: How?

  public init(slots: [Int], how: How, back: How? = nil) {
    self.slots = slots
    self.how = how
    self.back = back
  }

  /// Mixes the pictures and their labels in place.
  public func apply(to batch: borrowing Batch) {
    let count = batch.count
    guard slots.count == how.pictures, Set(slots).count == slots.count,
      slots.allSatisfy({ (0..<count).contains($0) })
    else { return }
    let mixer = Mixer(batch)
    let places = slots.map { MixSlot(pixels: batch.slot($0), labels: batch.labels + $0 * batch.classes) }
    guard let back, slots.count == 2 else { return mixer.mix(places, how) }
    // Each takes from the other as it was: both are mixed with a copy.
    mixer.withCopy(of: places[0]) { first in
      mixer.withCopy(of: places[1]) { second in mixer.mix([places[0], second], how) }
      mixer.mix([places[1], first], back)
    }
  }
}

/// Some squares of a grid of 4 × 4.
public struct Patches: Sendable, Hashable, Codable {
  static let side = 4
  /// Row by row, which squares are taken.
  public let taken: [Bool]

  init(share: Double, _ stream: inout RandomStream) {
    let count = Self.side * Self.side
    let chosen = Set(stream.permutation(count).prefix(Int((share * Double(count)).rounded())))
    taken = (0..<count).map(chosen.contains)
  }

  func takes(y: Int, x: Int, of size: Size) -> Bool {
    let square = y * Self.side / size.height * Self.side + x * Self.side / size.width
    return taken.indices.contains(square) && taken[square]
  }
}

extension MixStep.How {
  /// The pixels that change owner, as stretches of a plane; empty for ways that swap none.
  package func stretches(of size: Size) -> [Range<Int>] {
    switch self {
    case .blend, .inset, .quarters: []
    case .swap(let rect): rect.stretches(of: size)
    case .cloud(let cloud): Self.stretches(of: cloud.mask(size))
    case .patches(let patches):
      Self.stretches(
        of: (0..<size.height * size.width).map { patches.takes(y: $0 / size.width, x: $0 % size.width, of: size) })
    }
  }

  private static func stretches(of mask: [Bool]) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start: Int?
    for (index, taken) in mask.enumerated() {
      if taken {
        start = start ?? index
      } else if let begun = start {
        stretches.append(begun..<index)
        start = nil
      }
    }
    return stretches + (start.map { [$0..<mask.count] } ?? [])
  }
}

extension Rect {
  /// Its rows as stretches of a plane, cut off at the edges.
  func stretches(of size: Size) -> [Range<Int>] {
    let (left, right) = (max(0, x), min(size.width, x + width))
    guard left < right else { return [] }
    return (max(0, y)..<max(max(0, y), min(size.height, y + height))).map { row in
      row * size.width + left..<row * size.width + right
    }
  }
}
