import Foundation
import Hone
import HoneAugment
import HoneTensor

// Trains a small network in a folder and prints a line per step, so that a test can kill it at any of them.
// Run again with the same arguments it goes on; at its end it prints `weights` and a hash of them and of kept models.
//
//   ResumeProbe FOLDER STRATEGY

let folder = CommandLine.arguments[1]

enum Strategy: String {
  case float32, bfloat16, float16, averages, surroundings, scheduleFree
}
let strategy = Strategy(rawValue: CommandLine.arguments[2]) ?? .float32

/// 80 noisy pictures, the upper half darker in the second class.
func toyData(side: Int = 8, count: Int = 80) throws -> Dataset {
  let format = RecordFormat(height: side, width: side, channels: 3, layout: .interleaved)
  let path = folder + "/toy.bin"
  var stream = RandomStream(seed: 3, name: "probe")
  var bytes: [UInt8] = []
  for index in 0..<count * format.bytes {
    let isUpper = index % format.bytes < format.bytes / 2
    bytes.append(UInt8(stream.integer(0...150)) + (isUpper == (index / format.bytes % 2 == 0) ? 100 : 0))
  }
  try Data(bytes).write(to: URL(filePath: path), options: .atomic)
  let samples = (0..<count).map { index in
    Sample(source: .record(file: path, offset: index * format.bytes, format: format), label: index % 2)
  }
  return Dataset(name: "toy", root: folder, classes: ["dark", "light"], samples: samples)
}

/// Batch norm, dropout, augmentation, mixing, accumulation with a short last group and early stopping.
func plain() -> Recipe {
  var recipe = Recipe(
    model: ModelChoice("resnet20-cifar", input: InputSpec(side: 8), head: HeadSpec(.mlp, hidden: 16, dropout: 0.25)),
    epochs: 2, batchSize: 4, optimizer: .adamW(rate: 3e-3), schedule: .cosine(warmup: .steps(3)),
    augmentation: Pipeline { Flip().applied(0.5) },
    earlyStopping: EarlyStopping(patience: 10), seed: 7)
  recipe.precision = .fixed(.float32)
  recipe.threads = 2
  recipe.workers = 2
  recipe.accumulation = 3
  recipe.mixing = Mixing(mixUp: 0.2, cutMix: 1, chance: 0.5)
  return recipe
}

/// The plain recipe with what is to survive a kill.
func recipe() -> Recipe {
  var recipe = plain()
  switch strategy {
  case .float32, .bfloat16, .float16:
    recipe.precision = Precision(rawValue: strategy.rawValue).map(Auto.fixed) ?? .auto
    recipe.ema = Averaging(decay: 0.9)
  case .averages:
    recipe.earlyStopping = nil
    recipe.swa = StochasticAveraging(begins: 0.3, every: .steps(2))
    recipe.normBatches = 3
    recipe.segments = 3
    recipe.keeping = Keeping(best: 2, megabytes: 1.5)  // room for one
    recipe.schedules.share = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0.5)
  case .surroundings:
    recipe.optimizer = .sgd(rate: 0.05, momentum: 0.9)
    recipe.optimizer.sharpness = Sharpness(radius: 0.05)
    recipe.optimizer.lookahead = Lookahead(every: 4)
    recipe.ema = Averaging(decay: 0.999)
    recipe.loss.distillation = Distillation(weight: 0.3)
    recipe.schedules.batch = Schedule(Constant(), warmup: .epochs(2), warmupFrom: 0.5)
  case .scheduleFree:
    recipe.optimizer = OptimizerChoice(ScheduleFreeAdamW(), rate: 5e-3)
    recipe.schedule = Schedule()
    recipe.normBatches = 3
    recipe.keeping = Keeping(best: 1)
    recipe.regularization.constraints = [.spectral(2)]
    recipe.regularization.gradientNoise = GradientNoise()
  }
  return recipe
}

/// FNV-1a.
struct Hash {
  var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ state: [String: Tensor]) throws {
    for (_, tensor) in state.sorted(by: { $0.key < $1.key }) {
      for byte in try tensor.bytes() { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
  }
}

let summary = try await Engine.run {
  let split = Split(train: Array(0..<64), validation: Array(64..<80))
  let trainer = try Trainer(
    recipe(), dataset: toyData(), split: split, folder: folder + "/run", saving: .steps(1)
  ) { event in
    if case .step(let step) = event { FileHandle.standardOutput.write(Data("step \(step.epoch) \(step.batch)\n".utf8)) }
  }
  let result = try trainer.fit()
  var hash = Hash()
  try hash.add(trainer.model.state())
  let kept = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/run/epochs").sorted()) ?? []
  for file in kept { try hash.add(ModelFile.load("\(folder)/run/epochs/\(file)").state()) }
  return "\(String(hash.value, radix: 16)) \(kept) \(result.history.compactMap(\.validationLoss))"
}
print("weights \(summary)")
