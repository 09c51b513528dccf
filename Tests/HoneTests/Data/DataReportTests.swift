import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTesting
import Testing

@Suite("Data report")
struct DataReportTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Soft blobs of colour: each seed another picture.
  static func blobs(_ seed: Int, height: Int = 120, width: Int = 160) -> Image<UInt8> {
    TestPicture.noise(height: 6, width: 8, seed: UInt64(seed)).resized(to: Size(height: height, width: width))
  }

  private func fill(_ name: String, _ seeds: Range<Int>) throws {
    for seed in seeds { try folder.write("\(name)/\(seed).png", Self.blobs(seed).pngEncoded(compression: 1)) }
  }

  @Test("A sound data set gives counts, sizes and nothing else")
  func sound() throws {
    try fill("a", 0..<6)
    try fill("b", 10..<13)
    let report = DataReport(try Dataset(at: folder.path))
    #expect(report.classes.map(\.pictures) == [6, 3])
    #expect(report.problems.isEmpty && report.duplicates.isEmpty && report.oddities.isEmpty)
    #expect(report.imbalance == 2)
    #expect(report.sizes?.median == Size(height: 120, width: 160))
    #expect(try report.usable() == Array(0..<9))
    #expect(report.description.contains("Ready to train."))
  }

  @Test("Broken pictures are named with the reason and are not usable")
  func broken() throws {
    try fill("a", 0..<3)
    try fill("b", 10..<13)
    let whole = try Self.blobs(1).jpegEncoded()
    try folder.write("a/cut.jpg", Array(whole[..<(whole.count / 4)]))
    try folder.write("a/start.jpg", jpegStart)
    let data = try Dataset(at: folder.path)
    let report = DataReport(data)
    let broken = report.problems.filter { $0.kind == .broken }
    #expect(broken.map(\.path) == ["a/cut.jpg", "a/start.jpg"])
    #expect(broken.allSatisfy { !$0.reason.isEmpty })
    #expect(report.unreadable.map { data.title(of: $0) } == ["a/cut.jpg", "a/start.jpg"])
    #expect(try report.usable().count == 6)
    #expect(report.description.contains("a/cut.jpg"))
  }

  @Test("A class left empty is an error that names it; a single picture is a problem")
  func thinClasses() throws {
    try fill("a", 0..<3)
    try fill("lonely 🐧", 10..<11)
    try folder.write("hollow/x.jpg", jpegStart)
    let report = DataReport(try Dataset(at: folder.path))
    #expect(report.problems.contains { $0.kind == .singlePicture && $0.path == "lonely 🐧" })
    let error = #expect(throws: HoneError.self) { try report.usable() }
    #expect(error?.code == .emptyClass)
    #expect(error?.message.contains("hollow") == true)
    #expect(report.description.contains("Not ready"))
  }

  @Test("Exact copies are found whatever their names, with leaks and conflicts told")
  func exact() throws {
    let bytes = try Self.blobs(1).pngEncoded()
    for path in ["train/a/1.png", "train/a/2.png", "test/a/3.jpg", "train/b/4.png"] { try folder.write(path, bytes) }
    for (seed, path) in ["train/b/x", "test/b/y"].enumerated() {
      try folder.write(path, Self.blobs(20 + seed).pngEncoded())
    }
    let data = try Dataset(at: folder.path)
    let report = DataReport(data)
    let group = try #require(report.duplicates.first)
    #expect(report.duplicates.count == 1)
    #expect(group.kind == .exact && group.isLeak && group.isConflicting)
    #expect(Set(group.paths) == ["train/a/1.png", "train/a/2.png", "test/a/3.jpg", "train/b/4.png"])
    #expect(report.description.contains("different labels"))
  }

  @Test("A picture re-encoded, resized, trimmed or brightened is a near copy; others are not")
  func near() throws {
    try fill("a", 0..<40)
    let original = Self.blobs(7)
    let copies: [String: Image<UInt8>] = [
      "half": original.resized(to: Size(height: 60, width: 80)),
      "double": original.resized(to: Size(height: 240, width: 320)),
      "trimmed": original.resized(
        to: original.size, region: ResizeRegion(top: 1, left: 1, bottom: 119, right: 159)),
      "bright": Plan(sourceSize: original.size, actions: [.table(ColorTable { UInt8(min(255, $0 + 12)) })])
        .applied(to: original),
    ]
    for (name, copy) in copies { try folder.write("a/\(name).jpg", copy.jpegEncoded(quality: 50)) }
    let report = DataReport(try Dataset(at: folder.path))
    let group = try #require(report.duplicates.first)
    #expect(report.duplicates.count == 1)
    #expect(group.kind == .near && group.similarity >= 0.95 && group.similarity < 1)
    #expect(Set(group.paths) == ["a/7.png", "a/bright.jpg", "a/double.jpg", "a/half.jpg", "a/trimmed.jpg"])
  }

  @Test("The same shape in another colour, and flat pictures, are no near copies")
  func notNear() throws {
    let grey = TestPicture.noise(height: 6, width: 8, channels: 1, seed: 3).resized(to: Size(height: 120, width: 160))
    for (name, shift) in [("1", (50, -25, 0)), ("2", (-50, 25, 0))] {
      let elements = grey.elements.flatMap { level in
        [shift.0, shift.1, shift.2].map { UInt8(70 + Int(level) / 3 + $0) }
      }
      try folder.write("a/\(name).png", Image(height: 120, width: 160, channels: 3, elements: elements).pngEncoded())
    }
    for level in [10, 200] {
      try folder.write(
        "b/\(level).png", Image<UInt8>(height: 40, width: 40, channels: 3, repeating: UInt8(level)).pngEncoded())
    }
    let report = DataReport(try Dataset(at: folder.path))
    #expect(report.duplicates.isEmpty)
    #expect(report.oddities.first { $0.kind == .flat }?.paths.count == 2)
  }

  @Test("Tiny, elongated and grey pictures among others are listed")
  func oddities() throws {
    try fill("a", 0..<8)
    try folder.write("a/tiny.png", Self.blobs(20, height: 20, width: 22).pngEncoded())
    try folder.write("a/long.png", Self.blobs(21, height: 60, width: 300).pngEncoded())
    let grey = TestPicture.noise(height: 6, width: 8, channels: 1, seed: 22).resized(to: Size(height: 99, width: 99))
    try folder.write("a/grey.png", grey.pngEncoded())
    let report = DataReport(try Dataset(at: folder.path))
    let found = Dictionary(uniqueKeysWithValues: report.oddities.map { ($0.kind, $0.paths) })
    #expect(found == [.tiny: ["a/tiny.png"], .elongated: ["a/long.png"], .grey: ["a/grey.png"]])
  }

  @Test("The report is the same for any number of threads, and survives JSON")
  func value() throws {
    try fill("a", 0..<9)
    try folder.write("a/copy.png", Self.blobs(2).pngEncoded())
    let data = try Dataset(at: folder.path)
    var (one, four) = (DataReport(data, threads: 1), DataReport(data, threads: 4))
    (one.seconds, four.seconds) = (0, 0)
    #expect(one == four)
    #expect(try JSONDecoder().decode(DataReport.self, from: JSONEncoder().encode(one)) == one)
  }

  @Test("Duplicates keep together in splits")
  func grouping() throws {
    try fill("a", 0..<20)
    for copy in 0..<5 { try folder.write("a/copy\(copy).jpg", Self.blobs(3).jpegEncoded(quality: 60 + copy)) }
    let data = try Dataset(at: folder.path)
    let report = DataReport(data)
    let grouping = Grouping(data, duplicates: report.duplicates.map(\.samples))
    let family = Set(report.duplicates.flatMap(\.samples))
    #expect(family.count == 6)
    for seed in 0..<10 as Range<UInt64> {
      let split = try Split(data, validation: 0.3, grouping: grouping, usable: report.usable(), seed: seed)
      #expect(family.isSubset(of: split.train) || family.isSubset(of: split.validation))
    }
  }

  @Test("The index finds every pair within reach, once", arguments: 0..<3 as Range<UInt64>)
  func index(seed: UInt64) {
    var stream = RandomStream(seed: seed, name: "hashes")
    var hashes = (0..<60).map { _ in stream.next() }
    for index in 0..<240 {
      let flips = (0..<stream.integer(0...14)).reduce(UInt64(0)) { bits, _ in bits | 1 << UInt64(stream.integer(0...63))
      }
      hashes.append(hashes[index % 60] ^ flips)
    }
    let index = HammingIndex(hashes, within: 10)
    for a in hashes.indices {
      var found: [Int] = []
      index.forEachNeighbor(after: a) {
        found.append($0)
        return true
      }
      #expect(found.sorted() == (a + 1..<hashes.count).filter { (hashes[a] ^ hashes[$0]).nonzeroBitCount <= 10 })
    }
  }

  @Test("Flowers and pets hold no copies; re-encoded and halved ones among them are found", .needsData)
  func shared() throws {
    for name in ["flowers", "cats_dogs"] {
      let report = DataReport(try Dataset(at: TestData.path(name)))
      #expect(report.duplicates.isEmpty)
      #expect(report.unreadable.isEmpty)
    }
    let flowers = try Dataset(at: TestData.path("flowers")).subset(Array(stride(from: 0, to: 525, by: 10)))
    for (index, sample) in flowers.samples.enumerated() {
      let picture = try Image<UInt8>(contentsOf: sample.file)
      let half = Size(height: picture.height / 2, width: picture.width / 2)
      try folder.write("a/\(index).jpg", picture.jpegEncoded(quality: 95))
      try folder.write("a/\(index) again.jpg", picture.jpegEncoded(quality: 30))
      try folder.write("a/\(index) half.jpg", picture.resized(to: half).jpegEncoded(quality: 70))
    }
    let report = DataReport(try Dataset(at: folder.path))
    let whole = report.duplicates.filter {
      Set($0.paths.map { $0.split(separator: ".")[0].split(separator: " ")[0] }).count == 1
    }
    #expect(whole.count == report.duplicates.count)
    #expect(report.duplicates.count { $0.samples.count == 3 } >= flowers.samples.count - 1)
  }
}
