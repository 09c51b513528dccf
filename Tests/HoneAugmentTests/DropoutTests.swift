import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Dropout")
struct DropoutTests {
  private func drawn(_ transform: some Transform, _ size: Size, channels: Int = 1, position: Int = 0) -> Image<UInt8> {
    let white = Image<UInt8>(height: size.height, width: size.width, channels: channels, repeating: 255)
    let key = SampleKey(seed: 3, epoch: 0, position: position)
    return Pipeline([Step(transform)]).plan(for: size, channels: channels, key: key).applied(to: white)
  }

  @Test("holes of a grid")
  func grid() {
    var image = picture(String(repeating: "########\n", count: 6))
    Lattice(step: 3, hole: 1, y: 1, x: 2, filling: .black, seed: 0).apply(to: &image)
    #expect(
      drawing(image) == """
        ########
        ########
        #.##.##.
        ########
        ########
        #.##.##.
        """)
  }

  @Test("a grid removes the share that it says", arguments: 0..<10)
  func share(position: Int) {
    let image = drawn(GridDropout(cell: 0.2...0.2, hole: 0.5...0.5), Size(height: 200, width: 200), position: position)
    let black = Double(image.elements.filter { $0 == 0 }.count) / 40000
    #expect(abs(black - 0.25) < 0.03)
  }

  @Test("holes stay within their regions, each with its own", arguments: 0..<10)
  func regions(position: Int) {
    let regions = [[0.1, 0.2, 0.3, 0.25], [0.6, 0.5, 0.4, 0.5]]
    let dropout = CoarseDropout(count: 3...3, sides: 0.3...0.3, within: regions)
    let image = drawn(dropout, Size(height: 100, width: 200), position: position)
    func black(_ rows: Range<Int>, _ columns: Range<Int>) -> Int {
      rows.reduce(0) { sum, y in sum + columns.count { image[y, $0, 0] == 0 } }
    }
    let (first, second) = (black(10..<40, 40..<90), black(60..<100, 100..<200))
    #expect(first >= 9 * 15 && second >= 12 * 30)
    #expect(first + second == image.elements.count { $0 == 0 })
  }

  @Test("stripes reach from side to side", arguments: 0..<10)
  func stripes(position: Int) {
    let size = Size(height: 50, width: 80)
    let image = drawn(
      StripeDropout(across: 1...1, down: 0...0, rows: 0.1...0.1), size, position: position)
    let rows = (0..<50).filter { y in (0..<80).allSatisfy { image[y, $0, 0] == 0 } }
    #expect(rows.count == 5)
    #expect(image.elements.filter { $0 == 0 }.count == 5 * 80)
  }

  @Test("tiles move as a whole, the rest at the edge stays")
  func tiles() {
    var image = picture("abc\ndef\nghi")
    Tiles(rows: 3, columns: 1, order: [2, 0, 1]).apply(to: &image)
    #expect(drawing(image) == "ghi\nabc\ndef")
    image = picture("abcde\nfghij")
    Tiles(rows: 1, columns: 2, order: [1, 0]).apply(to: &image)
    #expect(drawing(image) == "cdabe\nhifgj")
  }

  @Test("a channel is dropped, never all of them", arguments: 0..<20)
  func channels(position: Int) {
    let image = drawn(ChannelDropout(count: 5...5), Size(height: 2, width: 2), channels: 3, position: position)
    #expect(image.means.filter { $0 == 255 }.count == 1)
    #expect(image.means.filter { $0 == 0 }.count == 2)
  }
}
