public import HoneAugment
public import HoneImage
import Synchronization

/// Turns samples into batches, epoch after epoch: read, decoded, augmented and normalized by threads of its own, ahead of
/// the trainer.
///
/// The batches of an epoch are a pure function of the data set, the options and the epoch's number: the same for any
/// number of workers, with or without a cache, from the start or from the middle.
///
/// ```swift
/// let loader = try Loader(data, indices: split.train, options: options)
/// let run = loader.epoch(0)
/// while let batch = try run.next() { … }
/// ```
///
/// A picture that cannot be read is left out, its batch that much smaller, and named in `problems`.
///
/// - Shape: batches of `batchSize × views` pictures `[channels, inputSize.height, inputSize.width]`, all pictures of a view
///   after those of the one before; the last batch may be smaller.
/// - Units: memory in bytes.
public final class Loader: Sendable {
  /// What becomes of each picture, and how fast.
  public struct Options: Sendable {
    /// Ends at `inputSize`; augmentation and preprocessing in one.
    public var pipeline: Pipeline
    public var inputSize: Size
    /// 3 for colour, 1 for grey.
    public var channels: Int
    public var normalization: Normalization
    public var batchSize: Int
    /// A new order for each epoch, for training; else the order of the indices.
    public var shuffles: Bool
    public var seed: UInt64
    /// Leaves out a last batch that is not full, unless it is the only one.
    public var dropsLast: Bool
    public var precision: BatchPrecision
    public var layout: BatchLayout
    /// Mixes the pictures of a batch with each other, keyed by the position of the batch's first.
    public var mixing: Mixing?
    /// How often a picture comes in a row, each time augmented anew; an epoch then shows that much fewer of them.
    public var repeats: Int
    /// How many views of each picture a batch holds, one after another (see `Pipeline.plan`); 1 is the ordinary one alone.
    public var views: Int
    /// How evenly the classes come in an epoch that shuffles: 0 as they are, 1 all alike.
    public var balance: Double
    /// What is done to each picture's numbers after normalization; needs planar float32.
    public var standardization: Standardization?
    /// Threads that decode.
    public var workers: Int
    /// Batches that may wait for the trainer, as long as they fit into `aheadBytes`.
    public var ahead: Int
    public var aheadBytes: Int
    /// Keeps decoded pictures; may be shared by loaders.
    public var cache: PictureCache?
    public var allocator: BatchAllocator

    public init(
      pipeline: Pipeline, inputSize: Size, channels: Int = 3, normalization: Normalization, batchSize: Int = 32,
      shuffles: Bool, seed: UInt64 = 0, dropsLast: Bool = false, precision: BatchPrecision = .float32,
      layout: BatchLayout = .planar, mixing: Mixing? = nil, repeats: Int = 1, views: Int = 1, balance: Double = 0,
      standardization: Standardization? = nil, workers: Int? = nil, ahead: Int = 4, aheadBytes: Int = 1 << 30,
      cache: PictureCache? = nil,
      allocator: BatchAllocator = .standard
    ) {
      self.pipeline = pipeline
      self.inputSize = inputSize
      self.channels = channels
      self.normalization = normalization
      self.batchSize = batchSize
      self.shuffles = shuffles
      self.seed = seed
      self.dropsLast = dropsLast
      self.precision = precision
      self.layout = layout
      self.mixing = mixing
      self.repeats = repeats
      self.views = views
      self.balance = balance
      self.standardization = standardization
      self.workers = workers ?? Workers.processors
      self.ahead = ahead
      self.aheadBytes = aheadBytes
      self.cache = cache
      self.allocator = allocator
    }
  }

  public let dataset: Dataset
  /// The samples that this loader gives out.
  public let indices: [Int]
  public let options: Options
  private let unreadable: Mutex<Unreadable>

  /// - Throws: `HoneError`, `emptyData` without samples, `emptyClass` when a loader that shuffles (that is, trains) has a
  ///   class without a sample, `invalidValue` for options out of range.
  public init(_ dataset: Dataset, indices: [Int]? = nil, options: Options) throws(HoneError) {
    self.dataset = dataset
    self.indices = indices ?? Array(dataset.samples.indices)
    self.options = options
    try options.check()
    guard !self.indices.isEmpty else { throw HoneError(.emptyData, "no pictures to load from '\(dataset.name)'") }
    let left = dataset.subset(self.indices).counts
    unreadable = Mutex(Unreadable(left: left))
    if options.shuffles, let empty = left.firstIndex(of: 0) { throw Self.emptyClass(dataset.classes[empty]) }
  }

