import Dispatch
import Foundation
import HoneAugment

/// Batches in the making and waiting, shared by the workers and the trainer.
///
/// Workers claim runs of positions in order, all working on the earliest batch, and wait when `capacity` batches are
/// unfinished or untaken.
final class BatchRing: @unchecked Sendable {  // unchecked: everything that changes is touched under `lock` only
  private let loader: Loader
  private let epoch: Int
  private let order: [Int]
  private let end: Int
  private let chunk: Int
  private let lock = NSCondition()

  private var nextPosition: Int
  private var nextBatch: Int
  private var unfinished: [Int: BatchInMaking] = [:]
  private var finished: [Int: BatchInMaking] = [:]
  private var failure: HoneError?
  private var isStopped = false
  private var running = 0
  private var numbers = LoaderStatistics()

  init(_ loader: Loader, epoch: Int, order: [Int], first: Int) {
    self.loader = loader
    self.epoch = epoch
    self.order = order
    let size = loader.options.batchSize
    end = min(order.count, loader.batches * size)
    chunk = max(1, min(16, size / (loader.options.workers * 4)))
    nextBatch = first
    nextPosition = min(end, first * size)
  }

  var statistics: LoaderStatistics { lock.withLock { numbers } }

  func start(workers: Int) {
    lock.withLock { running = workers }
    for number in 0..<workers { Workers.start("hone-loader-\(number)", givesWay: true) { self.work() } }
  }

  /// Ends the workers, waits until they are done, and frees every batch.
  func stop() {
    lock.lock()
    defer { lock.unlock() }
    isStopped = true
    lock.broadcast()
    while running > 0 { lock.wait() }
    unfinished = [:]
    finished = [:]
  }

  func next() throws(HoneError) -> Batch? {
    lock.lock()
    defer { lock.unlock() }
    let start = DispatchTime.now().uptimeNanoseconds
    defer { numbers.waitedSeconds += Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }
    while nextBatch * loader.options.batchSize < end {
      if let failure { throw failure }
      guard let batch = finished.removeValue(forKey: nextBatch) else {
        lock.wait()
        continue
      }
      nextBatch += 1
      lock.broadcast()
      if let batch = batch.take() { return batch }
    }
    if let failure { throw failure }
    return nil
  }

  /// The next batch, where all before it are taken and it is finished.
  func ready() -> Batch? {
    lock.lock()
    defer { lock.unlock() }
    while let finished = finished.removeValue(forKey: nextBatch) {
      nextBatch += 1
      lock.broadcast()
      if let batch = finished.take() { return batch }
    }
    return nil
  }
}

// What the workers do.
extension BatchRing {
  private func work() {
    var artist = PictureWriter(loader, epoch: epoch)
    while let (batch, positions) = claim() {
      var lost: [Int] = []
      var problem: HoneError?
      do throws(HoneError) {
        for position in positions where try !artist.write(order[position], position: position, into: batch) {
          lost.append(position)
        }
      } catch { problem = error }
      deliver(batch, positions, lost: lost, seconds: artist.secondsSinceLastAsked(), problem: problem)
    }
    lock.withLock {
      running -= 1
      lock.broadcast()
    }
  }

  /// The next run of positions, all of one batch; waits while too many batches are untaken.
  private func claim() -> (BatchInMaking, Range<Int>)? {
    lock.lock()
    defer { lock.unlock() }
    let size = loader.options.batchSize
    while !isStopped, failure == nil, nextPosition < end {
      let number = nextPosition / size
      guard number < nextBatch + loader.capacity else {
        lock.wait()
        continue
      }
      let batchEnd = min(end, (number + 1) * size)
      let batch = unfinished[number] ?? BatchInMaking(loader, number: number, indices: order[number * size..<batchEnd])
      unfinished[number] = batch
      let positions = nextPosition..<min(batchEnd, nextPosition + chunk)
      nextPosition = positions.upperBound
      return (batch, positions)
    }
    return nil
  }

  private func deliver(
    _ batch: BatchInMaking, _ positions: Range<Int>, lost: [Int], seconds: Double, problem: HoneError?
  ) {
    let isComplete = lock.withLock {
      numbers.pictures += positions.count - lost.count
      numbers.workerSeconds += seconds
      if failure == nil { failure = problem }
      lock.broadcast()
      return batch.complete(positions.count, lost: lost)
    }
    guard isComplete, problem == nil else { return }
    batch.finish(epoch: epoch)
    lock.withLock {
      unfinished[batch.number] = nil
      finished[batch.number] = batch
      lock.broadcast()
    }
  }
}
