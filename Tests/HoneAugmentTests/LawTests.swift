import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// Laws that every transform of the catalogue keeps, with no transform named here.
@Suite("Laws of every transform")
struct LawTests {
  static let sizes = [
    Size(height: 1, width: 1), Size(height: 1, width: 7), Size(height: 9, width: 1), Size(height: 31, width: 17),
    Size(height: 3, width: 601), Size(height: 64, width: 48),
  ]

  @Test("it works on every size and channel count and gives the size that its plan says", arguments: names)
  func sizes(name: String) throws {
    let type = try #require(Registry.transforms.first { $0.name == name })
    for size in Self.sizes {
      for channels in [1, 2, 3, 4, 16] {
        for position in 0..<(channels == 3 ? 4 : 2) {
          let plan = Pipeline([Step(type.standard)])
            .plan(for: size, channels: channels, key: SampleKey(seed: 7, epoch: 0, position: position))
          let image = texture(height: size.height, width: size.width, channels: channels)
          let changed = plan.applied(to: image)
          #expect(changed.size == plan.outputSize, "\(name) \(size)")
          #expect(changed.channels == channels)
        }
      }
    }
  }

  @Test("it works on pictures of 24 megapixels", .slow, arguments: names)
  func large(name: String) throws {
    let type = try #require(Registry.transforms.first { $0.name == name })
    let size = Size(height: 4000, width: 6000)
    let plan = Pipeline([Step(type.standard)]).plan(for: size, key: SampleKey(seed: 7, epoch: 0, position: 1))
    let image = Image<UInt8>(height: size.height, width: size.width, channels: 3, repeating: 90)
    #expect(plan.applied(to: image).size == plan.outputSize)
  }

  @Test("the same key gives the same plan and bytes, through a file too", arguments: names)
  func reproducible(name: String) throws {
    let type = try #require(Registry.transforms.first { $0.name == name })
    let image = texture(height: 40, width: 52)
    let pipeline = Pipeline([type.standard.applied(0.9)])
    for position in 0..<5 {
      let key = SampleKey(seed: 3, epoch: 2, position: position)
      let plan = pipeline.plan(for: image.size, key: key)
      #expect(plan == pipeline.plan(for: image.size, key: key))
      let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
      #expect(saved == plan)
      #expect(saved.applied(to: image).largestDifference(from: plan.applied(to: image)) == 0)
    }
    let read = try JSONDecoder().decode(Pipeline.self, from: JSONEncoder().encode(pipeline))
    #expect(read == pipeline)
    #expect(read.hashValue == pipeline.hashValue)
  }

  @Test("chance 0 leaves the picture alone, chance 1 always acts", arguments: names)
  func chances(name: String) throws {
    let type = try #require(Registry.transforms.first { $0.name == name })
    for position in 0..<20 {
      let key = SampleKey(seed: 5, epoch: 0, position: position)
      let size = Size(height: 300, width: 300)
      #expect(Pipeline([type.standard.applied(0)]).plan(for: size, key: key).actions.isEmpty)
      #expect(
        Pipeline([type.standard.applied(1)]).plan(for: size, key: key)
          == Pipeline([Step(type.standard)]).plan(for: size, key: key))
    }
  }

  @Test("the standard parameters are sound and the name is written once")
  func standards() {
    for type in Registry.transforms { #expect(type.standard.problem == nil, "\(type.name)") }
    #expect(Set(Catalogue.transforms.map { $0.name }).count == Catalogue.transforms.count)
  }

  static let names = Catalogue.transforms.map { $0.name }
}

@Suite("Drawing")
struct DrawingTests {
  let size = Size(height: 64, width: 64)

  @Test("adding a step leaves the draws of the others unchanged")
  func independent() {
    let key = SampleKey(seed: 1, epoch: 4, position: 9)
    let short = Pipeline {
      Rotate()
      Brightness()
    }.plan(for: size, key: key)
    let long = Pipeline {
      Rotate()
      Flip().applied(0.5)
      Hue()
      Brightness()
    }.plan(for: size, key: key)
    for action in short.actions { #expect(long.actions.contains(action)) }
  }

  @Test("a step that occurs twice draws twice")
  func twice() {
    let plan = Pipeline {
      Brightness()
      Brightness()
    }.plan(for: size, key: SampleKey(seed: 1, epoch: 0, position: 0))
    #expect(plan.actions[0] != plan.actions[1])
  }

  @Test("every offset of a crop is equally likely, the last one included")
  func offsets() throws {
    let (free, draws) = (12, 6000)
    let pipeline = Pipeline { Crop(height: 52, width: 64 - free + 1) }
    var rows = [Int](repeating: 0, count: 13)
    var columns = [Int](repeating: 0, count: free)
    for position in 0..<draws {
      let plan = pipeline.plan(for: size, key: SampleKey(seed: 11, epoch: 0, position: position))
      guard case .window(let rect, _) = try #require(plan.actions.first) else { continue }
      rows[rect.y] += 1
      columns[rect.x] += 1
    }
    // 99.9 % points of chi-squared with 12 and 11 degrees of freedom.
    #expect(chiSquared(rows) < 32.9)
    #expect(chiSquared(columns) < 31.3)
  }

  @Test("symmetries, choices and chances come as often as they should")
  func frequencies() {
    var turns: [Action: Int] = [:]
    var flips = 0
    var chosen = [0, 0]
    let choice = OneOf([Step(Invert()), Step(Grayscale())], weights: [1, 3])
    for position in 0..<4000 {
      let key = SampleKey(seed: 2, epoch: 0, position: position)
      for action in Pipeline([Step(D4())]).plan(for: size, key: key).actions { turns[action, default: 0] += 1 }
      flips += Pipeline { Flip().applied(0.3) }.plan(for: size, key: key).actions.count
      if case .matrix = Pipeline([Step(choice)]).plan(for: size, key: key).actions[0] {
        chosen[1] += 1
      } else {
        chosen[0] += 1
      }
    }
    #expect(turns.count == 8)
    #expect(chiSquared(Array(turns.values)) < 24.3)
    #expect(abs(flips - 1200) < 4 * 29)
    #expect(abs(chosen[1] - 3000) < 4 * 28)
  }
}
