import Foundation
import Hone
import HoneTensor
import HoneTesting
import Testing

/// Reading the weight files that people have.
@Suite struct `Weight files` {
  struct Golden: Decodable {
    var shape: [Int]
    var values: [Float]
  }

  @Test(arguments: ["zip.pth", "legacy.pth", "plain.safetensors"])
  func `every format holds what PyTorch put into it`(name: String) throws {
    let goldens = try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: ModelGoldens.url("model/weight_files.json")))
    let arrays = try WeightArchive.read(ModelGoldens.url("model/\(name)").path)
    #expect(Set(arrays.keys) == Set(goldens.keys))
    for (key, golden) in goldens {
      let array = try #require(arrays[key])
      #expect(array.shape == golden.shape, "\(key)")
      #expect(array.floats == golden.values, "\(key)")
    }
  }

  @Test func `what is written is read back, in both formats`() throws {
    let arrays = [
      "b.weight": WeightArray([1, 2, 3, 4, 5, 6], shape: [2, 3]), "a": WeightArray([0.5], shape: []),
      "count": WeightArray(dtype: .int64, shape: [1], bytes: Data([9, 0, 0, 0, 0, 0, 0, 0])),
      "none": WeightArray([], shape: [0, 3]),
    ]
    for data in [try WeightArchive.safeTensors(arrays), try WeightArchive.torch(arrays)] {
      #expect(try WeightArchive.read(data, file: "written") == arrays)
    }
  }

  @Test func `checksums equal their published check values`() {
    #expect(Checksum.crc32(Data("123456789".utf8)) == 0xcbf4_3926)
    #expect(Checksum.xxh64(Data()) == 0xef46_db37_51d8_e999)
    #expect(Checksum.xxh64(Data("a".utf8)) == 0xd24e_c4f1_a98c_6e5b)
    #expect(Checksum.xxh64(Data("abc".utf8)) == 0x44bc_2cf5_ad77_0999)
    let longer = "The quick brown fox jumps over the lazy dog"
    #expect(Checksum.xxh64(Data(longer.utf8)) == 0x0b24_2d36_1fda_71bc)
  }
}

/// Files that lie, or that ask to be executed: nothing happens but an error that says what is wrong.
@Suite struct `Hostile weight files` {
  private static let sound = [
    "zip.pth", "legacy.pth", "plain.safetensors", "keras.weights.h5", "keras.keras", "keras.h5",
  ]

  @Test(arguments: [
    ("os.system", "\u{80}\u{2}cos\nsystem\n(X\u{4}\0\0\0touctR."),
    ("posix.system", "\u{80}\u{2}cposix\nsystem\n(X\u{4}\0\0\0touctR."),
    ("builtins.eval", "\u{80}\u{4}\u{8c}\u{8}builtins\u{8c}\u{4}eval\u{93}(X\u{1}\0\0\01tR."),
    ("torch.load", "\u{80}\u{2}ctorch\nload\n(X\u{1}\0\0\01tR."),
    ("torch.hub.loadStorage", "\u{80}\u{2}ctorch.hub\nloadStorage\n)R."),
  ])
  func `a pickle that asks to run something is refused by name`(name: String, pickle: String) throws {
    for data in [legacy(bytes(pickle)), try zip(bytes(pickle))] {
      let error = #expect(throws: HoneError.self) { try WeightArchive.read(data, file: "evil.pth") }
      #expect(error?.code == .unsafeFile)
      #expect(error?.message.contains(name) == true)
      #expect(error?.message.contains("nothing in it was run") == true)
    }
  }

  @Test(arguments: [
    ("a text of 4 GB", "\u{80}\u{2}X\u{ff}\u{ff}\u{ff}\u{ff}"),
    ("a text of 2^63 bytes", "\u{80}\u{4}\u{8d}\0\0\0\0\0\0\0\u{80}."),
    ("a number of -1 bytes", "\u{80}\u{2}\u{8b}\u{ff}\u{ff}\u{ff}\u{ff}."), ("a stack that is empty", "\u{80}\u{2}."),
    ("a memo never written", "\u{80}\u{2}j\u{ff}\u{ff}\u{ff}\u{7f}."), ("no mark", "\u{80}\u{2}t."),
    ("no stop", "\u{80}\u{2}N"),
    ("no state dict", "\u{80}\u{2}}."), ("an unknown instruction", "\u{80}\u{2}\u{ff}."),
    ("a later protocol", "\u{80}\u{9}N."),
  ])
  func `a damaged pickle is an error`(what: String, pickle: String) throws {
    for data in [legacy(bytes(pickle)), try zip(bytes(pickle))] {
      #expect(throws: HoneError.self, "\(what)") { try WeightArchive.read(data, file: "bad.pth") }
    }
  }

  @Test func `huge memo numbers and a million nested tuples cost nothing and crash nothing`() throws {
    let nested = [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: 1_000_000) + [0x72, 0xff, 0xff, 0xff, 0xff, 0x2e]
    #expect(throws: HoneError.self) { try WeightArchive.read(try zip(nested), file: "deep.pth") }
    let selfContaining: [UInt8] = [0x80, 2, 0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e]
    #expect(throws: HoneError.self) { try WeightArchive.read(try zip(selfContaining), file: "loop.pth") }
  }

