// The convolutional network that everybody starts with, on two classes of pictures: Conv 32-64-128 with max-pools,
// Dense 512, one sigmoid output; Adam, binary cross-entropy, accuracy.
//
//   swift run -c release classic-cnn pets/ 20
import Hone

let pets = try Dataset(at: CommandLine.arguments[1])
let recipe = Recipe(
  model: .classicCNN, epochs: Int(CommandLine.arguments[2]) ?? 20, batchSize: .fixed(32), optimizer: .adam(rate: 1e-3))
let result = try await train(recipe, on: pets, folder: "runs/classic-cnn") { event in
  if case .epoch(let epoch) = event {
    print("epoch \(epoch.epoch): loss \(epoch.trainLoss), validation accuracy \(epoch.validationAccuracy ?? 0)")
  }
}
print("\(result.validation?.accuracy ?? 0) of the validation pictures")
