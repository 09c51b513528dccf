import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Distortion")
struct DistortionTests {
  static let fields: [Field] = [
    .elastic(alpha: 60, sigma: 5, together: false, seed: 3), .lens(.fisheye, strength: 0.4),
    .waves(x: Wave(amplitude: 3, length: 30, phase: 0), y: Wave(amplitude: 2, length: 20, phase: 0.4)),
    .swirl(degrees: 40, radius: 20), .scatter(radius: 2, seed: 5),
    .nodes(rows: 2, columns: 2, moves: [[3, 0], [0, 2], [-1, 1], [2, -2]]),
  ]

  @Test("a field between crops and flips is one pass: equal bytes", arguments: fields)
  func fusion(field: Field) {
    let image = texture(height: 61, width: 77)
    let actions: [Action] = [
      .window(Rect(y: 3, x: 5, height: 50, width: 60), .black), .symmetry(.horizontal), .bend(Bend(field)),
      .symmetry(.transpose), .window(Rect(y: 2, x: 1, height: 40, width: 33), .black),
    ]
    #expect(changed(image, actions).largestDifference(from: stepwise(image, actions)) == 0)
  }

  @Test("a turn after a field is fused with it and close to one after the other")
  func turned() {
    let image = TestPicture.gradient(height: 80, width: 90)
    let actions: [Action] = [
      .bend(Bend(Self.fields[0])),
      .warp(Warp(matrix: .rotation(degrees: 20).about(x: 45, y: 40), size: image.size)),
    ]
    let (fused, apart) = (changed(image, actions), stepwise(image, actions))
    let mean = zip(fused.elements, apart.elements).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(mean) / Double(fused.elements.count) < 1.5)
  }

  private func changed(_ image: Image<UInt8>, _ actions: [Action]) -> Image<UInt8> {
    Plan(image, actions).applied(to: image)
  }

  /// Levels that say where in the picture they come from, to a quarter of a pixel across.
  private func ramp(height: Int, width: Int) -> Image<UInt8> {
    var image = Image<UInt8>(height: height, width: width, channels: 1)
    for y in 0..<height { for x in 0..<width { image[y, x, 0] = UInt8(min(255, max(0, 4 * (x - width / 2) + 128))) } }
    return image
  }

  @Test("elastic moves are as large as the formula says", arguments: [(20.0, 4.0), (60, 8), (10, 2)])
  func strength(alpha: Double, sigma: Double) {
    var moves: [Double] = []
    let image = ramp(height: 120, width: 240)
    for seed in 0..<40 {
      let field = Field.elastic(alpha: alpha, sigma: sigma, together: true, seed: UInt64(seed))
      let bent = changed(image, [.bend(Bend(field))])
      for y in 10..<110 {
        for x in 110..<130 {
          let difference = Int(bent[y, x, 0]) - Int(image[y, x, 0])
          moves.append(Double(difference) / 4)
        }
      }
    }
    let mean = moves.reduce(0, +) / Double(moves.count)
    let squares = moves.map { ($0 - mean) * ($0 - mean) }
    let deviation = (squares.reduce(0, +) / Double(moves.count)).squareRoot()
    let expected = alpha / 3.0.squareRoot() / (2 * Double.pi.squareRoot() * sigma)
    #expect(abs(mean) < 0.1)
    #expect(abs(deviation / expected - 1) < 0.08, "\(deviation) for \(expected)")
  }

  @Test("a thin plate takes its points where they are told to go")
  func points() {
    let image = ramp(height: 65, width: 65)
    let points = [[0.0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]]
    let field = Field.thinPlate(points: points, moves: [[0, 0], [0, 0], [0, 0], [0, 0], [0.125, 0]])
    let bent = changed(image, [.bend(Bend(field))])
    #expect(abs(Int(bent[32, 32, 0]) - Int(image[32, 40, 0])) <= 1)
    #expect(bent[0, 0, 0] == image[0, 0, 0] && bent[64, 64, 0] == image[64, 64, 0])
  }

  @Test("points on a line move nothing, neither do moves that do not fit")
  func unsound() {
    let image = texture(height: 20, width: 20)
    for field in [
      Field.thinPlate(points: [[0, 0], [0.5, 0.5], [1, 1]], moves: [[0.1, 0], [0.1, 0], [0, 0.1]]),
      .thinPlate(points: [[0, 0]], moves: []), .nodes(rows: 2, columns: 3, moves: [[1, 1]]),
    ] {
      #expect(changed(image, [.bend(Bend(field))]).largestDifference(from: image) == 0)
    }
  }

  @Test("scattered pixels come from nearby, each equally likely")
  func scatter() {
    var image = Image<UInt8>(height: 100, width: 100, channels: 2)
    for y in 0..<100 { for x in 0..<100 { (image[y, x, 0], image[y, x, 1]) = (UInt8(x), UInt8(y)) } }
    let bent = changed(image, [.bend(Bend(.scatter(radius: 1, seed: 7), interpolation: .nearest))])
    var counts = [Int](repeating: 0, count: 9)
    for y in 1..<99 {
      for x in 1..<99 {
        let (dx, dy) = (Int(bent[y, x, 0]) - x, Int(bent[y, x, 1]) - y)
        #expect(abs(dx) <= 1 && abs(dy) <= 1)
        counts[(dy + 1) * 3 + dx + 1] += 1
      }
    }
    for count in counts { #expect(abs(Double(count) - 9604 / 9.0) < 5 * 31) }
  }

  @Test("an edge of a grid stays where it is")
  func edges() {
    let image = texture(height: 50, width: 70)
    for position in 0..<5 {
      let plan = Pipeline { GridDistortion() }
        .plan(for: image.size, key: SampleKey(seed: 1, epoch: 0, position: position))
      let bent = plan.applied(to: image)
      for channel in 0..<3 {
        #expect(bent[0, 0, channel] == image[0, 0, channel])
        #expect(abs(Int(bent[49, 69, channel]) - Int(image[49, 69, channel])) <= 8)
      }
    }
  }

  @Test("points go where the picture goes", arguments: [0, 1, 2, 3, 5])
  func targets(index: Int) throws {
    var image = Image<UInt8>(height: 90, width: 100, channels: 2)
    for y in 0..<90 { for x in 0..<100 { (image[y, x, 0], image[y, x, 1]) = (UInt8(2 * x), UInt8(2 * y)) } }
    let plan = Plan(
      image,
      [
        .window(Rect(y: 4, x: 6, height: 80, width: 88), .black), .bend(Bend(Self.fields[index])),
        .symmetry(.transpose),
        .warp(Warp(matrix: .rotation(degrees: 10).about(x: 40, y: 40), size: Size(height: 88, width: 80))),
      ])
    let result = plan.applied(to: image)
    for point in [Point(y: 40, x: 50), Point(y: 30, x: 35), Point(y: 55, x: 60)] {
      let moved = try #require(plan.moved(point))
      let (y, x) = (Int(moved.y.rounded()), Int(moved.x.rounded()))
      #expect(abs(Double(result[y, x, 0]) / 2 - point.x) < 2 && abs(Double(result[y, x, 1]) / 2 - point.y) < 2)
    }
    #expect(plan.inverse == nil)
    let mask = plan.applied(toMask: picture("ab").resized(to: Size(height: 90, width: 100), filter: .nearest))
    #expect(Set(mask.elements).isSubset(of: [0, 100, 101]))
  }
}
