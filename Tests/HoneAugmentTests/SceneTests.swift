import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// Weather, light and patches do where they should what they should.
@Suite("Scenes")
struct SceneTests {
  private func drawn(_ transform: some Transform, on image: Image<UInt8>, position: Int = 0) -> Image<UInt8> {
    let key = SampleKey(seed: 3, epoch: 0, position: position)
    return Pipeline([Step(transform)]).plan(for: image.size, channels: image.channels, key: key).applied(to: image)
  }

  private let gray = Image<UInt8>(height: 120, width: 160, channels: 3, repeating: 100)

  private func mean(_ image: Image<UInt8>, rows: Range<Int>) -> Double {
    let part = image.elements[rows.lowerBound * image.width * 3..<rows.upperBound * image.width * 3]
    return Double(part.reduce(0) { $0 + Int($1) }) / Double(part.count)
  }

  @Test("fog is thicker above, and spares the foreground where told to", arguments: 0..<5)
  func fog(position: Int) {
    let foggy = drawn(Fog(density: 1...1, depth: 1, patchiness: 0.3), on: gray, position: position)
    #expect(mean(foggy, rows: 0..<30) > mean(foggy, rows: 60..<90) + 15)
    #expect(abs(mean(foggy, rows: 119..<120) - 100) < 2)
    let even = drawn(Fog(density: 1...1, depth: 0, patchiness: 0, color: [255]), on: gray, position: position)
    let level = (100 + 155 * (1 - exp(-1.0))).rounded()
    #expect(Set(even.elements) == [UInt8(level)])
  }

  @Test("rain darkens the scene and leaves bright streaks", arguments: 0..<5)
  func rain(position: Int) {
    let wet = drawn(Rain(brightness: 0.8...0.8), on: gray, position: position)
    let dark = wet.elements.filter { $0 == 80 }.count
    #expect(Double(dark) / Double(wet.elements.count) > 0.5)
    #expect(wet.elements.allSatisfy { $0 >= 80 })
    #expect(wet.elements.contains { $0 > 110 })
  }

  @Test("shadows darken some places by the share drawn and leave the others alone", arguments: 0..<5)
  func shadows(position: Int) {
    let shaded = drawn(Shadow(count: 1...1, strength: 0.5...0.5, top: 0.5), on: gray, position: position)
    #expect(mean(shaded, rows: 0..<55) == 100)
    #expect(shaded.elements.allSatisfy { (50...100).contains($0) })
    #expect(shaded.elements.contains(50))
  }

  @Test("mud covers the part that it should", arguments: [0.05, 0.2, 0.5])
  func mud(coverage: Double) {
    let hit = drawn(
      Spatter(coverage: coverage...coverage, size: 0.04...0.04, strength: 1...1, liquid: .mud), on: gray)
    let changed = stride(from: 0, to: hit.elements.count, by: 3).filter { hit.elements[$0] != 100 }.count
    #expect(abs(Double(changed) / Double(120 * 160) - coverage) < 0.05)
  }

  @Test("snow lightens what is dark, never what is light")
  func snow() {
    var steps = Image<UInt8>(height: 1, width: 256, channels: 1)
    steps.elements = (0...255).map { UInt8($0) }
    let snowy = drawn(Snow(cover: .bleach, point: 0.5...0.5, gain: 2, flakes: 0...0), on: steps)
    #expect(snowy.elements[60] == 120 && snowy.elements[127] == 254)
    #expect(Array(snowy.elements[128...]) == Array(steps.elements[128...]))
  }

  @Test("snow settles on what is light and leaves the dark alone")
  func settled() {
    let snowy = drawn(Snow(point: 0.4...0.4, flakes: 0...0), on: gray)
    #expect(snowy.largestDifference(from: gray) == 0)
    let light = Image<UInt8>(height: 60, width: 60, channels: 3, repeating: 200)
    #expect(drawn(Snow(point: 0.4...0.4, flakes: 0...0), on: light).elements.allSatisfy { $0 > 215 })
  }

