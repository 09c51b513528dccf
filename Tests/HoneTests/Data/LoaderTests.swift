import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTesting
import Synchronization
import Testing

/// A batch as a value that can be compared.
struct BatchCopy: Hashable {
  let indices: [Int]
  let labels: [Float]
  let pixels: [UInt8]

  init(_ batch: borrowing Batch) {
    indices = batch.indices
    labels = Array(UnsafeBufferPointer(start: batch.labels, count: batch.count * batch.classes))
    pixels = Array(UnsafeRawBufferPointer(start: batch.pixels, count: batch.count * batch.stride))
  }
}

/// Counts the memory that batches hold.
final class CountingAllocator: Sendable {
  private struct State {
    var held: [UInt: Int] = [:]
    var bytes = 0
    var peak = 0
  }
  private let state = Mutex(State())

  var bytes: Int { state.withLock { $0.bytes } }
  var peak: Int { state.withLock { $0.peak } }

  var allocator: BatchAllocator {
    BatchAllocator(
      allocate: { count in
        let pointer = BatchAllocator.standard.allocate(count)
        self.state.withLock {
          $0.held[UInt(bitPattern: pointer)] = count
          $0.bytes += count
          $0.peak = max($0.peak, $0.bytes)
        }
        return pointer
      },
      free: { pointer in
        self.state.withLock { $0.bytes -= $0.held.removeValue(forKey: UInt(bitPattern: pointer)) ?? 0 }
        BatchAllocator.standard.free(pointer)
      })
  }
}

@Suite("Loader")
struct LoaderTests {
  let folder: TemporaryFolder
  let data: Dataset

