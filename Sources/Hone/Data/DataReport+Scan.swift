import Dispatch
import HoneImage
import Synchronization

extension DataReport {
  /// Looks at every picture, with several threads of its own.
  ///
  /// JPEGs are decoded at a fraction of their size. What cannot be read is a problem in the report and no error.
  ///
  /// - Parameter progress: called now and then, from any thread, with how many pictures are done.
  public init(
    _ dataset: Dataset, threads: Int? = nil, progress: (@Sendable (_ done: Int, _ of: Int) -> Void)? = nil
  ) {
    let start = DispatchTime.now().uptimeNanoseconds
    let done = Counter()
    let threads = threads ?? Workers.processors
    let looks = Workers.map(dataset.samples.count, threads: threads, state: FileReader.init) { reader, index in
      let look = Look(dataset.samples[index].source, &reader)
      if let progress { progress(done.next(), dataset.samples.count) }
      return look
    }
    self = Summary(dataset, looks, threads: threads).report
    seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
  }

  private final class Counter: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}

/// What was seen of one picture, or why nothing could be.
private struct Look: Sendable {
  var size: Size?
  var print: Fingerprint?
  var reason: String?

  init(_ source: Sample.Source, _ reader: inout FileReader) {
    do {
      switch source {
      case .file(let path): try look(at: try reader.read(path))
      case .record(let path, let offset, let format):
        let bytes = try reader.read(path, offset: offset, count: format.bytes)
        size = Size(height: format.height, width: format.width)
        print = Fingerprint(Image(bytes, format: format, channels: 3), content: Fingerprint.Content(bytes))
      }
    } catch { reason = UnreadablePicture(error).reason }
  }

  private mutating func look(at bytes: UnsafeRawBufferPointer) throws(ImageError) {
    let info = try ImageInfo(of: bytes)
    let image = try Image<UInt8>(
      decoding: bytes, options: DecodeOptions(channels: .rgb, atLeast: Size(height: 64, width: 64)))
    size = info.size
    print = Fingerprint(image, content: Fingerprint.Content(bytes))
  }
}

/// Gathers what was seen into a report.
private struct Summary {
  private let dataset: Dataset
  private let looks: [Look]
  private let parts: [Int: Dataset.Part]
  private let threads: Int

  init(_ dataset: Dataset, _ looks: [Look], threads: Int) {
    self.dataset = dataset
    self.looks = looks
    self.threads = threads
    parts = dataset.parts
  }

  var report: DataReport {
    let unreadable = looks.indices.filter { looks[$0].reason != nil }
    let classes = classes
    return DataReport(
      name: dataset.name, root: dataset.root, samples: looks.count, classes: classes,
      problems: dataset.problems + broken(unreadable) + thin(classes), unreadable: unreadable, duplicates: duplicates,
      oddities: oddities, sizes: sizes, seconds: 0)
  }

  private var classes: [DataReport.ClassCount] {
    var counts = dataset.classes.map { DataReport.ClassCount(name: $0, pictures: 0, parts: [:]) }
    for (index, sample) in dataset.samples.enumerated() where looks[index].reason == nil {
      counts[sample.label].pictures += 1
      if let part = parts[index] { counts[sample.label].parts[part.rawValue, default: 0] += 1 }
    }
    return counts
  }

  private func broken(_ unreadable: [Int]) -> [DataProblem] {
    unreadable.map { DataProblem(.broken, path: dataset.title(of: $0), reason: looks[$0].reason ?? "") }
  }

  private func thin(_ classes: [DataReport.ClassCount]) -> [DataProblem] {
    classes.compactMap { entry -> DataProblem? in
      switch entry.pictures {
      case 0: DataProblem(.emptyClass, path: entry.name, reason: "a class without a readable picture")
      case 1:
        DataProblem(.singlePicture, path: entry.name, reason: "a class with one picture; it can only be trained on")
      default: nil
      }
    }
  }

  private var duplicates: [DataReport.Duplicates] {
    let found = DuplicateSearch(looks.map(\.print), threads: threads).run()
    return found.exact.map { group(.exact, $0, 1) } + found.near.map { group(.near, $0.samples, $0.similarity) }
  }

  private func group(
    _ kind: DataReport.Duplicates.Kind, _ samples: [Int], _ similarity: Double
  ) -> DataReport.Duplicates {
    let classes = Set(samples.map { dataset.samples[$0].label }).sorted().map { dataset.classes[$0] }
    let parts = Set(samples.compactMap { self.parts[$0]?.rawValue }).sorted()
    return DataReport.Duplicates(
      kind: kind, samples: samples, paths: samples.map { dataset.title(of: $0) }, classes: classes, parts: parts,
      similarity: similarity)
  }

  /// Readable pictures' sizes, by shorter side.
  private var ordered: [Size] {
    let sizes: [Size] = looks.compactMap(\.size)
    return sizes.sorted { a, b in
      (min(a.height, a.width), a.height * a.width) < (min(b.height, b.width), b.height * b.width)
    }
  }

  private var sizes: DataReport.Sizes? {
    let ordered = ordered
    guard let smallest = ordered.first, let largest = ordered.last else { return nil }
    return DataReport.Sizes(smallest: smallest, median: ordered[ordered.count / 2], largest: largest)
  }

  private var oddities: [DataReport.Oddity] {
    guard let median = sizes?.median else { return [] }
    let usual = min(median.height, median.width)
    let greyCount = looks.count { $0.print?.isGrey == true }
    let isGreySet = greyCount * 2 > looks.count { $0.print != nil }
    func odd(_ kind: DataReport.Oddity.Kind, _ rule: (Size, Fingerprint) -> Bool) -> DataReport.Oddity? {
      let paths = looks.indices.filter { index in
        guard let size = looks[index].size, let print = looks[index].print else { return false }
        return rule(size, print)
      }
      return paths.isEmpty ? nil : DataReport.Oddity(kind: kind, paths: paths.map { dataset.title(of: $0) })
    }
    let found = [
      odd(.tiny) { size, _ in min(size.height, size.width) < 32 && 2 * min(size.height, size.width) < usual },
      odd(.elongated) { size, _ in max(size.height, size.width) > 4 * min(size.height, size.width) },
      odd(.flat) { _, print in print.isFlat },
      odd(isGreySet ? .colored : .grey) { _, print in print.isGrey != isGreySet },
    ]
    return found.compactMap { $0 }
  }
}
