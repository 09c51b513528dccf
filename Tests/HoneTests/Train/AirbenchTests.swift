import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import Testing

@Suite struct `Learning CIFAR-10 fast` {
  private static let recipes = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Recipes")

  @Test func `every recipe of the repository can be read`() throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.recipes, includingPropertiesForKeys: nil)
    for file in files { #expect(throws: Never.self) { try Recipe(contentsOf: file.path) } }
    #expect(files.count >= 3)
  }

  @Test func `the recipe trains the network that it names, its first layer's filters fixed`() async throws {
    var recipe = try Recipe(contentsOf: Self.recipes.appending(path: "cifar10-speed.yaml").path)
    (recipe.epochs, recipe.batchSize, recipe.threads, recipe.workers) = (2, 16, 1, 1)
    recipe.model.options.widths = [24, 24, 24]
    let (before, after, result) = try await withFolder { folder in
      try await Engine.run { [recipe] in
        let dataset = try ToyData.make(in: folder, side: 32)
        let trainer = try Trainer(recipe, dataset: dataset, split: ToyData.split(64, validation: 0))
        let before = try trainer.model.state().mapValues { try $0.floats() }
        let result = try trainer.fit()
        return (before, try trainer.model.state().mapValues { try $0.floats() }, result)
      }
    }
    #expect(result.stop == .finished)
    #expect(before["whiten.weight"] == after["whiten.weight"])
    #expect(after["layers.1.norm1.weight"]?.allSatisfy { $0 == 1 } == true)
    for name in ["whiten.bias", "layers.1.conv1.weight", "layers.3.norm2.bias", "head.weight"] {
      #expect(before[name] != after[name], "\(name)")
    }
  }

  @Test func `principal patches are uncorrelated and alike in size`() async throws {
    let (found, opposite) = try await Engine.run {
      let noise = try Tensor.normal([20, 3, 12, 12], std: 1, seed: 3)
      let smooth = try noise.add(noise.roll(1, axis: 3)).add(noise.roll(1, axis: 1)).mul(0.3)
      var patches = try PrincipalPatches(channels: 3, side: 2)
      try patches.add(smooth.narrow(0, start: 0, length: 12))
      try patches.add(smooth.narrow(0, start: 12, length: 8))
      let filters = try patches.filters([24, 3, 2, 2], epsilon: 0)
      let outputs = try smooth.conv2d(filters.narrow(0, start: 0, length: 12)).permute([1, 0, 2, 3]).reshape([12, -1])
      let covariance = try outputs.matmul(outputs.transpose(0, 1)).mul(1 / Double(outputs.shape[1])).floats()
      let halves = try (filters.narrow(0, start: 0, length: 12), filters.narrow(0, start: 12, length: 12))
      return (covariance, try halves.0.add(halves.1).floats())
    }
    for (place, number) in found.enumerated() { #expect(abs(number - (place % 13 == 0 ? 1 : 0)) < 1e-3) }
    #expect(opposite.allSatisfy { $0 == 0 })
  }

  @Test func `the first filters of its convolutions pass a channel each through`() async throws {
    let weights = try await Engine.run {
      try Model.make(Structure("airbench", classes: 10), seed: 4).state()["layers.1.conv1.weight"]?.floats()
    }
    let filters = try #require(weights)
    for filter in 0..<24 {
      for place in 0..<216 { #expect(filters[filter * 216 + place] == (place == filter * 9 + 4 ? 1 : 0)) }
    }
    let rest = filters[(24 * 216)...]
    #expect(rest.max().map { $0 > 0.06 && $0 <= 1 / Float(216).squareRoot() } == true)
  }

  @Test func `mirror images in turns show every picture both ways in two epochs, however shuffled`() async throws {
    let seen = try await withFolder { folder in
      let options = Loader.Options(
        pipeline: Pipeline { Flip(alternates: true) }, inputSize: Size(height: 16, width: 16), normalization: .identity,
        batchSize: 10, shuffles: true, seed: 5, workers: 2)
      let loader = try Loader(ToyData.make(in: folder, count: 40), options: options)
      return try (4..<6).map { epoch in
        try LoaderTests.batches(loader.epoch(epoch)).reduce(into: [Int: [UInt8]]()) { pictures, batch in
          for (slot, index) in batch.indices.enumerated() {
            pictures[index] = Array(batch.pixels[slot * 3072..<(slot + 1) * 3072])
          }
        }
      }
    }
    #expect(seen[0].count == 40)
    for (index, picture) in seen[0] { #expect(seen[1][index].map { $0 != picture } == true) }
  }
}