  /// (offset, shape, strides) over a storage of four floats.
  @Test(arguments: [
    (0, [5], [1]), (1, [4], [1]), (0, [1 << 40], [0]), (0, [1 << 32, 1 << 32], [1, 1]), (0, [2], [1 << 62]),
    (1 << 62, [1], [1]), (0, [2, 2], [3, 2]), (-1, [1], [1]), (0, [-1], [1]), (0, [4], []),
  ])
  func `a tensor that reaches outside its storage is refused`(offset: Int, shape: [Int], strides: [Int]) throws {
    let data = try zip(tensorPickle(offset: offset, shape: shape, strides: strides), storage: 16)
    #expect(throws: HoneError.self) { try WeightArchive.read(data, file: "lie.pth") }
    let sound = try zip(tensorPickle(offset: 0, shape: [2, 2], strides: [1, 2]), storage: 16)
    #expect(try WeightArchive.read(sound, file: "sound.pth")["w"]?.shape == [2, 2])
    let empty = try zip(tensorPickle(offset: 0, shape: [0, 1 << 40, 1 << 40], strides: [1, 1, 1]), storage: 16)
    #expect(try WeightArchive.read(empty, file: "empty.pth")["w"]?.bytes.isEmpty == true)
  }

  @Test func `a file that names one storage a thousand times does not grow in memory`() throws {
    let one = tensorPickle(offset: 0, shape: [4096], strides: [1], count: 4096).dropFirst(4).dropLast(2)
    var many: [UInt8] = [0x80, 2, 0x7d, 0x28]
    for index in 0..<1000 { many += [0x58, 4, 0, 0, 0] + bytes(String(1000 + index)) + one.dropFirst(6) }
    let data = try zip(many + [0x75, 0x2e], storage: 4 * 4096)
    let error = #expect(throws: HoneError.self) { try WeightArchive.read(data, file: "bomb.pth") }
    #expect(error?.code == .unsafeFile)
  }

  @Test func `a truncated file is an error at every length`() throws {
    for name in Self.sound {
      let data = try Data(contentsOf: ModelGoldens.url("model/\(name)"))
      for length in stride(from: 0, to: data.count - 1, by: 7) {
        #expect(throws: HoneError.self, "\(name) cut to \(length)") {
          try WeightArchive.read(data.prefix(length), file: name)
        }
      }
    }
  }

  @Test(arguments: 0..<600)
  func `a file with flipped bytes is read or refused, never worse`(seed: Int) throws {
    for name in Self.sound {
      var data = try Data(contentsOf: ModelGoldens.url("model/\(name)"))
      var state = UInt64(seed + 1) &* 0x9e37_79b9_7f4a_7c15
      for _ in 0...seed % 4 {
        state = (state ^ state >> 31) &* 0xbf58_476d_1ce4_e5b9
        data[Int(state % UInt64(data.count))] = UInt8(truncatingIfNeeded: state >> 40)
      }
      do { _ = try WeightArchive.read(data, file: name) } catch is HoneError {}
    }
  }

  @Test func `compressed, overlapping and repeated zip entries are refused`() throws {
    let entry: (name: String, content: Data) = ("a/data.pkl", Data("hello".utf8))
    var compressed = try ZipArchive.archive([entry])
    let directory = try #require(compressed.range(of: Data([0x50, 0x4b, 0x01, 0x02])))
    compressed[directory.lowerBound + 10] = 8
    let inflates = #expect(throws: HoneError.self) { try WeightArchive.read(compressed, file: "deflated.zip") }
    #expect(inflates?.code == .unsupported && inflates?.message.contains("compressed") == true)
    let twice = try ZipArchive.archive([entry, entry])
    let repeats = #expect(throws: HoneError.self) { try WeightArchive.read(twice, file: "twice.zip") }
    #expect(repeats?.code == .unsafeFile)
  }

  @Test(arguments: [
    #"{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}"#,
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"w":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[2]}}"#,
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, #"{"w":{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    "{", "{}x",
  ])
  func `a safetensors header that lies is refused`(header: String) throws {
    var data = Data(count: 8)
    data[0] = UInt8(header.utf8.count)
    data += Data(header.utf8) + Data(count: 8)
    #expect(throws: HoneError.self) { try WeightArchive.read(data, file: "lie.safetensors") }
  }

  @Test func `a file of another kind, a folder and no file at all are told apart`() throws {
    func code(_ path: String) -> HoneError.Code? {
      #expect(throws: HoneError.self) { try WeightArchive.read(path) }?.code
    }
    #expect(code(#filePath) == .unsupported)
    #expect(code("/") == .notFound)
    #expect(code("/nowhere/model.pth") == .notFound)
  }
}

// MARK: - Files made by hand

private func bytes(_ latin: String) -> [UInt8] { latin.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }

/// The head of a pre-1.6 file, then the given pickle as its object.
private func legacy(_ pickle: [UInt8]) -> Data {
  let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
  return Data(magic + [0x80, 2, 0x4d, 0xe9, 3, 0x2e] + [0x80, 2, 0x7d, 0x2e] + pickle)
}

private func zip(_ pickle: [UInt8], storage: Int = 0) throws -> Data {
  try ZipArchive.archive([("a/data.pkl", Data(pickle)), ("a/data/0", Data(count: storage))])
}

/// `{"w": a float tensor over storage 0}`.
private func tensorPickle(offset: Int, shape: [Int], strides: [Int], count: Int = 4) -> [UInt8] {
  func integer(_ value: Int) -> [UInt8] { [0x8a, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) } }
  func tuple(_ values: [Int]) -> [UInt8] { [0x28] + values.flatMap(integer) + [0x74] }
  var pickle: [UInt8] = [0x80, 2, 0x7d, 0x28] + bytes("X\u{1}\0\0\0w" + "ctorch._utils\n_rebuild_tensor_v2\n((")
  pickle += bytes("X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\00X\u{3}\0\0\0cpu") + integer(count)
  pickle += bytes("tQ") + integer(offset) + tuple(shape) + tuple(strides)
  return pickle + [0x89] + bytes("ccollections\nOrderedDict\n)RtRu.")
}
