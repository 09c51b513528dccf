import HoneAugment
import HoneImage
import Testing

/// Masks, boxes and points go where the picture goes.
@Suite("Targets")
struct TargetTests {
  private let mask = picture(
    """
    . . . . . .
    . a a . . .
    . a a . b .
    . . . . b .
    """)

  private func plan(_ actions: Action...) -> Plan { Plan(mask, actions) }

  @Test("a mask is mirrored, turned, cut and padded like a picture")
  func masks() {
    #expect(
      drawing(plan(.symmetry(.left)).applied(toMask: mask)) == """
        ....
        ..bb
        ....
        .aa.
        .aa.
        ....
        """)
    let padded = Plan(mask, [.window(Rect(y: -1, x: 0, height: 4, width: 4), .constant([9]))])
    #expect(
      drawing(padded.applied(toMask: mask, fill: 255)) == """
        ####
        ....
        .aa.
        .aa.
        """)
  }

  @Test("a mask's values are never mixed, whatever the picture's interpolation", arguments: 0..<20)
  func unmixed(position: Int) {
    let pipeline = Pipeline {
      RandomResizedCrop(height: 33, width: 41)
      Affine(degrees: -90...90)
      Perspective(interpolation: .bicubic)
      Brightness()
      GaussianBlur()
    }
    let plan = pipeline.plan(for: mask.size, key: SampleKey(seed: 5, epoch: 0, position: position))
    let moved = plan.applied(toMask: mask, fill: 77)
    #expect(moved.size == plan.outputSize)
    #expect(Set(moved.elements).isSubset(of: [0, 100, 101, 77]))
  }

  @Test("a point stays on the pixel it was on", arguments: 0..<40)
  func points(position: Int) {
    // One bright pixel of a wide grey field, found again where the plan says.
    var image = Image<UInt8>(height: 40, width: 56, channels: 1, repeating: 10)
    let place = Point(y: Double(8 + position % 24), x: Double(9 + position % 37))
    for y in -1...1 { for x in -1...1 { image[Int(place.y) + y, Int(place.x) + x, 0] = 250 } }
    let pipeline = Pipeline {
      D4()
      Affine(degrees: -40...40, factor: 1.2...1.5)
      Resize(height: 70, width: 60)
      Flip().applied(0.5)
      PadCrop(padding: 5)
    }
    let plan = pipeline.plan(for: image.size, channels: 1, key: SampleKey(seed: 2, epoch: 0, position: position))
    let changed = plan.applied(to: image)
    guard let moved = plan.kept([place])[0], (1...68).contains(moved.y), (1...58).contains(moved.x) else { return }
    #expect(changed[Int(moved.y.rounded()), Int(moved.x.rounded()), 0] > 150, "\(plan)")
  }

  @Test("a box is the smallest upright one around its corners, and is dropped where too little is left")
  func boxes() throws {
    let box = Box(y: 1, x: 1, height: 2, width: 2)
    #expect(plan(.symmetry(.horizontal)).moved(box) == Box(y: 1, x: 3, height: 2, width: 2))
    #expect(plan(.symmetry(.left)).moved(box) == Box(y: 3, x: 1, height: 2, width: 2))
    let half = plan(.window(Rect(y: 0, x: 2, height: 4, width: 4), .black))
    #expect(half.moved(box) == Box(y: 1, x: 0, height: 2, width: 1))
    #expect(half.moved(box, rule: BoxRule(visible: 0.5)) != nil)
    #expect(half.moved(box, rule: BoxRule(visible: 0.51)) == nil)
    #expect(plan(.window(Rect(y: 0, x: 3, height: 4, width: 3), .black)).moved(box) == nil)
    let turned = Pipeline { Rotate(degrees: 45...45) }
      .plan(for: Size(height: 21, width: 21), key: SampleKey(seed: 0, epoch: 0, position: 0))
    let around = try #require(turned.moved(Box(y: 8, x: 8, height: 5, width: 5)))
    #expect(abs(around.width - 5 * 2.0.squareRoot()) < 1e-9 && abs(around.y - (10.5 - around.height / 2)) < 1e-9)
  }

  @Test("a plan backwards brings the picture back: to the byte for mirrors and turns, closely for the rest")
  func backwards() throws {
    let image = texture(height: 40, width: 52)
    for symmetry in Symmetry.allCases {
      let plan = Plan(image, [.symmetry(symmetry), .symmetry(.left), .table(.init { UInt8($0) })])
      #expect(try #require(plan.inverse).applied(to: plan.applied(to: image)) == image)
    }
    let smooth = image.resized(to: Size(height: 200, width: 260), filter: .bicubic)
    let plan = Pipeline { Affine(factor: 0.8...0.9) }
      .plan(for: smooth.size, key: SampleKey(seed: 3, epoch: 0, position: 0))
    let back = try #require(plan.inverse).applied(to: plan.applied(to: smooth))
    #expect(back.size == smooth.size)
    let inside = (60..<140).flatMap { y in (60..<200).map { abs(Int(back[y, $0, 1]) - Int(smooth[y, $0, 1])) } }
    #expect(Double(inside.reduce(0, +)) / Double(inside.count) < 4)
  }

  @Test("all frames of a video move by one plan")
  func frames() {
    let frames = (0..<3).map { texture(height: 20, width: 20, seed: UInt64($0)) }
    let plan = Pipeline { Rotate() }.plan(
      for: frames[0].size, key: SampleKey(seed: 1, epoch: 0, position: 0))
    #expect(frames.map { plan.applied(to: $0) } == frames.map { Plan($0, plan.actions).applied(to: $0) })
  }
}
