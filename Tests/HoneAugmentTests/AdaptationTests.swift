import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Domain adaptation")
struct AdaptationTests {
  /// A folder with a reference picture, which goes when the test ends.
  private func withReference(_ body: (_ path: String, _ picture: Image<UInt8>) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var picture = texture(height: 70, width: 100, seed: 9)
    for index in picture.elements.indices {
      picture.elements[index] = UInt8([60, 30, 120][index % 3] + Int(picture.elements[index]) / 3)
    }
    let path = folder.appending(path: "reference.png").path
    try picture.writePNG(to: path)
    try body(path, picture)
  }

  private func adapted(_ transform: some Transform, _ image: Image<UInt8>) -> Image<UInt8> {
    Pipeline([Step(transform)]).plan(for: image.size, key: SampleKey(seed: 1, epoch: 0, position: 0)).applied(to: image)
  }

  private func deviations(_ image: Image<UInt8>) -> [Double] {
    image.means.enumerated().map { channel, mean in
      let values = stride(from: channel, to: image.elements.count, by: 3).map { Double(image.elements[$0]) - mean }
      return (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
  }

  private let image = texture(height: 64, width: 80)

  @Test("levels take the reference's distribution")
  func histograms() throws {
    try withReference { path, picture in
      let result = adapted(HistogramMatching(references: [path], blend: 1...1), image)
      for channel in 0..<3 {
        let own = stride(from: channel, to: result.elements.count, by: 3).map { result.elements[$0] }.sorted()
        let other = stride(from: channel, to: picture.elements.count, by: 3).map { picture.elements[$0] }.sorted()
        for part in [0.1, 0.3, 0.5, 0.7, 0.9] {
          let (a, b) = (own[Int(Double(own.count) * part)], other[Int(Double(other.count) * part)])
          #expect(abs(Int(a) - Int(b)) <= 3, "channel \(channel) at \(part)")
        }
      }
    }
  }

  @Test("mean and spread become the reference's", arguments: [Adapting.Kind.standard, .minmax, .pca])
  func moments(kind: Adapting.Kind) throws {
    try withReference { path, picture in
      let result = adapted(PixelDistributionAdaptation(references: [path], blend: 1...1, kind: kind), image)
      if kind == .minmax {
        #expect(result.elements.min() == picture.elements.min() && result.elements.max() == picture.elements.max())
        return
      }
      for (a, b) in zip(result.means, picture.means) { #expect(abs(a - b) < (kind == .pca ? 3 : 0.7)) }
      guard kind == .standard else { return }
      for (a, b) in zip(deviations(result), deviations(picture)) { #expect(abs(a - b) < 0.7) }
    }
  }

  @Test("frequencies: the lowest is the mean, none changes nothing of what is fine")
  func spectrum() throws {
    try withReference { path, picture in
      let result = adapted(FourierAdaptation(references: [path], beta: 0...0), image)
      for (a, b) in zip(result.means, picture.means) { #expect(abs(a - b) < 2) }
      let shifts = (0..<3).map { Int(result[10, 10, $0]) - Int(image[10, 10, $0]) }
      for y in 20..<30 {
        for channel in 0..<3 where (1...254).contains(result[y, 33, channel]) {
          #expect(abs(Int(result[y, 33, channel]) - Int(image[y, 33, channel]) - shifts[channel]) <= 2)
        }
      }
    }
  }

  @Test("the picture itself as reference changes next to nothing")
  func itself() throws {
    try withReference { path, picture in
      let transforms: [any Transform] = [
        HistogramMatching(references: [path], blend: 1...1), FourierAdaptation(references: [path], beta: 0.05...0.05),
        PixelDistributionAdaptation(references: [path], blend: 1...1),
        PixelDistributionAdaptation(references: [path], blend: 1...1, kind: .pca),
      ]
      for transform in transforms {
        let plan = Pipeline([Step(transform)])
          .plan(for: picture.size, key: SampleKey(seed: 1, epoch: 0, position: 0))
        #expect(plan.applied(to: picture).largestDifference(from: picture) <= 2, "\(plan)")
      }
    }
  }

  @Test("a picture's own colours are stretched along its own directions, each by its variance there")
  func ownDirections() throws {
    // Grey levels vary by ±60, and red against green by ±20: two directions at a right angle.
    var picture = Image<UInt8>(height: 2, width: 2, channels: 3)
    for (index, moves) in [(60, 20), (60, -20), (-60, 20), (-60, -20)].enumerated() {
      let color = [moves.0 + moves.1, moves.0 - moves.1, moves.0]
      for channel in 0..<3 { picture[index / 2, index % 2, channel] = UInt8(128 + color[channel]) }
    }
    let stretch = try JSONDecoder().decode(
      AnyEffect.self, from: Data(#"{"ColorStretch": {"weights": [-2, 30, 0]}}"#.utf8))
    let result = Plan(sourceSize: picture.size, actions: [.effect(stretch)]).applied(to: picture)
    let (grey, red) = (1 - 2 * 3 * 3600.0 / 65025, 1 + 30 * 2 * 400.0 / 65025)
    for index in 0..<4 {
      let moves = (index < 2 ? 60 * grey : -60 * grey, index % 2 == 0 ? 20 * red : -20 * red)
      for (channel, move) in [moves.0 + moves.1, moves.0 - moves.1, moves.0].enumerated() {
        #expect(abs(Double(result[index / 2, index % 2, channel]) - 128 - move) <= 1, "\(index), \(channel)")
      }
    }
  }

  @Test("a file that is not there is refused by its name")
  func missing() {
    let json = #"[{"HistogramMatching": {"references": ["/nowhere/to/be/found.png"]}}]"#
    let error = #expect(throws: PipelineError.self) {
      try JSONDecoder().decode(Pipeline.self, from: Data(json.utf8))
    }
    #expect(error?.code == .badValue)
    #expect(error?.message.contains("/nowhere/to/be/found.png") == true)
  }
}
