internal import HoneAugment
internal import HoneTensor

/// A batch on the engine's thread.
struct TensorBatch {
  /// Pictures `[N, C, H, W]`, or features `[N, …]`.
  let input: Tensor
  /// `[N, classes]`, each row a distribution.
  let targets: Tensor
  /// Where each entry lies in the data set.
  let indices: [Int]
}

/// Where batches come from: pictures being decoded, or features that were computed before.
protocol BatchSource {
  /// How many batches an epoch has.
  func batches(in epoch: Int) -> Int
  /// The batches of an epoch, beginning with batch number `start`.
  func epoch(_ epoch: Int, from start: Int) -> () throws -> TensorBatch?
  /// Entries that could not be read so far.
  var problems: [DataProblem] { get }
}

/// Pictures, decoded and augmented ahead of the trainer.
struct PictureSource: BatchSource {
  let loader: Loader
  let device: Device
  /// Makes numbers of levels on the device; nil where the loader does.
  private let lines: (scales: Tensor, biases: Tensor)?

  /// - Parameter options: the loader's. For a device other than the processor batches travel as levels, a quarter of their
  ///   numbers' size, from memory that it reads by itself, and become numbers there.
  init(_ dataset: Dataset, indices: [Int], options: Loader.Options, device: Device) throws {
    var options = options
    options.allocator = device == .cpu ? .engine : .pinned(for: device)
    if device != .cpu { options.precision = .uint8 }
    loader = try Loader(dataset, indices: indices, options: options)
    self.device = device
    lines = try device == .cpu ? nil : options.normalization.tensors(channels: options.channels, device: device)
  }

  func batches(in epoch: Int) -> Int { loader.batches }

  func epoch(_ epoch: Int, from start: Int) -> () throws -> TensorBatch? {
    let run = loader.epoch(epoch, from: start)
    guard let lines else { return run.nextTensors }
    var convoy = Convoy(run, to: device)
    return {
      guard let batch = try convoy.next() else { return nil }
      let numbers = try batch.input.to(.float32).mul(lines.scales).add(lines.biases)
      return TensorBatch(input: numbers, targets: batch.targets, indices: batch.indices)
    }
  }

  var problems: [DataProblem] { loader.problems }
}

/// Brings a loader's batches to a device, the next one while the one before is learnt from.
private struct Convoy {
  private let run: LoaderRun
  private let device: Device
  /// Nil where the device copies and computes in turn.
  private let lane: TransferLane?
  private var underway: TensorBatch?

  init(_ run: LoaderRun, to device: Device) {
    self.run = run
    self.device = device
    lane = try? TransferLane(to: device)
  }

  mutating func next() throws -> TensorBatch? {
    guard let lane else { return try run.nextTensors()?.on(device) }
    let arrived = try underway ?? run.nextTensors()?.sent(by: lane)
    underway = nil
    guard let arrived else { return nil }
    try lane.receive([arrived.input, arrived.targets])
    underway = try run.readyTensors()?.sent(by: lane)
    return arrived
  }
}

extension LoaderRun {
  /// The next batch, waiting for it if need be.
  func nextTensors() throws -> TensorBatch? {
    if let batch = try readyTensors() { return batch }
    return try Engine.resting {
      guard let batch = try next() else { return nil }
      return try TensorBatch(adopting: batch)
    }
  }

  /// The next batch where it is done.
  fileprivate func readyTensors() throws -> TensorBatch? {
    guard let batch = ready() else { return nil }
    return try TensorBatch(adopting: batch)
  }
}

extension Normalization {
  /// Factors of and additions to levels, one for each channel.
  fileprivate func tensors(channels: Int, device: Device) throws -> (scales: Tensor, biases: Tensor) {
    func along(_ numbers: [Float]) throws -> Tensor { try Tensor(numbers, shape: [1, channels, 1, 1]).to(device) }
    let lines = (0..<channels).map(line)
    return (try along(lines.map(\.scale)), try along(lines.map(\.bias)))
  }
}

extension TensorBatch {
  /// The batch on another device.
  func on(_ device: Device) throws -> TensorBatch {
    TensorBatch(input: try input.to(device), targets: try targets.to(device), indices: indices)
  }

  fileprivate func sent(by lane: TransferLane) throws -> TensorBatch {
    let sent = try lane.send(input, targets)
    return TensorBatch(input: sent[0], targets: sent[1], indices: indices)
  }

  /// Hands a batch's memory to the engine without a copy; it is freed with the tensor.
  init(adopting batch: consuming Batch) throws {
    let owner = BatchOwner(batch)
    indices = owner.batch.indices
    targets = try Tensor(
      Array(UnsafeBufferPointer(start: owner.batch.labels, count: owner.batch.count * owner.batch.classes)),
      shape: [owner.batch.count, owner.batch.classes])
    let (area, channels) = ([owner.batch.height, owner.batch.width], [owner.batch.channels])
    let isPlanar = owner.batch.layout == .planar
    let shape = [owner.batch.count] + (isPlanar ? channels + area : area + channels)
    let pixels = try Tensor.adopting(owner.batch.pixels, shape: shape, dtype: owner.batch.precision.dtype) {
      [owner] _ in withExtendedLifetime(owner) {}
    }
    input = isPlanar ? pixels : try pixels.permute([0, 3, 1, 2])
  }
}

extension BatchPrecision {
  fileprivate var dtype: DType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .uint8: .uint8
    }
  }
}

extension BatchAllocator {
  /// The engine's memory: on huge pages, and kept for the next batch.
  static let engine = BatchAllocator(
    allocate: { Engine.allocate(bytes: $0) }, free: { Engine.deallocate($0) })

  /// Memory that a device reads by itself.
  static func pinned(for device: Device) -> BatchAllocator {
    BatchAllocator(
      allocate: { Engine.allocatePinned(bytes: $0, for: device) }, free: { Engine.deallocatePinned($0) })
  }
}

/// Keeps a batch alive for as long as a tensor uses its memory.
private final class BatchOwner: Sendable {
  let batch: Batch
  init(_ batch: consuming Batch) { self.batch = batch }
}
