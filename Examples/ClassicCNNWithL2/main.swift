// The classic network with a penalty of 0.001·Σw² on each of its convolution kernels, and on nothing else.
//
//   swift run -c release classic-cnn-with-l2 pets/ 20
import Hone

let pets = try Dataset(at: CommandLine.arguments[1])
let recipe = Recipe(
  model: .classicCNN, epochs: Int(CommandLine.arguments[2]) ?? 20, batchSize: .fixed(32), optimizer: .adam(rate: 1e-3),
  regularization: .l2(0.001, on: .convolutionKernels))
let result = try await train(recipe, on: pets, folder: "runs/classic-cnn-with-l2") { event in
  if case .epoch(let epoch) = event {
    print("epoch \(epoch.epoch): loss \(epoch.trainLoss) + penalty \(epoch.penalty)")
  }
}
print("\(result.validation?.accuracy ?? 0) of the validation pictures")
