import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Preview grid")
struct PreviewTests {
  @Test("rows of originals, columns of copies, captions in dark pixels below them")
  func layout() {
    let pictures = [
      PreviewGrid.Cell(TestPicture.gradient(height: 40, width: 60), caption: "tulip"),
      PreviewGrid.Cell(texture(height: 8, width: 8, channels: 1)),
    ]
    let grid = PreviewGrid(Pipeline { Rotate() }, of: pictures, copies: 3, seed: 1, side: 64)
    #expect(grid.rows.map(\.count) == [4, 4])
    let drawn = grid.drawn()
    #expect(drawn.width == 4 * 72 + 8)
    #expect(drawn.channels == 3)
    // Pictures of the first row are 40 high; its original has a caption of one line.
    let caption = (50..<59).flatMap { y in (8..<72).map { x in drawn[y, x, 0] } }
    #expect(caption.filter { $0 == 64 }.count > 30)
    #expect(drawn[0, 0, 0] == 255)
  }

  @Test("a row is as high as its longest caption, and what does not fit ends in dots")
  func heights() {
    let small = Image<UInt8>(height: 8, width: 8, channels: 1)
    func height(_ words: Int) -> Int {
      let caption = Array(repeating: "Größe 30°", count: words).joined(separator: " ")
      return PreviewGrid(rows: [[.init(small, caption: caption), .init(small)]], side: 64).drawn().height
    }
    #expect(height(0) == 8 + 64 + 8)
    #expect(height(3) == height(0) + 3 * 9)
    #expect(height(100) == height(0) + 12 * 9)
  }

  @Test("captions name what was drawn")
  func captions() {
    let plan = Pipeline {
      Flip()
      Rotate(degrees: 12...12)
      Hue(turns: 0.25...0.25)
      GaussianBlur(sigma: 1.5...1.5)
    }.plan(for: Size(height: 10, width: 10), key: SampleKey(seed: 0, epoch: 0, position: 0))
    #expect(plan.description == "horizontal, turn 12.0°, hue 90°, blur 1.5")
  }
}
