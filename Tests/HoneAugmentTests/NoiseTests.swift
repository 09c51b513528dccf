import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// Noise by its moments, on grey pictures whose every level is known.
@Suite("Noise")
struct NoiseTests {
  private func result(_ transform: some Transform, level: UInt8, channels: Int = 3, seed: UInt64 = 1) -> [Double] {
    let image = Image<UInt8>(height: 200, width: 300, channels: channels, repeating: level)
    let plan = Pipeline([Step(transform)])
      .plan(for: image.size, channels: channels, key: SampleKey(seed: seed, epoch: 0, position: 0))
    return plan.applied(to: image).elements.map(Double.init)
  }

  private func moments(_ values: [Double]) -> (mean: Double, deviation: Double, kurtosis: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    let variance = squares.reduce(0, +) / Double(values.count)
    let fourth = squares.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    return (mean, variance.squareRoot(), fourth / (variance * variance))
  }

  private func correlation(_ values: [Double], lag: Int) -> Double {
    let (mean, deviation, _) = moments(values)
    let products = zip(values, values.dropFirst(lag)).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    return products / Double(values.count - lag) / (deviation * deviation)
  }

  @Test(
    "mean, deviation and kurtosis of each shape",
    arguments: [(NoiseShape.normal, 2.85), (.uniform, 1.8), (.laplace, 5.7)])
  func shapes(shape: NoiseShape, kurtosis: Double) {
    for deviation in [4.0, 15] {
      let found = moments(result(AdditiveNoise(deviation: deviation...deviation, shape: shape), level: 128))
      #expect(abs(found.mean - 128) < 0.15)
      #expect(abs(found.deviation / (deviation * deviation + 1 / 12.0).squareRoot() - 1) < 0.02)
      #expect(abs(found.kurtosis - kurtosis) < 0.25, "\(found.kurtosis)")
    }
  }

  @Test("elements do not know of each other: along the row, down the column, from seed to seed")
  func independence() {
    let values = result(GaussianNoise(deviation: 20...20), level: 128)
    for lag in [1, 2, 3, 256, 900, 1800] { #expect(abs(correlation(values, lag: lag)) < 0.01, "lag \(lag)") }
    let other = result(GaussianNoise(deviation: 20...20), level: 128, seed: 2)
    let products = zip(values, other).reduce(0) { $0 + ($1.0 - 128) * ($1.1 - 128) } / Double(values.count)
    #expect(abs(products / 400) < 0.01)
  }

  @Test("together gives all channels of a pixel one number")
  func together() {
    let values = result(GaussianNoise(deviation: 20...20, together: true), level: 128)
    for start in stride(from: 0, to: 3000, by: 3) { #expect(Set(values[start..<start + 3]).count == 1) }
    #expect(Set(values).count > 50)
  }

  @Test("speckle grows with the light", arguments: [40, 120, 180])
  func speckle(level: UInt8) {
    let found = moments(result(SpeckleNoise(deviation: 0.1...0.1), level: level))
    #expect(abs(found.mean - Double(level)) < 0.2)
    #expect(abs(found.deviation / (0.1 * Double(level)) - 1) < 0.03)
  }

  @Test("photons are counted as Poisson says", arguments: [(90, 0.01), (150, 0.05), (40, 0.1), (220, 0.005)])
  func photons(level: UInt8, scale: Double) {
    let light = result(ShotNoise(scale: scale...scale), level: level).map { pow($0 / 255, 2.2) }
    let expected = pow(Double(level) / 255, 2.2)
    let found = moments(light)
    #expect(abs(found.mean / expected - 1) < 0.04, "\(found.mean) for \(expected)")
    #expect(abs(found.deviation / (expected * scale).squareRoot() - 1) < 0.05, "\(found.deviation)")
  }

  @Test("grain is as strong as asked for and as coarse", arguments: [1, 2, 3, 4])
  func grain(side: Int) {
    let values = result(FilmGrain(strength: 0.08...0.08, grain: side...side), level: 128, channels: 1)
    let found = moments(values)
    #expect(abs(found.mean - 128) < 1.5)
    #expect(abs(found.deviation / (0.08 * 255) - 1) < 0.15, "\(found.deviation)")
    #expect(side == 1 ? abs(correlation(values, lag: 1)) < 0.02 : correlation(values, lag: 1) > 0.4)
  }

  @Test("as many specks as asked for", arguments: [0.003, 0.05, 0.6])
  func specks(amount: Double) {
    let values = result(SaltAndPepper(amount: amount...amount, salt: 0.3...0.3), level: 128)
    let pixels = stride(from: 0, to: values.count, by: 3).map { values[$0] }
    let (white, black) = (pixels.filter { $0 == 255 }.count, pixels.filter { $0 == 0 }.count)
    func near(_ count: Int, _ chance: Double) -> Bool {
      let expected = Double(pixels.count) * chance
      return abs(Double(count) - expected) < 4 * expected.squareRoot()
    }
    #expect(near(white, amount * 0.3) && near(black, amount * 0.7), "\(white) \(black)")
    let dropped = result(PixelDropout(chance: amount...amount, color: [7], perChannel: true), level: 128)
    #expect(abs(Double(dropped.filter { $0 == 7 }.count) / Double(dropped.count) / amount - 1) < 0.1)
  }

  @Test("chance 1 leaves no pixel, chance 0 all of them")
  func bounds() {
    #expect(result(PixelDropout(chance: 1...1), level: 9).allSatisfy { $0 == 0 })
    #expect(result(PixelDropout(chance: 0...0), level: 9).allSatisfy { $0 == 9 })
  }

  @Test("coarse specks are squares, as many pixels of them as asked for")
  func coarse() {
    let specks = PixelDropout(chance: 0.2...0.2, color: [9, 8, 7], grain: 5)
    let values = result(specks, level: 128)
    let hit = stride(from: 0, to: values.count, by: 3).filter { values[$0] != 128 }
    #expect(abs(Double(hit.count) / 60000 - 0.2) < 0.03)
    #expect(hit.allSatisfy { values[$0] == 9 && values[$0 + 1] == 8 && values[$0 + 2] == 7 })
    let image = Image<UInt8>(height: 200, width: 300, channels: 3, elements: values.map { UInt8($0) })
    let torn = (0..<60000).filter { image[$0 / 300, $0 % 300, 0] != image[$0 / 1500 * 5, $0 % 300 / 5 * 5, 0] }
    #expect(torn.isEmpty)
  }

  @Test("sparks move a Poisson share of the pixels half way to white, all channels alike")
  func sparks() {
    var image = Image<UInt8>(height: 200, width: 300, channels: 3)
    for index in image.elements.indices { image.elements[index] = index / 3 % 2 == 0 ? 40 : 200 }
    let plan = Pipeline([Step(ISONoise(look: .sparks, intensity: 0.5...0.5))])
      .plan(for: image.size, key: SampleKey(seed: 1, epoch: 0, position: 0))
    let changed = plan.applied(to: image)
    let pixels = stride(from: 0, to: image.elements.count, by: 3).map { changed.elements[$0..<$0 + 3] }
    #expect(pixels.allSatisfy { Set($0).count == 1 })
    let mean = 80.0 / 255 * 0.5  // the deviation of lightness, times the intensity
    let kept = pixels.count { $0.first == 40 || $0.first == 200 }
    #expect(abs(Double(kept) / Double(pixels.count) - exp(-mean)) < 0.006)
    let lit = pixels.count { [147, 148, 227, 228].contains($0.first) }
    #expect(abs(Double(lit) / Double(pixels.count) - mean * exp(-mean)) < 0.006)
  }
}
