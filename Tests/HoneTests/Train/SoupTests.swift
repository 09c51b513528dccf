import Foundation
import Hone
import HoneTensor
import Testing

@Suite struct SoupTests {
  @Test("A soup is at least as good as its best model, and averages exactly what it says it took")
  func greedy() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let paths = (0..<3).map { "\(folder)/\($0).safetensors" }
      try await Engine.run {
        let start = try ToyData.recipe().makeModel(classes: data.classes)
        for (index, path) in paths.enumerated() {
          var recipe = ToyData.recipe(epochs: 3 + index)
          recipe.seed = UInt64(index)
          let trainer = try Trainer(
            recipe, model: start.copy(), dataset: data, split: ToyData.split(64, validation: 16))
          _ = try trainer.fit()
          try ModelFile.save(trainer.model, to: path)
        }
      }
      let target = folder + "/soup.safetensors"
      let soup = try await greedySoup(of: paths, on: data, writingTo: target)
      #expect(soup.pictures == 64 && Set(soup.ingredients.map(\.path)) == Set(paths))
      #expect(soup.ingredients[0].isTaken)
      #expect(soup.together >= (soup.ingredients.map(\.alone).max() ?? 1))
      let taken = soup.ingredients.filter(\.isTaken).map(\.path)
      try await Engine.run { () throws -> Void in
        let average = try ModelFile.load(target).state()
        let parts = try taken.map { try ModelFile.load($0).state() }
        for (name, value) in average where value.dtype.isFloatingPoint {
          let sums = try parts.compactMap { try $0[name]?.doubles() }
          for (place, number) in try value.doubles().enumerated() {
            let mean = sums.map { $0[place] }.reduce(0, +) / Double(parts.count)
            #expect(abs(number - mean) < 1e-5, "\(name)")
          }
        }
      }
      let measured = try await evaluate(modelAt: target, on: data).accuracy
      #expect(measured == soup.together)
    }
  }

  @Test("Models of different kinds are not averaged")
  func different() async throws {
    try await withFolder { folder in
      let data = try ToyData.make(in: folder)
      let paths = [4, 6].map { "\(folder)/\($0).safetensors" }
      try await Engine.run {
        for (path, width) in zip(paths, [4, 6]) {
          var recipe = ToyData.recipe()
          recipe.model.options.widths = [width, 8]
          try ModelFile.save(recipe.makeModel(classes: data.classes), to: path)
        }
      }
      let error = await #expect(throws: HoneError.self) {
        try await greedySoup(of: paths, on: data, writingTo: folder + "/soup.safetensors")
      }
      #expect(error?.code == .conflict)
    }
  }
}
