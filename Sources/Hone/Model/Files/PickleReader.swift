import Foundation

/// What a pickle holds, read without being able to run anything.
///
/// Containers live in the reader's arena and are named by their index, so a deeply nested or self-containing pickle is
/// a flat array here: no recursion, neither in reading nor in freeing.
enum PickleValue: Hashable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  case bytes(Data)
  /// A name such as `torch.FloatStorage`: only ever compared with known names.
  case global(String)
  case list(Int)
  case tuple(Int)
  case dict(Int)
  /// A tensor, by its index in `PickleReader.tensors`.
  case tensor(Int)
  /// Something known to be harmless and of no use here.
  case inert
  case mark
}

/// The part of the pickle machine that tensors need; everything else is refused by name.
///
/// Names are looked up in a fixed list (``PickleReader/harmless`` and the rebuild functions of PyTorch); nothing is
/// imported, called or unpacked. A file that asks for another name, `os.system` say, gets an error that names it.
///
/// - Source: CPython's `pickletools` (protocols 0–5); PyTorch's `_weights_only_unpickler` for the list of names.
struct PickleReader {
  struct Storage: Hashable {
    var type: String
    var key: String
    var count: Int
  }
  struct TensorClaim {
    var storage: Storage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
  }

  var reader: ByteReader
  var arena: [[PickleValue]] = []
  var tensors: [TensorClaim] = []
  var stack: [PickleValue] = []
  var memo: [Int: PickleValue] = [:]

  init(_ reader: ByteReader) { self.reader = reader }

  /// Reads one pickle and leaves the cursor behind it.
  mutating func read() throws -> PickleValue {
    stack = []
    memo = [:]
    while true {
      let opcode = try reader.number(UInt8.self)
      if opcode == 0x2e { return try pop() }  // STOP
      try run(opcode)
    }
  }

  /// The pairs of a dictionary whose keys are texts, in order.
  func entries(of value: PickleValue) -> [(key: String, value: PickleValue)]? {
    guard case .dict(let index) = value else { return nil }
    let flat = arena[index]
    return stride(from: 0, to: flat.count - 1, by: 2).compactMap { at in
      guard case .text(let key) = flat[at] else { return nil }
      return (key, flat[at + 1])
    }
  }

  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .list(let index), .tuple(let index): arena[index]
    default: nil
    }
  }
}

extension PickleReader {
  var damaged: HoneError {
    HoneError(
      .malformed, "\(reader.file) holds a damaged pickle (near byte \(reader.position)); fetch or export it again",
      file: reader.file)
  }

  func refused(_ what: String) -> HoneError {
    HoneError(
      .unsafeFile, "\(reader.file) \(what); in Python, save model.state_dict() alone, or use safetensors",
      file: reader.file)
  }
}
