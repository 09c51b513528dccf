import Foundation
import Hone
import HoneTesting
import Testing

@Suite("Data set from a folder")
struct DatasetFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Class folders become classes in byte order, with spaces and emoji kept, and nested pictures found")
  func classes() throws {
    for name in ["b cat", "a", "🐶 dogs", "B"] { try folder.write("\(name)/x.jpg", jpegStart) }
    try folder.write("a/deeper/still/y.png", jpegStart)
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["B", "a", "b cat", "🐶 dogs"])
    #expect(data.counts == [1, 2, 1, 1])
    #expect(data.predefinedSplit == nil)
    #expect(data.problems.isEmpty)
    #expect(data.title(of: 1) == "a/deeper/still/y.png")
  }

  @Test("Hidden and __MACOSX entries, loose files and special files are passed over and listed")
  func passedOver() throws {
    try folder.write("a/x.jpg", jpegStart)
    try folder.write("b/x.jpg", jpegStart)
    try folder.write(".git/x.jpg", jpegStart)
    try folder.write("__MACOSX/a/x.jpg", jpegStart)
    try folder.write("a/._x.jpg", jpegStart)
    try folder.write("README.txt", "hello")
    #expect(mkfifo("\(folder.path)/a/pipe", 0o600) == 0)
    try folder.link("a/gone.jpg", to: "nowhere.jpg")
    let data = try Dataset(at: folder.path)
    #expect(data.samples.count == 2)
    #expect(
      Set(data.problems.map(\.path)) == [".git", "__MACOSX", "a/._x.jpg", "README.txt", "a/pipe", "a/gone.jpg"])
  }

  @Test("A file is a picture by its content, whatever its name")
  func content() throws {
    try folder.write("a/picture.txt", jpegStart)
    try folder.write("a/picture", jpegStart)
    try folder.write("a/page.jpg", "<html>not found</html>")
    try folder.write("a/nothing.jpg", "")
    let data = try Dataset(at: folder.path)
    #expect(data.samples.count == 2)
    let reasons = Dictionary(uniqueKeysWithValues: data.problems.map { ($0.path, $0) })
    #expect(reasons["a/page.jpg"]?.kind == .notAPicture)
    #expect(reasons["a/nothing.jpg"]?.reason == "the file is empty")
  }

  @Test("Loops of symbolic links end, and a linked class is followed", .timeLimit(.minutes(1)))
  func loops() throws {
    try folder.write("a/x.jpg", jpegStart)
    try folder.link("a/self", to: ".")
    try folder.link("a/up", to: "..")
    try folder.link("linked", to: "a")
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["a", "linked"])
    #expect(data.samples.count >= 2)
    #expect(data.problems.contains { $0.reason.contains("already entered") })
  }

  @Test("train, val and test folders become parts", arguments: ["val", "valid", "validation", "Dev"])
  func parts(validation: String) throws {
    for part in ["train", validation, "test"] {
      for name in ["cat", "dog"] { try folder.write("\(part)/\(name)/1.jpg", jpegStart) }
    }
    try folder.write("test/bird/1.jpg", jpegStart)
    try folder.write("sheets.csv", "a,b")
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["bird", "cat", "dog"])
    let split = try #require(data.predefinedSplit)
    #expect(split.mapValues(\.count) == [.train: 2, .validation: 2, .test: 3])
    for (part, indices) in split {
      #expect(
        indices.allSatisfy { data.title(of: $0).lowercased().hasPrefix(part.rawValue.prefix(3)) || part == .validation }
      )
    }
    #expect(data.problems.map(\.path) == ["sheets.csv"])
  }

  @Test("A class named train is a class when it holds pictures itself")
  func trainIsAClass() throws {
    for name in ["train", "test", "bus"] { try folder.write("\(name)/1.jpg", jpegStart) }
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["bus", "test", "train"])
    #expect(data.predefinedSplit == nil)
  }

  @Test("A single folder of class folders, as archives unpack, is entered")
  func nested() throws {
    for name in ["train/a", "train/b", "test/a"] { try folder.write("flowers/photos/\(name)/1.jpg", jpegStart) }
    try folder.write("flowers/README", "hello")
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["a", "b"])
    #expect(data.root.hasSuffix("flowers/photos"))
    #expect(data.predefinedSplit?[.test]?.count == 1)
  }

  @Test("An empty class keeps its number")
  func emptyClass() throws {
    try folder.makeFolder("a")
    try folder.write("b/1.jpg", jpegStart)
    let data = try Dataset(at: folder.path)
    #expect(data.classes == ["a", "b"])
    #expect(data.counts == [0, 1])
  }

  @Test("A missing folder and one without pictures are errors that say what is wanted")
  func nothing() throws {
    let path = folder.path
    let missing = #expect(throws: HoneError.self) { try Dataset(at: "\(path)/nope") }
    #expect(missing?.code == .notFound)
    let empty = #expect(throws: HoneError.self) { try Dataset(at: path) }
    #expect(empty?.code == .emptyData)
    #expect(empty?.message.contains("one folder of pictures per class") == true)
  }

  @Test("A subset keeps the classes and renumbers the parts")
  func subset() throws {
    for part in ["train", "test"] {
      for name in ["a", "b"] { try folder.write("\(part)/\(name)/1.jpg", jpegStart) }
    }
    let data = try Dataset(at: folder.path)
    let half = data.subset([3, 0])
    #expect(half.classes == data.classes)
    #expect(half.samples == [data.samples[3], data.samples[0]])
    #expect(half.predefinedSplit?.values.map(\.count) == [1, 1])
  }

  @Test("The shared sets are listed whole", .needsData)
  func shared() throws {
    let flowers = try Dataset(at: TestData.path("flowers"))
    #expect(flowers.classes.count == 5)
    #expect(flowers.counts == [Int](repeating: 105, count: 5))
    #expect(flowers.predefinedSplit?.mapValues(\.count) == [.train: 375, .test: 150])
    #expect(flowers.problems.isEmpty)
    let pets = try Dataset(at: TestData.path("cats_dogs"))
    #expect(pets.classes == ["cats", "dogs"])
    #expect(pets.counts == [200, 200])
  }
}
