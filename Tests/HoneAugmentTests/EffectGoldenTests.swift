import Foundation
import HoneAugment
import HoneImage
import Testing

/// Against OpenCV, Pillow, SciPy and Albumentations: `Goldens/effects.py` made the pictures and states the tolerances.
@Suite("Goldens of effects")
struct EffectGoldenTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let step: Step?
    let action: Action?
    /// How far the mean difference and its 99.9th percentile may go, in levels.
    let mean: Double
    let rare: Int
    var testDescription: String { name }
  }
  private struct Index: Decodable { let cases: [Case] }

  static let folder = Bundle.module.bundlePath + "/Goldens/"
  static let cases: [Case] = {
    guard let bytes = try? Data(contentsOf: URL(filePath: folder + "effects/index.json")) else { return [] }
    return (try? JSONDecoder().decode(Index.self, from: bytes))?.cases ?? []
  }()

  @Test("there are goldens") func present() { #expect(Self.cases.count > 40) }

  @Test("the same picture as the reference's, within the stated levels", arguments: cases)
  func golden(golden: Case) throws {
    let source = try Image<UInt8>(contentsOf: Self.folder + "source.png")
    let expected = try Image<UInt8>(contentsOf: Self.folder + "effects/" + golden.name + ".png")
    let plan =
      golden.action.map { Plan(source, [$0]) }
      ?? Pipeline([golden.step].compactMap(\.self)).plan(
        for: source.size, key: SampleKey(seed: 0, epoch: 0, position: 0))
    let result = plan.applied(to: source)
    try #require(result.size == expected.size)
    let differences = zip(result.elements, expected.elements).map { abs(Int($0) - Int($1)) }.sorted()
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    let rare = differences[Int(Double(differences.count - 1) * 0.999)]
    #expect(mean <= golden.mean && rare <= golden.rare, "mean \(mean), 99.9th percentile \(rare)")
  }
}