  @Test("the sun is where it was put")
  func sun() {
    let shot = drawn(SunFlare(x: 0.25...0.25, y: 0.25...0.25, radius: 0.2...0.2, reflections: 0...0), on: gray)
    #expect(shot[30, 40, 0] > 245)
    #expect(shot[30, 40, 0] > shot[30, 80, 0] && shot[30, 80, 0] > shot[110, 150, 0])
  }

  @Test("superpixels paint whole patches: few colours, the mean kept")
  func superpixels() {
    let image = texture(height: 90, width: 120)
    let painted = drawn(Superpixels(segments: 50...50, chance: 1...1), on: image)
    let colors = Set(stride(from: 0, to: painted.elements.count, by: 3).map { Array(painted.elements[$0..<$0 + 3]) })
    #expect((20...70).contains(colors.count), "\(colors.count)")
    for (a, b) in zip(image.means, painted.means) { #expect(abs(a - b) < 1) }
    #expect(drawn(Superpixels(chance: 0...0), on: image).largestDifference(from: image) == 0)
  }

  @Test("JPEG is the codec's own round trip; three channels or one, others pass")
  func jpeg() throws {
    let image = texture(height: 40, width: 56)
    let expected = try Image<UInt8>(decoding: image.jpegEncoded(quality: 40))
    #expect(drawn(JPEG(quality: 40...40), on: image).largestDifference(from: expected) == 0)
    let four = texture(height: 10, width: 10, channels: 4)
    #expect(drawn(JPEG(quality: 40...40), on: four).largestDifference(from: four) == 0)
  }

  @Test("glass moves pixels a little, every way alike")
  func glass() {
    var image = Image<UInt8>(height: 81, width: 81, channels: 2)
    for y in 0..<81 { for x in 0..<81 { (image[y, x, 0], image[y, x, 1]) = (UInt8(3 * x), UInt8(3 * y)) } }
    let seen = drawn(GlassBlur(sigma: 0...0, reach: 2...2, rounds: 1), on: image)
    for channel in 0..<2 {
      let moves = (10..<71).flatMap { y in
        (10..<71).map { (Int(seen[y, $0, channel]) - Int(image[y, $0, channel])) / 3 }
      }
      let (sum, count) = (moves.reduce(0, +), moves.count)
      #expect(abs(Double(sum) / Double(count)) < 0.3)
      #expect(moves.filter { $0 != 0 }.count > count / 2)
      #expect(moves.filter { abs($0) > 8 }.count < count / 50)
    }
    #expect(drawn(GlassBlur(sigma: 0...0, reach: 0...0), on: image).largestDifference(from: image) == 0)
  }

  @Test("a zoom leaves the middle sharp")
  func zoom() {
    let image = texture(height: 61, width: 61)
    let zoomed = drawn(ZoomBlur(factor: 1.2...1.2), on: image)
    func change(_ y: Int, _ x: Int) -> Int { abs(Int(zoomed[y, x, 0]) - Int(image[y, x, 0])) }
    #expect(change(30, 30) <= 1)
    #expect((0..<61).reduce(0) { $0 + change($1, 2) } > 61 * 5)
  }

  @Test("dithering keeps the mean and only the levels asked for", arguments: [2, 3, 5])
  func dithering(levels: Int) {
    let dithered = drawn(Dithering(levels: levels...levels), on: gray)
    #expect(abs(dithered.means[0] - 100) < 3)
    #expect(Set(dithered.elements).count == 2)
    #expect(Set(dithered.elements).isSubset(of: (0..<levels).map { UInt8($0 * 255 / (levels - 1)) }))
  }

  @Test("a print is dark where the picture is", arguments: [60, 128, 200])
  func halftone(level: Int) {
    let flat = Image<UInt8>(height: 120, width: 120, channels: 1, repeating: UInt8(level))
    let printed = drawn(Halftone(dot: 6...6, blend: 0...0), on: flat)
    #expect(printed.elements.contains(0) && printed.elements.contains(255))
    #expect((printed.means[0] < 100) == (level < 100) && (printed.means[0] > 155) == (level > 155))
  }
}