  /// How many batches an epoch has.
  public var batches: Int {
    let full = indices.count / options.batchSize
    let all = (indices.count + options.batchSize - 1) / options.batchSize
    return options.dropsLast ? max(1, full) : all
  }

  /// The samples in the order of an epoch.
  public func order(_ epoch: Int) -> [Int] {
    guard options.shuffles else { return indices }
    let shuffled = shuffled(epoch)
    guard options.repeats > 1 else { return shuffled }
    return Array(shuffled.flatMap { Array(repeating: $0, count: options.repeats) }.prefix(indices.count))
  }

  private func shuffled(_ epoch: Int) -> [Int] {
    if options.balance > 0 {
      let labels = indices.map { dataset.samples[$0].label }
      return BalancedOrder(indices, labels: labels, balance: options.balance).order(seed: options.seed, epoch: epoch)
    }
    var stream = RandomStream(seed: options.seed, epoch: epoch, name: "order")
    return stream.permutation(indices.count).map { indices[$0] }
  }

  /// Starts the threads on an epoch's batches, beginning with batch number `first`.
  public func epoch(_ epoch: Int, from first: Int = 0) -> LoaderRun {
    LoaderRun(BatchRing(self, epoch: epoch, order: order(epoch), first: first), workers: options.workers)
  }

  /// What could not be read so far, one entry per picture.
  public var problems: [DataProblem] { unreadable.withLock { $0.problems.sorted { $0.key < $1.key }.map(\.value) } }

  /// Bytes of a full batch.
  public var batchBytes: Int {
    options.batchSize * options.views
      * (options.channels * options.inputSize.height * options.inputSize.width * options.precision.bytes
        + dataset.classes.count * MemoryLayout<Float>.stride)
  }

  /// Batches in the making or waiting at any time.
  var capacity: Int { max(1, min(options.ahead, options.aheadBytes / max(1, batchBytes))) }

  /// The most memory that waiting batches take; decoded pictures (one for each worker) and the cache come on top.
  public var memoryBound: Int { capacity * batchBytes }
}

extension Loader {
  /// Samples found unreadable, and how many readable ones each class has left.
  private struct Unreadable {
    var problems: [Int: DataProblem] = [:]
    var left: [Int]
  }

  /// Remembers that a sample cannot be read.
  ///
  /// - Throws: `emptyClass` when that was the last of its class in training.
  func leaveOut(_ index: Int, reason: String) throws(HoneError) {
    let label = dataset.samples[index].label
    let problem = DataProblem(.broken, path: dataset.title(of: index), reason: reason)
    let left = unreadable.withLock { state in
      if state.problems.updateValue(problem, forKey: index) == nil { state.left[label] -= 1 }
      return state.left[label]
    }
    if left == 0, options.shuffles { throw Self.emptyClass(dataset.classes[label]) }
  }

  private static func emptyClass(_ name: String) -> HoneError {
    HoneError(
      .emptyClass, "class '\(name)' has no picture that can be read to train on; add some, or take the class out",
      context: ["class": name])
  }
}

extension Loader.Options {
  fileprivate func check() throws(HoneError) {
    let rules: [(Bool, String)] = [
      (batchSize >= 1, "batch size \(batchSize); use at least 1"),
      (channels == 1 || channels == 3, "\(channels) channels; use 3 for colour or 1 for grey"),
      (inputSize.height >= 1 && inputSize.width >= 1, "an input of \(inputSize) pixels"),
      (workers >= 1, "\(workers) workers; use at least 1"),
      ((0...1).contains(balance), "a balance of \(balance); use 0 to 1"),
      (repeats >= 1, "\(repeats) repeats; use at least 1"),
      (views >= 1, "\(views) views; use at least 1"),
      (views == 1 || mixing == nil, "\(views) views and mixing, which would part them; use one of the two"),
      (
        batchSize % max(1, repeats) == 0,
        "a batch size of \(batchSize) and \(repeats) repeats; use a batch size that is a multiple of the repeats"
      ),
      (
        standardization == nil || (precision == .float32 && layout == .planar),
        "a standardization for \(layout) \(precision) numbers; use planar float32 batches"
      ),
      ([1, channels].contains(normalization.mean.count), "a normalization of \(normalization.mean.count) channels"),
    ]
    for (holds, message) in rules where !holds { throw HoneError(.invalidValue, "the loader was given \(message)") }
  }
}
