import HoneAugment
import HoneImage
import Testing

@Suite("Geometry, as pictures")
struct GeometryPictureTests {
  let letters = picture(
    """
    a b c
    d e f
    """)

  @Test(
    "the eight symmetries lay the picture out as they say",
    arguments: [
      (Symmetry.identity, "abc\ndef"), (.horizontal, "cba\nfed"), (.vertical, "def\nabc"), (.halfTurn, "fed\ncba"),
      (.transpose, "ad\nbe\ncf"), (.transverse, "fc\neb\nda"), (.left, "cf\nbe\nad"), (.right, "da\neb\nfc"),
    ])
  func symmetries(symmetry: Symmetry, expected: String) {
    #expect(drawing(changed(letters, .symmetry(symmetry))) == expected)
  }

  @Test("two symmetries in a row are the one that `then` names", arguments: Symmetry.allCases)
  func composition(first: Symmetry) {
    for second in Symmetry.allCases {
      let twice = stepwise(letters, [.symmetry(first), .symmetry(second)])
      #expect(changed(letters, .symmetry(first.then(second))) == twice)
      #expect(changed(letters, .symmetry(first), .symmetry(second)) == twice)
    }
    #expect(first.then(first.inverse) == .identity)
  }

  @Test(
    "a window takes its pixels, and the border rule fills the rest",
    arguments: [
      (Border.black, ".....\n.abc.\n.def.\n....."), (.constant([255]), "#####\n#abc#\n#def#\n#####"),
      (.edge, "aabcc\naabcc\nddeff\nddeff"), (.reflect, "aabcc\naabcc\nddeff\nddeff"),
      (.reflect101, "edefe\nbabcb\nedefe\nbabcb"), (.wrap, "fdefd\ncabca\nfdefd\ncabca"),
    ])
  func borders(border: Border, expected: String) {
    let padded = changed(letters, .window(Rect(y: -1, x: -1, height: 4, width: 5), border))
    #expect(drawing(padded) == expected)
    #expect(drawing(changed(letters, .window(Rect(y: 1, x: 1, height: 1, width: 2), border))) == "ef")
  }

  @Test("a crop before a rotation shows fill, not pixels from outside the crop")
  func cropThenRotate() {
    let white = picture("#####\n#####\n#####\n#####\n#####")
    let crop = Action.window(Rect(y: 1, x: 1, height: 3, width: 3), .black)
    let turn = Action.warp(
      Warp(
        matrix: Matrix3.rotation(degrees: 45).about(x: 1, y: 1), size: Size(height: 3, width: 3),
        interpolation: .nearest))
    #expect(drawing(changed(white, crop, turn)) == "###\n###\n###")
    let shift = Action.warp(
      Warp(matrix: .translation(x: -1, y: 0), size: Size(height: 3, width: 3), interpolation: .nearest))
    #expect(drawing(changed(white, crop, shift)) == ".##\n.##\n.##")
  }

  @Test("a shift and back again loses what left the canvas, fused or not")
  func shiftAndBack() {
    let shift = Warp(matrix: .translation(x: -1, y: 0), size: letters.size, interpolation: .nearest)
    let back = Warp(matrix: .translation(x: 1, y: 0), size: letters.size, interpolation: .nearest)
    #expect(drawing(changed(letters, .warp(shift), .warp(back))) == "ab.\nde.")
    #expect(drawing(stepwise(letters, [.warp(shift), .warp(back)])) == "ab.\nde.")
  }

  @Test("a rotation by 90 degrees with growth is the quarter turn, counter-clockwise")
  func quarterTurn() {
    let plan = Pipeline { Rotate(degrees: 90...90, grows: true) }
      .plan(for: letters.size, channels: 1, key: SampleKey(seed: 1, epoch: 0, position: 0))
    #expect(drawing(plan.applied(to: letters)) == "cf\nbe\nad")
    let large = texture(height: 31, width: 47)
    let matrix = Matrix3.translation(x: 23, y: 15) * .rotation(degrees: -90) * .translation(x: -15, y: -23)
    let warp = Warp(matrix: matrix, size: Size(height: 47, width: 31))
    #expect(changed(large, .warp(warp)) == changed(large, .symmetry(.left)))
  }
}