  /// 27 pictures of two classes, JPEG and PNG, of different sizes.
  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<27 {
      let picture = TestPicture.noise(
        height: 40 + 7 * (number % 5), width: 300 - 9 * (number % 7), channels: number % 9 == 0 ? 1 : 3,
        seed: UInt64(number))
      let path = "\(number % 2 == 0 ? "even" : "odd")/\(number)"
      try folder.write(path, number % 3 == 0 ? picture.pngEncoded() : picture.jpegEncoded())
    }
    data = try Dataset(at: folder.path)
  }

  static let augmentation = Pipeline {
    RandomResizedCrop(height: 24, width: 32)
    Flip(.horizontal).applied(0.5)
    Rotate(degrees: -10...10).applied(0.5)
    Brightness().applied(0.5)
  }

  static func options(
    _ pipeline: Pipeline = augmentation, workers: Int = 2, batchSize: Int = 4, shuffles: Bool = true,
    cache: PictureCache? = nil, channels: Int = 3, mixing: Mixing? = nil
  ) -> Loader.Options {
    Loader.Options(
      pipeline: pipeline, inputSize: Size(height: 24, width: 32), channels: channels,
      normalization: channels == 1 ? .half : .imageNet, batchSize: batchSize, shuffles: shuffles, seed: 7,
      mixing: mixing, workers: workers, cache: cache)
  }

  func batches(_ options: Loader.Options, epoch: Int = 0, from first: Int = 0) throws -> [BatchCopy] {
    try Self.batches(Loader(data, options: options).epoch(epoch, from: first))
  }

  static func batches(_ run: LoaderRun) throws -> [BatchCopy] {
    var all: [BatchCopy] = []
    while let batch = try run.next() { all.append(BatchCopy(batch)) }
    return all
  }

  @Test("Batches are the same to the bit for 1, 2 and 8 workers, augmented and mixed, in colour and grey")
  func workerCount() throws {
    for (channels, mixing) in [(3, Mixing(mixUp: 0.4, cutMix: 1)), (1, nil)] {
      let one = try batches(Self.options(workers: 1, channels: channels, mixing: mixing), epoch: 3)
      #expect(one.count == 7)
      #expect(one.flatMap(\.indices).sorted() == Array(0..<27))
      for workers in [2, 8] {
        #expect(try batches(Self.options(workers: workers, channels: channels, mixing: mixing), epoch: 3) == one)
      }
    }
  }

  @Test("An epoch taken up in the middle goes on with the same batches", arguments: [1, 4, 6, 7])
  func resume(first: Int) throws {
    let whole = try batches(Self.options(workers: 1))
    #expect(try batches(Self.options(workers: 3), from: first) == Array(whole[first...]))
  }

  @Test("Each epoch has its own order and its own draws; without shuffling it is the given order")
  func order() throws {
    let loader = try Loader(data, options: Self.options())
    #expect(loader.order(0) != loader.order(1))
    #expect(loader.order(0).sorted() == loader.order(1).sorted())
    let fixed = try Loader(data, indices: [5, 3, 9], options: Self.options(shuffles: false))
    #expect(try Self.batches(fixed.epoch(4)).flatMap(\.indices) == [5, 3, 9])
    #expect(try batches(Self.options(shuffles: false), epoch: 0) != batches(Self.options(shuffles: false), epoch: 1))
  }

  @Test("A cache of any size changes nothing but the time", arguments: [0, 100_000, 10_000_000])
  func cache(limit: Int) throws {
    let whole = TestPicture.gradient(height: 80, width: 200)
    try folder.write("odd/1", Array(whole.jpegEncoded().dropLast(900)))  // breaks off, and is read as far as it goes
    let shrinking = Pipeline { Resize(height: 24, width: 32) }
    for pipeline in [Self.augmentation, shrinking] {
      let cache = PictureCache(byteLimit: limit)
      let plain = try (0..<2).map { try batches(Self.options(pipeline), epoch: $0) }
      #expect(try (0..<2).map { try batches(Self.options(pipeline, cache: cache), epoch: $0) } == plain)
      #expect(try batches(Self.options(pipeline, cache: cache), epoch: 1) == plain[1])
      #expect(cache.bytes <= limit)
      #expect(limit == 0 || cache.bytes > 0)
    }
  }

  @Test("Pictures in the cache are not read again")
  func cacheHits() throws {
    let options = Self.options(Pipeline { Resize(height: 24, width: 32) }, cache: PictureCache(byteLimit: 1 << 24))
    let loader = try Loader(data, options: options)
    let read = try Self.batches(loader.epoch(0))
    for sample in data.samples { try FileManager.default.removeItem(atPath: sample.file) }
    #expect(try Self.batches(loader.epoch(0)) == read)
    #expect(loader.problems.isEmpty)
  }

  @Test("Two workers are faster than one", .slow)
  func faster() throws {
    try #require(ProcessInfo.processInfo.activeProcessorCount >= 2)
    let pipeline = Pipeline { RandomResizedCrop(height: 24, width: 32, area: 0.9...1) }
    for number in 0..<200 {
      try folder.write("even/large \(number)", Self.large.jpegEncoded())
    }
    let data = try Dataset(at: folder.path)
    func seconds(_ workers: Int) throws -> Double {
      let start = Date()
      let run = try Loader(data, options: Self.options(pipeline, workers: workers)).epoch(0)
      while let batch = try run.next() { #expect(batch.count > 0) }
      return Date().timeIntervalSince(start)
    }
    let ratios = try (0..<5).map { _ in try seconds(1) / seconds(2) }.sorted()
    #expect(ratios[4] > 1.5, "\(ratios)")
  }

  static let large = TestPicture.gradient(height: 600, width: 800)

  @Test("Labels are rows with a single one, in the order of the pictures")
  func labels() throws {
    for batch in try batches(Self.options()) {
      let wanted = batch.indices.flatMap { data.samples[$0].label == 0 ? [1, 0] : [0, 1] as [Float] }
      #expect(batch.labels == wanted)
    }
  }

  @Test("A picture that breaks later is left out and named; the rest is unchanged")
  func breaksLater() throws {
    let whole = try batches(Self.options(Pipeline { Resize(height: 24, width: 32) }))
    let broken = whole[2].indices[1]
    let gone = whole[2].indices[3]
    try folder.write(data.title(of: broken), Array("not a picture any more".utf8))
    try FileManager.default.removeItem(atPath: data.samples[gone].file)
    let loader = try Loader(data, options: Self.options(Pipeline { Resize(height: 24, width: 32) }))
    let rest = try Self.batches(loader.epoch(0))
    #expect(rest.count == whole.count)
    for number in whole.indices where number != 2 { #expect(rest[number] == whole[number]) }
    #expect(rest[2].indices == [whole[2].indices[0], whole[2].indices[2]])
    let stride = whole[2].pixels.count / 4
    #expect(rest[2].pixels == Array(whole[2].pixels[..<stride]) + Array(whole[2].pixels[(2 * stride)..<(3 * stride)]))
    #expect(rest[2].labels == Array(whole[2].labels[..<2]) + Array(whole[2].labels[4..<6]))
    #expect(Set(loader.problems.map(\.path)) == [data.title(of: broken), data.title(of: gone)])
    #expect(try Self.batches(loader.epoch(0)) == rest)
    #expect(loader.problems.count == 2)
  }

  @Test("Training stops when a class is left without a picture, and names it; evaluation goes on")
  func classLeftEmpty() throws {
    for index in data.samples.indices where data.samples[index].label == 1 {
      try folder.write(data.title(of: index), jpegStart)
    }
    let error = #expect(throws: HoneError.self) { try batches(Self.options()) }
    #expect(error?.code == .emptyClass)
    #expect(error?.message.contains("odd") == true)
    #expect(try batches(Self.options(shuffles: false)).flatMap(\.indices).count == 14)
    let none = #expect(throws: HoneError.self) { try Loader(data, indices: [0, 1], options: Self.options()) }
    #expect(none?.code == .emptyClass)
  }

  @Test("A pipeline that ends at another size is an error that names both")
  func wrongSize() throws {
    let error = #expect(throws: HoneError.self) {
      try batches(Self.options(Pipeline { Resize(height: 10, width: 32) }))
    }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("10×32") == true && error?.message.contains("24×32") == true)
  }

  @Test("The last batch is small, or dropped on request")
  func lastBatch() throws {
    var options = Self.options(batchSize: 8)
    #expect(try batches(options).map(\.indices.count) == [8, 8, 8, 3])
    options.dropsLast = true
    #expect(try batches(options).map(\.indices.count) == [8, 8, 8])
    options.batchSize = 64
    #expect(try batches(options).map(\.indices.count) == [27])
  }

  @Test("Memory of waiting batches stays within its bound, and all of it is returned", .timeLimit(.minutes(1)))
  func memory() throws {
    let counting = CountingAllocator()
    var options = Self.options(workers: 4, batchSize: 2)
    options.allocator = counting.allocator
    options.aheadBytes = 3 * 2 * (24 * 32 * 3 * 4 + 8)
    let loader = try Loader(data, options: options)
    #expect(loader.memoryBound <= options.aheadBytes)
    for epoch in 0..<3 {
      let run = loader.epoch(epoch)
      Thread.sleep(forTimeInterval: 0.05)
      while let batch = try run.next() { #expect(batch.count > 0) }
    }
    #expect(counting.peak <= loader.memoryBound + loader.batchBytes)
    #expect(counting.bytes == 0)
  }

  @Test("Letting go in the middle of an epoch ends the threads and frees every batch", .timeLimit(.minutes(1)))
  func abandoned() throws {
    let counting = CountingAllocator()
    var options = Self.options(workers: 4, batchSize: 2)
    options.allocator = counting.allocator
    let loader = try Loader(data, options: options)
    for taken in 0..<20 {
      let run = loader.epoch(taken)
      for _ in 0..<(taken % 5) { _ = try run.next() }
    }
    #expect(counting.bytes == 0)
  }

  @Test("Records are loaded as they lie, grey or colour, planar or interleaved")
  func records() throws {
    let pixels: [UInt8] = Array(0..<12)
    let file = try folder.write("raw", [99] + pixels)
    let data = { (layout: RecordFormat.Layout, channels: Int) in
      let format = RecordFormat(height: 2, width: 12 / channels / 2, channels: channels, layout: layout)
      return Dataset(
        name: "raw", root: folder.path, classes: ["one"],
        samples: [Sample(source: .record(file: file, offset: 1, format: format), label: 0)])
    }
    func loaded(_ data: Dataset, width: Int, channels: Int) throws -> [Int] {
      let options = Loader.Options(
        pipeline: Pipeline(), inputSize: Size(height: 2, width: width), channels: channels,
        normalization: .identity, shuffles: false)
      let run = try Loader(data, options: options).epoch(0)
      guard let batch = try run.next() else { return [] }
      let floats = UnsafeBufferPointer(
        start: batch.pixels.assumingMemoryBound(to: Float.self), count: 2 * width * channels)
      return floats.map { Int(($0 * 255).rounded()) }
    }
    #expect(try loaded(data(.planar, 3), width: 2, channels: 3) == Array(0..<12))
    #expect(try loaded(data(.interleaved, 3), width: 2, channels: 3) == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
    #expect(try loaded(data(.interleaved, 1), width: 6, channels: 1) == Array(0..<12))
    #expect(try loaded(data(.interleaved, 1), width: 6, channels: 3) == Array(0..<12) + Array(0..<12) + Array(0..<12))
    #expect(try loaded(data(.interleaved, 3), width: 2, channels: 1) == [1, 4, 7, 10])
  }

  @Test("A record beyond the end of its file is left out")
  func recordCutShort() throws {
    let file = try folder.write("raw", [UInt8](repeating: 1, count: 20))
    let format = RecordFormat(height: 3, width: 4, channels: 1, layout: .planar)
    let data = Dataset(
      name: "raw", root: folder.path, classes: ["one"],
      samples: [0, 12].map { Sample(source: .record(file: file, offset: $0, format: format), label: 0) })
    let options = Loader.Options(
      pipeline: Pipeline(), inputSize: Size(height: 3, width: 4), normalization: .identity, shuffles: false)
    let loader = try Loader(data, options: options)
    #expect(try Self.batches(loader.epoch(0)).map(\.indices) == [[0]])
    #expect(loader.problems.first?.path == "raw record 1")
  }

  @Test("Options out of range are errors")
  func badOptions() throws {
    var options = Self.options()
    options.batchSize = 0
    #expect(throws: HoneError.self) { try Loader(data, options: options) }
    options = Self.options()
    options.channels = 2
    #expect(throws: HoneError.self) { try Loader(data, options: options) }
    #expect(throws: HoneError.self) { try Loader(data, indices: [], options: Self.options()) }
  }
}
