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

  /// Writes the sample at `index`; false when it cannot be read and was left out.
  mutating func write(_ index: Int, position: Int, into batch: BatchInMaking) throws(HoneError) -> Bool {
    let options = loader.options
    let sample = loader.dataset.samples[index]
    let key = SampleKey(seed: options.seed, epoch: epoch, position: position, picture: index)
    let picture: PlannedPicture
    do throws(UnreadablePicture) {
      picture = try reader.read(sample.source) { size in
        options.pipeline.plan(for: size, channels: options.channels, key: key, label: sample.label)
      }
    } catch {
      try loader.leaveOut(index, reason: error.reason)
      return false
    }
    guard picture.plan.outputSize == options.inputSize else {
      throw HoneError(
        .conflict,
        "the pipeline makes \(picture.plan.outputSize) of '\(loader.dataset.title(of: index))', the model takes "
          + "\(options.inputSize); end the pipeline with Resize or a crop of that size")
    }
    batch.write(picture, position: position, label: sample.label)
    return true
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
