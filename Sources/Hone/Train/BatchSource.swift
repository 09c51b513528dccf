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
  var device = Device.cpu

  func batches(in epoch: Int) -> Int { loader.batches }

  func epoch(_ epoch: Int, from start: Int) -> () throws -> TensorBatch? {
    let run = loader.epoch(epoch, from: start)
    return {
      guard let batch = try run.next() else { return nil }
      return try TensorBatch(adopting: batch).on(device)
    }
  }

  var problems: [DataProblem] { loader.problems }
}

extension TensorBatch {
  /// The batch on another device; itself where it is there.
  func on(_ device: Device) throws -> TensorBatch {
    guard device != input.device else { return self }
    return TensorBatch(input: try input.to(device), targets: try targets.to(device), indices: indices)
  }

  /// Hands a batch's memory to the engine without a copy; it is freed with the tensor.
  init(adopting batch: consuming Batch) throws {
    let owner = BatchOwner(batch)
    indices = owner.batch.indices
    targets = try Tensor(
      Array(UnsafeBufferPointer(start: owner.batch.labels, count: owner.batch.count * owner.batch.classes)),
      shape: [owner.batch.count, owner.batch.classes])
    let dtype: DType = owner.batch.precision == .float32 ? .float32 : .bfloat16
    let (area, channels) = ([owner.batch.height, owner.batch.width], [owner.batch.channels])
    let isPlanar = owner.batch.layout == .planar
    let shape = [owner.batch.count] + (isPlanar ? channels + area : area + channels)
    let pixels = try Tensor.adopting(owner.batch.pixels, shape: shape, dtype: dtype) { [owner] _ in
      withExtendedLifetime(owner) {}
    }
    input = isPlanar ? pixels : try pixels.permute([0, 3, 1, 2])
  }
}

extension BatchAllocator {
  /// The engine's memory: on huge pages, and kept for the next batch.
  static let engine = BatchAllocator(
    allocate: { Engine.allocate(bytes: $0) }, free: { Engine.deallocate($0) })
}

/// Keeps a batch alive for as long as a tensor uses its memory.
private final class BatchOwner: Sendable {
  let batch: Batch
  init(_ batch: consuming Batch) { self.batch = batch }
}
