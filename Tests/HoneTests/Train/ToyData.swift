import Foundation
import Hone
import HoneAugment

/// Small noisy pictures whose upper half is darker in the second class; every part of a class has a stripe of its own.
enum ToyData {
  static func make(in folder: String, count: Int = 64, side: Int = 16, classes: Int = 2, noise: Int = 120) throws
    -> Dataset
  {
    let format = RecordFormat(height: side, width: side, channels: 3, layout: .interleaved)
    var stream = RandomStream(seed: 9, name: "toy")
    var bytes: [UInt8] = []
    for index in 0..<count {
      let label = index % classes
      for y in 0..<side {
        for _ in 0..<side * 3 {
          let shade = y * classes / side == label ? 80 : 0
          bytes.append(UInt8(stream.integer(0...noise) + shade))
        }
      }
    }
    let path = folder + "/toy.bin"
    try Data(bytes).write(to: URL(filePath: path))
    let samples = (0..<count).map { index in
      Sample(source: .record(file: path, offset: index * format.bytes, format: format), label: index % classes)
    }
    return Dataset(name: "toy", root: folder, classes: (0..<classes).map { "class \($0)" }, samples: samples)
  }

  /// A recipe that trains a tiny classic CNN on them in a moment.
  static func recipe(epochs: Int = 3, side: Int = 16) -> Recipe {
    var recipe = Recipe(
      model: ModelChoice(
        "classic-cnn", input: InputSpec(side: side), options: StructureOptions(widths: [4, 8], dense: 16)),
      epochs: epochs, batchSize: 8, optimizer: .adam(rate: 3e-3))
    recipe.precision = .fixed(.float32)
    recipe.threads = 1
    recipe.workers = 2
    recipe.regularization.dropout = 0.25
    return recipe
  }

  static func split(_ count: Int, validation: Int) -> Split {
    Split(train: Array(0..<count - validation), validation: Array(count - validation..<count))
  }
}
