import Hone
import Testing

@Suite("Data sets of raw records")
struct DatasetBinaryTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func record(_ labels: [UInt8], _ fill: UInt8) -> [UInt8] { labels + [UInt8](repeating: fill, count: 3072) }

  @Test("CIFAR-10 files become records with the canonical names, and test files the test part")
  func cifar10() throws {
    try folder.write("data_batch_1.bin", record([3], 1) + record([9], 2))
    try folder.write("test_batch.bin", record([0], 3))
    let data = try Dataset(at: folder.path)
    #expect(data.classes[3] == "cat")
    #expect(data.samples.map(\.label) == [3, 9, 0])
    #expect(data.predefinedSplit == [.train: [0, 1], .test: [2]])
    guard case .record(_, let offset, let format) = data.samples[1].source else { return #expect(Bool(false)) }
    #expect(offset == 3074)
    #expect(format == RecordFormat(height: 32, width: 32, channels: 3, layout: .planar))
    #expect(data.title(of: 1) == "data_batch_1.bin record 1")
  }

  @Test("CIFAR-100 files take the fine label and the names beside them")
  func cifar100() throws {
    try folder.write("train.bin", record([1, 42], 1))
    try folder.write("fine_label_names.txt", (0..<100).map { "kind \($0)" }.joined(separator: "\n") + "\n\n")
    let data = try Dataset(at: folder.path)
    #expect(data.classes.count == 100)
    #expect(data.classes[42] == "kind 42")
    #expect(data.samples.map(\.label) == [42])
  }

  @Test("A file cut short and a label out of range are errors")
  func broken() throws {
    try folder.write("data_batch_1.bin", [UInt8](repeating: 0, count: 3000))
    let short = #expect(throws: HoneError.self) { try Dataset(at: folder.path) }
    #expect(short?.code == .malformed)
    try folder.write("data_batch_1.bin", record([10], 1))
    let label = #expect(throws: HoneError.self) { try Dataset(at: folder.path) }
    #expect(label?.message.contains("label 10") == true)
  }

  private func idx(_ sides: [Int], _ bytes: [UInt8]) -> [UInt8] {
    let sizes = sides.flatMap { side in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: side >> $0) } }
    return [0, 0, 8, UInt8(sides.count)] + sizes + bytes
  }

  @Test("IDX files pair pictures with labels, and t10k is the test part")
  func mnist() throws {
    try folder.write("train-images-idx3-ubyte", idx([2, 4, 3], Array(0..<24)))
    try folder.write("train-labels-idx1-ubyte", idx([2], [7, 1]))
    try folder.write("t10k-images-idx3-ubyte", idx([1, 4, 3], Array(0..<12)))
    try folder.write("t10k-labels-idx1-ubyte", idx([1], [0]))
    let data = try Dataset(at: folder.path)
    #expect(data.classes.count == 8)
    #expect(data.samples.map(\.label) == [0, 7, 1])
    #expect(data.predefinedSplit == [.train: [1, 2], .test: [0]])
    guard case .record(_, let offset, let format) = data.samples[2].source else { return #expect(Bool(false)) }
    #expect(offset == 16 + 12)
    #expect(format == RecordFormat(height: 4, width: 3, channels: 1, layout: .interleaved))
  }

  @Test("IDX files that lie about their length, or lack labels, are errors")
  func brokenIDX() throws {
    try folder.write("images", idx([2, 4, 3], Array(0..<24)))
    let missing = #expect(throws: HoneError.self) { try Dataset(idx: "\(folder.path)/images") }
    #expect(missing?.code == .notFound)
    try folder.write("labels", idx([3], [7, 1, 0]))
    let count = #expect(throws: HoneError.self) { try Dataset(at: folder.path) }
    #expect(count?.message.contains("2 pictures") == true)
    try folder.write("labels", idx([2], [7, 1]))
    try folder.write("images", idx([2, 4, 3], Array(0..<23)))
    let length = #expect(throws: HoneError.self) { try Dataset(at: folder.path) }
    #expect(length?.message.contains("not as long") == true)
    try folder.write("images", idx([2, 0xffff_ffff, 0xffff_ffff], []))
    #expect(throws: HoneError.self) { try Dataset(at: folder.path) }
  }
}
