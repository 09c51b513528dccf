import Foundation
import HoneAugment
import HoneImage
import Testing

/// Whatever moves the picture's pixels moves masks, points and boxes along, with no transform named here.
@Suite("Targets of every geometric transform")
struct EveryTargetTests {
  static let names =
    [TransformFamily.cropping, .geometry, .distortion].flatMap { Catalogue.transforms(of: $0).map { $0.name } }
    + ["GridShuffle"]

  /// Three squares of seven pixels, each of a value of its own, far from the edges.
  private static let squares: [(y: Int, x: Int, value: UInt8)] = [(17, 22, 100), (24, 44, 101), (37, 29, 102)]
  private static let mask: Image<UInt8> = {
    var mask = Image<UInt8>(height: 56, width: 70, channels: 1)
    for square in squares {
      for y in -3...3 { for x in -3...3 { mask[square.y + y, square.x + x, 0] = square.value } }
    }
    return mask
  }()

  private func plans(_ name: String) throws -> [Plan] {
    let type = try #require(Registry.transforms.first { $0.name == name })
    let step = Step(Self.fitting(type.standard))
    return (0..<12).map {
      Pipeline([step]).plan(for: Self.mask.size, channels: 1, key: SampleKey(seed: 6, epoch: 0, position: $0))
    }
  }

  /// Cuts of a size are made smaller than the picture here.
  private static func fitting(_ transform: any Transform) -> any Transform {
    switch transform {
    case is Crop: Crop(height: 40, width: 50)
    case is CenterCrop: CenterCrop(height: 40, width: 50)
    case is FiveCrop: FiveCrop(height: 40, width: 50)
    case is TenCrop: TenCrop(height: 40, width: 50)
    case is CropRegion: CropRegion(y: 8, x: 12, height: 40, width: 50)
    case is HoneAugment.Morphology: Identity()
    default: transform
    }
  }

  /// The pixels of a mask that have a value.
  private func places(of value: UInt8, in mask: Image<UInt8>) -> [Point] {
    (0..<mask.height).flatMap { y in
      (0..<mask.width).compactMap { mask[y, $0, 0] == value ? Point(y: Double(y), x: Double($0)) : nil }
    }
  }

  @Test("a point lies on the mask where it lay on it before", arguments: names)
  func points(name: String) throws {
    for plan in try plans(name) {
      let moved = plan.applied(toMask: Self.mask)
      #expect(moved.size == plan.outputSize)
      let points = plan.kept(Self.squares.map { Point(y: Double($0.y), x: Double($0.x)) })
      for (square, point) in zip(Self.squares, points) {
        let pixels = places(of: square.value, in: moved)
        guard let point else { continue }
        let nearest = pixels.map { hypot($0.y - point.y, $0.x - point.x) }.min() ?? .infinity
        #expect(nearest < 2, "\(plan): \(point)")
      }
    }
  }

  @Test("a box holds what it held, the turned one too; a dropped one held nothing that is left", arguments: names)
  func boxes(name: String) throws {
    for plan in try plans(name) where name != "GridShuffle" {
      let moved = plan.applied(toMask: Self.mask)
      let scale = Double(moved.height * moved.width) / Double(Self.mask.height * Self.mask.width)
      let slack = 3 * max(1, scale.squareRoot())
      for square in Self.squares {
        let box = Box(y: Double(square.y) - 3, x: Double(square.x) - 3, height: 7, width: 7)
        let pixels = places(of: square.value, in: moved)
        guard let upright = plan.moved(box), let turned = plan.moved(TurnedBox(box)) else {
          #expect(pixels.count <= 6, "\(plan) \(pixels)")
          continue
        }
        for pixel in pixels {
          let (y, x) = (pixel.y + 0.5, pixel.x + 0.5)
          #expect(
            (upright.y - slack...upright.y + upright.height + slack).contains(y)
              && (upright.x - slack...upright.x + upright.width + slack).contains(x), "\(plan)")
          #expect(turned.holds(Point(y: y, x: x), slack: slack), "\(plan)")
        }
      }
    }
  }

  @Test("picture, mask and frames show the same", arguments: names)
  func pictures(name: String) throws {
    for plan in try plans(name) {
      let white = Self.mask.converted { UInt8($0 > 0 ? 255 : 0) }
      let (picture, mask) = (plan.applied(to: white), plan.applied(toMask: Self.mask))
      let bright = picture.elements.indices.filter { picture.elements[$0] > 240 }
      #expect(bright.count { mask.elements[$0] == 0 } <= bright.count / 20)
      #expect(plan.applied(to: white) == picture)
    }
  }
}

