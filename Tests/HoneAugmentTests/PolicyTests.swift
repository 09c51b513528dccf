import Foundation
import HoneAugment
import HoneImage
import Testing

/// Against torchvision: `Goldens/policies.py` made the numbers and pictures and says with which versions.
@Suite("Policies")
struct PolicyTests {
  struct Reference: Decodable {
    struct Space: Decodable {
      let signed: Bool
      let magnitudes: [Double]
    }
    struct Case: Decodable {
      let operation: PolicyOperation
      let magnitude: Double
    }
    struct Chain: Decodable {
      let weight: Double
      let steps: [Case]
    }
    struct Mixture: Decodable {
      let own: Double
      let chains: [Chain]
    }
    let height: Int
    let width: Int
    let tables: [String: [[Entry]]]
    let spaces: [String: [String: Space]]
    let cases: [Case]
    let mixture: Mixture
  }

  /// Operation, chance, strength.
  struct Entry: Decodable, Equatable {
    let operation: PolicyOperation
    let chance: Double
    let bin: Int
    init(_ operation: PolicyOperation, _ chance: Double, _ bin: Int) {
      (self.operation, self.chance, self.bin) = (operation, chance, bin)
    }
    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      self.init(
        try list.decode(PolicyOperation.self), try list.decode(Double.self), try list.decode(Int.self))
    }
  }

  private static func reference() throws -> Reference {
    let file = URL(filePath: GoldenTests.folder + "policies.json")
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
  }

  @Test("AutoAugment's pairs are torchvision's", arguments: AutoAugment.Policy.allCases)
  func tables(policy: AutoAugment.Policy) throws {
    let expected = try #require(try Self.reference().tables[policy.rawValue])
    #expect(policy.table.map { $0.map { Entry($0.operation, $0.chance, $0.bin) } } == expected)
  }

  @Test("every operation's magnitudes are torchvision's", arguments: ["auto", "rand", "wide", "mix"])
  func magnitudes(space: String) throws {
    let reference = try Self.reference()
    let size = Size(height: reference.height, width: reference.width)
    let operations = try #require(reference.spaces[space])
    for (name, expected) in operations {
      let operation = try #require(PolicyOperation(rawValue: name))
      #expect(operation.isSigned == expected.signed, "\(name)")
      for (bin, magnitude) in expected.magnitudes.enumerated() {
        let ours = Self.magnitude(of: operation, space: space, bin: bin, size: size)
        #expect(abs(ours - magnitude) < 1e-4, "\(name) \(bin): \(ours), not \(magnitude)")
      }
    }
    #expect(operations.count == (space == "mix" ? 13 : 14))
  }

  private static func magnitude(of operation: PolicyOperation, space: String, bin: Int, size: Size) -> Double {
    switch space {
    case "auto": operation.magnitude(at: Double(bin) / 9, size: size)
    case "rand": operation.magnitude(at: Double(bin) / 30, size: size)
    case "wide": TrivialAugmentWide.magnitude(of: operation, bin: bin)
    default: AugMix.magnitude(of: operation, bin: bin, size: size)
    }
  }

  @Test("each operation makes what torchvision's makes of a Pillow picture")
  func operations() throws {
    let reference = try Self.reference()
    let source = try Image<UInt8>(contentsOf: GoldenTests.folder + "source.png")
    let canvas = PolicyCanvas(size: source.size, border: .black, interpolation: .nearest)
    for (number, given) in reference.cases.enumerated() {
      let result = Plan(source, given.operation.actions(given.magnitude, on: canvas)).applied(to: source)
      let wrong = try Self.wrongPixels(result, picture: number, tolerance: given.operation == .rotate ? 0 : 1)
      #expect(wrong < (given.operation == .rotate ? 0.003 : 0.001), "\(given.operation) \(given.magnitude): \(wrong)")
    }
  }

  @Test("a mixture by AugMix is the weighted sum of its chains")
  func mixture() throws {
    let reference = try Self.reference()
    let source = try Image<UInt8>(contentsOf: GoldenTests.folder + "source.png")
    let canvas = PolicyCanvas(size: source.size, border: .black, interpolation: .nearest)
    let copies = reference.mixture.chains.map { chain in
      Overlay.Copy(
        weight: chain.weight, actions: chain.steps.flatMap { $0.operation.actions($0.magnitude, on: canvas) })
    }
    let overlay = Action.effect(AnyEffect(Overlay(own: reference.mixture.own, copies: copies)))
    let wrong = try Self.wrongPixels(changed(source, overlay), picture: reference.cases.count, tolerance: 1)
    #expect(wrong < 0.02)  // turns and slants take another nearest pixel now and then
  }

  /// The part of pixels that differ by more than the tolerance from a picture of the golden's stack.
  private static func wrongPixels(_ image: Image<UInt8>, picture: Int, tolerance: Int) throws -> Double {
    let stack = try Image<UInt8>(contentsOf: GoldenTests.folder + "policies.png")
    let start = picture * image.elements.count
    let wrong = image.elements.indices.filter {
      abs(Int(image.elements[$0]) - Int(stack.elements[start + $0])) > tolerance
    }
    return Double(Set(wrong.map { $0 / 3 }).count) / Double(image.height * image.width)
  }

  @Test("policies draw each operation as often as they should")
  func frequencies() {
    var counts: [String: Int] = [:]
    for position in 0..<2500 {
      let plan = Pipeline { AutoAugment(.cifar10) }.plan(
        for: Size(height: 32, width: 32), key: SampleKey(seed: 9, epoch: 0, position: position))
      for action in plan.actions { counts[action == .tone(.equalize) ? "equalize" : "other", default: 0] += 1 }
    }
    // Equalize's chances in the table: 0.9 + 0.6 + 0.5 + 0.3 + 0.2 + 0.2 + 0.6 + 0.6 + 0.8 of 25 pairs.
    let expected = 2500 * 4.7 / 25
    #expect(abs(Double(counts["equalize", default: 0]) - expected) < 4 * expected.squareRoot())
  }
}
