import HoneAugment
import HoneImage

/// A batch whose slots are being filled.
final class BatchInMaking: @unchecked Sendable {  // unchecked: slots are disjoint, the rest locked
  let number: Int
  private let loader: Loader
  private let storage: UnsafeMutablePointer<Batch>
  private var left: Int
  private var lost: [Int] = []
  private var isTaken = false

  init(_ loader: Loader, number: Int, indices: ArraySlice<Int>) {
    self.loader = loader
    self.number = number
    left = indices.count
    storage = .allocate(capacity: 1)
    storage.initialize(to: Self.empty(loader, Array(indices)))
  }

  deinit {
    if !isTaken { storage.deinitialize(count: 1) }
    storage.deallocate()
  }

  private static func empty(_ loader: Loader, _ indices: [Int]) -> Batch {
    let options = loader.options
    var batch = Batch(
      count: indices.count * options.views, channels: options.channels, height: options.inputSize.height,
      width: options.inputSize.width, classes: loader.dataset.classes.count, precision: options.precision,
      layout: options.layout, allocator: options.allocator)
    batch.views = options.views
    batch.indices = Array([[Int]](repeating: indices, count: options.views).joined())
    return batch
  }

  /// Pictures in each view.
  private var pictures: Int { storage.pointee.count / loader.options.views }

  /// Writes one view of a picture into its place.
  func write(_ picture: PlannedPicture, position: Int, label: Int, view: Int = 0) {
    let slot = view * pictures + position - number * loader.options.batchSize
    picture.plan.write(
      picture.image, region: (picture.place, picture.decoded), normalization: loader.options.normalization,
      into: storage.pointee, slot: slot)
    loader.options.standardization?.apply(to: storage.pointee, slot: slot)
    storage.pointee.labels[slot * storage.pointee.classes + label] = 1
  }

  /// Counts positions as done; true when they were the last.
  func complete(_ count: Int, lost positions: [Int]) -> Bool {
    lost += positions.map { $0 - number * loader.options.batchSize }
    left -= count
    return left == 0
  }

  /// Closes the gaps that lost pictures left, then mixes.
  func finish(epoch: Int) {
    if !lost.isEmpty { closeGaps() }
    guard let mixing = loader.options.mixing, storage.pointee.count > 0 else { return }
    let key = SampleKey(seed: loader.options.seed, epoch: epoch, position: number * loader.options.batchSize)
    for pair in mixing.plan(count: storage.pointee.count, size: loader.options.inputSize, key: key) {
      pair.apply(to: storage.pointee)
    }
  }

  private func closeGaps() {
    let full = storage.move()
    let pictures = full.count / loader.options.views
    let kept = full.indices.indices.filter { !lost.contains($0 % pictures) }
    let batch = Self.empty(loader, kept.prefix(kept.count / loader.options.views).map { full.indices[$0] })
    for (slot, old) in kept.enumerated() {
      batch.slot(slot).copyMemory(from: full.slot(old), byteCount: full.stride)
      (batch.labels + slot * full.classes).update(from: full.labels + old * full.classes, count: full.classes)
    }
    storage.initialize(to: batch)
  }

  /// The batch, unless all its pictures were lost.
  func take() -> Batch? {
    guard !isTaken, storage.pointee.count > 0 else { return nil }
    isTaken = true
    return storage.move()
  }
}