extension TurnedBox {
  /// Whether a place lies in it, or no further than `slack` from it.
  fileprivate func holds(_ point: Point, slack: Double) -> Bool {
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    let (dx, dy) = (point.x - center.x, point.y - center.y)
    return abs(c * dx - s * dy) <= width / 2 + slack && abs(s * dx + c * dy) <= height / 2 + slack
  }
}

@Suite("Turned boxes")
struct TurnedBoxTests {
  private let box = TurnedBox(center: Point(y: 10, x: 20), height: 4, width: 8, degrees: 30)
  private let key = SampleKey(seed: 0, epoch: 0, position: 0)

  private func close(_ a: TurnedBox, _ b: TurnedBox) -> Bool {
    let pairs = [
      (a.center.y, b.center.y), (a.center.x, b.center.x), (a.height, b.height), (a.width, b.width),
      (a.degrees, b.degrees),
    ]
    return pairs.allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test("corners turn counter-clockwise about the middle")
  func corners() {
    let standing = TurnedBox(center: Point(y: 10, x: 20), height: 4, width: 8, degrees: 90).corners
    for (corner, expected) in zip(standing, [(14.0, 18.0), (6, 18), (6, 22), (14, 22)]) {
      #expect(abs(corner.y - expected.0) < 1e-9 && abs(corner.x - expected.1) < 1e-9)
    }
  }

  @Test(
    "turning the picture turns the box by as much and keeps its sides", arguments: [-170.0, -60, -1, 0, 45, 90, 179])
  func turns(degrees: Double) throws {
    let plan = Pipeline { Rotate(degrees: degrees...degrees, grows: true) }
      .plan(for: Size(height: 30, width: 40), key: key)
    let moved = try #require(plan.moved(box))
    let turn = (degrees + 30) - 360 * ((degrees + 30) / 360).rounded()
    #expect(abs(moved.height - 4) < 1e-6 && abs(moved.width - 8) < 1e-6)
    #expect(abs(cos(moved.degrees * .pi / 180) - cos(turn * .pi / 180)) < 1e-6, "\(moved.degrees) \(turn)")
  }

  @Test("what moves nothing leaves it alone, and an upright box is a turned one of no degrees")
  func still() throws {
    let plan = Plan(sourceSize: Size(height: 30, width: 40), actions: [])
    #expect(close(try #require(plan.moved(box)), box))
    let upright = Box(y: 3, x: 5, height: 6, width: 7)
    #expect(close(try #require(plan.moved(TurnedBox(upright))), TurnedBox(upright)))
    #expect(plan.moved(upright) == upright)
  }

  @Test("boxes are dropped by what is left of them: part, area, side")
  func rules() throws {
    let plan = Plan(
      sourceSize: Size(height: 30, width: 40), actions: [.window(Rect(y: 0, x: 20, height: 30, width: 20), .black)])
    let square = TurnedBox(center: Point(y: 15, x: 20), height: 8, width: 8, degrees: 45)
    #expect(plan.moved(square, rule: BoxRule(visible: 0.49)) != nil)
    #expect(plan.moved(square, rule: BoxRule(visible: 0.51)) == nil)
    #expect(plan.moved(square, rule: BoxRule(area: 33)) == nil)
    let boxes = [Box(y: 0, x: 18, height: 10, width: 10), Box(y: 0, x: 12, height: 10, width: 10)]
    #expect(plan.kept(boxes, rule: BoxRule(side: 3)) == [Box(y: 0, x: 0, height: 10, width: 8), nil])
    #expect(plan.kept(boxes, rule: BoxRule(area: 20)).allSatisfy { $0 != nil })
    #expect(plan.kept(boxes, rule: BoxRule(area: 21))[1] == nil)
  }

  @Test("shuffled tiles take masks and points along, and leave no boxes")
  func tiles() {
    let letters = picture("abcd\nefgh")
    let plan = Plan(letters, [.effect(AnyEffect(Tiles(rows: 2, columns: 2, order: [3, 0, 1, 2])))])
    #expect(drawing(plan.applied(toMask: letters)) == "ghab\ncdef")
    for (from, to) in [((0, 0), (0, 2)), ((0, 3), (1, 1)), ((1, 2), (0, 0)), ((1, 1), (1, 3))] {
      #expect(plan.moved(Point(y: Double(from.0), x: Double(from.1))) == Point(y: Double(to.0), x: Double(to.1)))
    }
    #expect(plan.moved(Box(y: 0, x: 0, height: 1, width: 1)) == nil && plan.inverse == nil)
  }
}
