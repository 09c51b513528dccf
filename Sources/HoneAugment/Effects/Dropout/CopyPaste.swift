public import HoneImage

/// Pastes cut-out objects somewhere onto the picture.
///
/// Things half hidden by others, on grounds where they were never seen: a model that must name or find them learns what
/// they look like and not where they stand. For classes, paste what belongs to none.
///
/// - Shape: kept. Labels unchanged; masks show `mark` where an object lies, points and boxes stay even where they are
///   covered. Without objects pictures pass unchanged.
/// - Units: `objects` are paths of pictures whose transparency is their outline (without any they are pasted whole); `size` is
///   a fraction of the largest size that fits, at most their own (and 512 pixels a side); `flips` is the chance of each to be
///   mirrored; `softness` in pixels is how far its edge fades inwards; `mark` is a mask's level.
/// - Randomness: one draw per image, then five per object.
/// - Throws: nothing; a pipeline from a file is refused where an object cannot be read.
/// - Source: Ghiasi et al., 2021, arXiv:2012.07177; AlbumentationsX' `CopyAndPaste`, which keeps each object's own size.
public struct CopyPaste: Transform {
  public static let standard = CopyPaste()
  public var objects: [String]
  public var count: ClosedRange<Int>
  public var size: ClosedRange<Double>
  public var flips: Double
  public var softness: Double
  public var mark: Int

  public init(
    objects: [String] = [], count: ClosedRange<Int> = 1...3, size: ClosedRange<Double> = 0.2...0.6, flips: Double = 0.5,
    softness: Double = 0, mark: Int = 0
  ) {
    self.objects = objects
    self.count = count
    self.size = size
    self.flips = flips
    self.softness = softness
    self.mark = mark
  }

  public var problem: String? {
    rangeProblem("count", count, within: 0...1000) ?? rangeProblem("size", size, within: 0...1)
      ?? rangeProblem("flips", flips, within: 0...1) ?? rangeProblem("softness", softness, within: 0...20)
      ?? rangeProblem("mark", mark, within: 0...255) ?? References.problem(objects)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let pasted = (0..<stream.integer(count)).compactMap { _ in
      References.pick(objects, &stream).map { path in
        PastedObject(
          path: path, size: stream.uniform(size), y: stream.uniform(), x: stream.uniform(),
          isMirrored: stream.chance(flips))
      }
    }
    return pasted.isEmpty ? [] : [.effect(AnyEffect(Pasting(objects: pasted, softness: softness, mark: mark)))]
  }
}

/// One object of `CopyPaste` and where it goes: `y` and `x` are fractions of the room around it.
public struct PastedObject: Sendable, Hashable, Codable {
  public var path: String
  public var size: Double
  public var y: Double
  public var x: Double
  public var isMirrored: Bool
}

/// `CopyPaste` with its objects drawn; the last one lies on top.
public struct Pasting: Effect, CustomStringConvertible {
  public var objects: [PastedObject]
  public var softness: Double
  public var mark: Int
  /// Whether it marks where the objects lie instead of showing them.
  public var marks = false
  public var description: String {
    "paste \(objects.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }.joined(separator: ", "))"
  }

  public func apply(to image: inout Image<UInt8>) {
    for object in objects {
      guard let cutout = Cutout.of(object.path)?.placed(object, in: image.size, softness: softness) else { continue }
      func place(_ part: Double, _ room: Int) -> Int { min(room, Int(min(1, max(0, part)) * Double(room + 1))) }
      let (y, x) = (
        place(object.y, image.height - cutout.size.height), place(object.x, image.width - cutout.size.width)
      )
      if marks {
        cutout.mark(UInt8(clamping: mark), on: &image, y: y, x: x)
      } else {
        cutout.lay(on: &image, y: y, x: x)
      }
    }
  }
}
