internal import HoneAugment
internal import HoneTensor

/// Features of pictures, computed once by a frozen trunk and kept in memory.
struct FeatureSource: BatchSource {
  let features: Tensor
  private let targets: Tensor
  /// The picture of each row of `features`.
  let indices: [Int]
  private let batchSize: Int
  /// Nil keeps the order.
  private let seed: UInt64?
  /// Nil leaves the classes as they are.
  private let balanced: BalancedOrder?
  let problems: [DataProblem]

  /// Runs every picture of a source through the model's trunk.
  init(
    _ pictures: any BatchSource, model: Model, precision: Precision, batchSize: Int, seed: UInt64?, balance: Double = 0
  ) throws {
    let next = pictures.epoch(0, from: 0)  // the loader begins while the model is made ready
    let eye = try model.optimizedForInference()
    var parts: [TensorBatch] = []
    while let batch = try next() {
      let features = try withoutGradients {
        try withAutocast(precision.autocast, on: batch.input.device) { try eye.embed(batch.input, .evaluation) }.to(
          .float32)
      }
      parts.append(TensorBatch(input: features, targets: batch.targets, indices: batch.indices))
    }
    features = try Tensor.cat(parts.map(\.input))
    targets = try Tensor.cat(parts.map(\.targets))
    indices = parts.flatMap(\.indices)
    self.batchSize = batchSize
    self.seed = seed
    balanced =
      balance > 0
      ? BalancedOrder(Array(indices.indices), labels: try targets.argmax(1).ints(), balance: balance) : nil
    problems = pictures.problems
  }

  func batches(in epoch: Int) -> Int { batches }

  private var batches: Int { (indices.count + batchSize - 1) / batchSize }

  func epoch(_ epoch: Int, from start: Int) -> () throws -> TensorBatch? {
    let order = order(of: epoch)
    var batch = start
    return {
      guard batch < batches else { return nil }
      let rows = Array(order[batch * batchSize..<min(indices.count, (batch + 1) * batchSize)])
      batch += 1
      let picked = try Tensor(rows).to(features.device)
      return TensorBatch(
        input: try features.indexSelect(0, picked), targets: try targets.indexSelect(0, picked),
        indices: rows.map { indices[$0] })
    }
  }

  private func order(of epoch: Int) -> [Int] {
    guard let seed else { return Array(indices.indices) }
    if let balanced { return balanced.order(seed: seed, epoch: epoch) }
    var stream = RandomStream(seed: seed, epoch: epoch, name: "order")
    return stream.permutation(indices.count)
  }
}
