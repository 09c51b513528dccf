import Foundation
import HoneAugment
import HoneImage
import Testing

/// Against OpenCV, Pillow and torchvision: `Goldens/make.py` made the pictures and says with which versions.
@Suite("Goldens")
struct GoldenTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let rule: Rule
    let action: Work
    var testDescription: String { name }
  }
  enum Rule: String, Decodable { case exact, color, nearest, warp }
  /// Either an action as it stands or a step that draws one.
  enum Work: Decodable {
    case action(Action)
    case step(Step)
    private enum Key: String, CodingKey { case transform }
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      self =
        container.contains(.transform)
        ? .step(try container.decode(Step.self, forKey: .transform)) : .action(try Action(from: decoder))
    }
  }
  private struct Index: Decodable { let cases: [Case] }

  static let folder = Bundle.module.bundlePath + "/Goldens/"
  static let cases =
    (try? JSONDecoder().decode(Index.self, from: Data(contentsOf: URL(filePath: folder + "index.json"))))?
    .cases ?? []

  @Test("there are goldens") func present() { #expect(Self.cases.count > 80) }

  @Test("the same picture as the reference's", arguments: cases)
  func golden(golden: Case) throws {
    let source = try Image<UInt8>(contentsOf: Self.folder + "source.png")
    let expected = try Image<UInt8>(contentsOf: Self.folder + golden.name + ".png")
    let plan =
      switch golden.action {
      case .action(let action): Plan(source, [action])
      case .step(let step): Pipeline([step]).plan(for: source.size, key: SampleKey(seed: 0, epoch: 0, position: 0))
      }
    let result = plan.applied(to: source)
    try #require(result.size == expected.size)
    check(result, expected, golden)
  }

  private func check(_ result: Image<UInt8>, _ expected: Image<UInt8>, _ golden: Case) {
    let differences = zip(result.elements, expected.elements).map { abs(Int($0) - Int($1)) }.sorted()
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    let rare = differences[min(differences.count - 1, Int(Double(differences.count) * 0.999))]
    let pixels = stride(from: 0, to: result.elements.count, by: 3).filter { start in
      (0..<3).contains {
        abs(Int(result.elements[start + $0]) - Int(expected.elements[start + $0])) > (golden.rule == .color ? 1 : 0)
      }
    }
    let wrong = Double(pixels.count) / Double(result.elements.count / 3)
    let found: Comment = "\(golden.name): mean \(mean), 99.9th percentile \(rare), pixels that differ \(wrong)"
    switch golden.rule {
    case .exact: #expect(wrong == 0, found)
    case .color, .nearest: #expect(wrong <= 0.001, found)
    case .warp: #expect(mean <= 0.5 && rare <= 8, found)
    }
  }
}
