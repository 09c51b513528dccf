import Foundation
import HoneAugment
import HoneImage

/// What one worker of a loader has: it reads, decodes and plans pictures and writes them into batches.
struct PictureWriter: ~Copyable {
  private let loader: Loader
  private let epoch: Int
  private var reader: PictureReader
  private var lastAsked = 0.0

  init(_ loader: Loader, epoch: Int) {
    self.loader = loader
    self.epoch = epoch
    reader = PictureReader(channels: loader.options.channels, cache: loader.options.cache)
    lastAsked = Self.threadSeconds
  }

  /// Writes all views of the sample at `index`; false when it cannot be read and was left out.
  mutating func write(_ index: Int, position: Int, into batch: BatchInMaking) throws(HoneError) -> Bool {
    let (views, label) = (loader.options.views, loader.dataset.samples[index].label)
    var last: PlannedPicture?
    for view in 0..<views {
      let picture: PlannedPicture
      do throws(UnreadablePicture) {
        picture = try read(index, position: position, view: views == 1 ? 1 : view, after: last)
      } catch {
        try loader.leaveOut(index, reason: error.reason)
        return false
      }
      try check(picture.plan, of: index)
      batch.write(picture, position: position, label: label, view: view)
      last = picture
    }
    return true
  }

  /// A view of a picture; where it needs the same pixels as the last one did, they are not decoded again.
  private mutating func read(
    _ index: Int, position: Int, view: Int, after last: PlannedPicture?
  ) throws(UnreadablePicture) -> PlannedPicture {
    let (options, sample) = (loader.options, loader.dataset.samples[index])
    let key = SampleKey(seed: options.seed, epoch: epoch, position: position, picture: index)
    func plan(_ size: Size) -> Plan {
      options.pipeline.plan(for: size, channels: options.channels, key: key, label: sample.label, view: view)
    }
    if let last, let again = last.read(by: plan(last.plan.sourceSize)) { return again }
    return try reader.read(sample.source, plan: plan)
  }

  private func check(_ plan: Plan, of index: Int) throws(HoneError) {
    guard plan.outputSize != loader.options.inputSize else { return }
    throw HoneError(
      .conflict,
      "the pipeline makes \(plan.outputSize) of '\(loader.dataset.title(of: index))', the model takes "
        + "\(loader.options.inputSize); end the pipeline with Resize or a crop of that size")
  }

  /// Processor time of this thread since the last call.
  mutating func secondsSinceLastAsked() -> Double {
    let now = Self.threadSeconds
    defer { lastAsked = now }
    return now - lastAsked
  }

  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
