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
  private(set) var arena: [[PickleValue]] = []
  private(set) var tensors: [TensorClaim] = []
  private var stack: [PickleValue] = []
  private var memo: [Int: PickleValue] = [:]

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

// MARK: - The machine

extension PickleReader {
  private mutating func run(_ opcode: UInt8) throws {
    switch opcode {
    case 0x80: try checkProtocol(reader.number(UInt8.self))
    case 0x95: _ = try reader.bytes(8)  // FRAME
    case 0x28: stack.append(.mark)
    case 0x30: _ = try pop()
    case 0x31: _ = try popToMark()
    case 0x32: stack.append(try top())
    case 0x4e: stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case 0x49, 0x4c: stack.append(try decimal(reader.line()))  // INT, LONG
    case 0x4a: stack.append(.int(Int(try reader.number(Int32.self))))
    case 0x4b: stack.append(.int(Int(try reader.number(UInt8.self))))
    case 0x4d: stack.append(.int(Int(try reader.number(UInt16.self))))
    case 0x8a: stack.append(long(try reader.bytes(Int(reader.number(UInt8.self)))))
    case 0x8b: stack.append(long(try reader.bytes(reader.count(Int32.self))))
    case 0x46: stack.append(.float(Double(try reader.line()) ?? .nan))
    case 0x47: stack.append(.float(Double(bitPattern: try reader.number(UInt64.self).byteSwapped)))
    case 0x53: stack.append(.text(String(try reader.line().dropFirst().dropLast())))
    case 0x56: stack.append(.text(try reader.line()))
    case 0x54, 0x58: stack.append(.text(try reader.text(reader.count(UInt32.self))))
    case 0x55, 0x8c: stack.append(.text(try reader.text(Int(reader.number(UInt8.self)))))
    case 0x8d: stack.append(.text(try reader.text(reader.count(UInt64.self))))
    case 0x42: stack.append(.bytes(try reader.bytes(reader.count(UInt32.self))))
    case 0x43: stack.append(.bytes(try reader.bytes(Int(reader.number(UInt8.self)))))
    case 0x8e: stack.append(.bytes(try reader.bytes(reader.count(UInt64.self))))
    case 0x5d, 0x8f: stack.append(.list(place([])))
    case 0x6c: stack.append(.list(place(try popToMark())))
    case 0x29: stack.append(.tuple(place([])))
    case 0x74: stack.append(.tuple(place(try popToMark())))
    case 0x85...0x87: stack.append(.tuple(place(try pop(Int(opcode - 0x84)))))
    case 0x7d: stack.append(.dict(place([])))
    case 0x64: stack.append(.dict(place(try popToMark())))
    case 0x61: try extend([try pop()])
    case 0x65, 0x90, 0x75: try extend(try popToMark())  // APPENDS, ADDITEMS, SETITEMS
    case 0x73: try extend(try pop(2))
    case 0x63: stack.append(try global(reader.line(), reader.line()))
    case 0x93: try stackGlobal()
    case 0x52, 0x81: try reduce()
    case 0x62: try build()
    case 0x51: stack.append(try storage(pop()))
    case 0x70: memo[try index(reader.line())] = try top()
    case 0x71: memo[Int(try reader.number(UInt8.self))] = try top()
    case 0x72: memo[Int(try reader.number(UInt32.self))] = try top()
    case 0x94: memo[memo.count] = try top()
    case 0x67: stack.append(try recall(index(reader.line())))
    case 0x68: stack.append(try recall(Int(reader.number(UInt8.self))))
    case 0x6a: stack.append(try recall(Int(reader.number(UInt32.self))))
    default: throw refused("uses instruction 0x\(String(opcode, radix: 16)), which weights never need")
    }
  }

  private func checkProtocol(_ version: UInt8) throws {
    guard version <= 5 else { throw refused("is written in pickle protocol \(version), newer than 5") }
  }

  private mutating func place(_ values: [PickleValue]) -> Int {
    arena.append(values)
    return arena.count - 1
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last, value != .mark else { throw damaged }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    guard let value = stack.popLast() else { throw damaged }
    return value
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count >= count else { throw damaged }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = stack.lastIndex(of: .mark) else { throw damaged }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[(mark + 1)...])
  }

  private mutating func extend(_ values: [PickleValue]) throws {
    switch try top() {
    case .list(let index), .dict(let index): arena[index] += values
    case .inert: break
    default: throw damaged
    }
  }

  private func recall(_ index: Int) throws -> PickleValue {
    guard let value = memo[index] else { throw damaged }
    return value
  }

  private func index(_ line: String) throws -> Int {
    guard let index = Int(line) else { throw damaged }
    return index
  }

  private func decimal(_ line: String) throws -> PickleValue {
    switch line {
    case "00": return .bool(false)
    case "01": return .bool(true)
    default: return .int(try index(line.hasSuffix("L") ? String(line.dropLast()) : line))
    }
  }

  /// Little-endian two's complement; numbers beyond 64 bits are nobody's tensor size.
  private func long(_ bytes: Data) -> PickleValue {
    guard bytes.count <= 8 else { return .bytes(bytes) }
    let negative = (bytes.last ?? 0) & 0x80 != 0
    var value: UInt64 = negative ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return .int(Int(Int64(bitPattern: value)))
  }
}

// MARK: - Names and tensors

extension PickleReader {
  /// Names whose objects are read past: they carry training settings or metadata, never weights.
  static let harmless: Set<String> = [
    "argparse.Namespace", "collections.defaultdict", "collections.Counter", "builtins.set", "__builtin__.set",
    "builtins.int", "builtins.float", "builtins.list", "builtins.dict", "_codecs.encode", "torch.device", "torch.Size",
    "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "datetime.datetime",
    "pathlib.PosixPath",
    "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16", "torch.int64", "torch._C._from_legacy_proxy",
  ]
  private static let rebuilds: Set<String> = ["torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"]
  private static let dictionaries: Set<String> = ["collections.OrderedDict"]
  private static let wrappers: Set<String> = ["torch._utils._rebuild_parameter", "torch.nn.parameter.Parameter"]

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    let full = "\(module).\(name)"
    let isStorage = module == "torch" && name.hasSuffix("Storage") || full == "torch.storage.UntypedStorage"
    guard
      isStorage || Self.harmless.contains(full) || Self.rebuilds.contains(full) || Self.dictionaries.contains(full)
        || Self.wrappers.contains(full)
    else {
      throw HoneError(
        .unsafeFile,
        "\(reader.file) asks to run '\(full)', so it holds more than weights; nothing in it was run. In Python, save "
          + "only model.state_dict(), or use safetensors",
        file: reader.file, key: full)
    }
    return .global(full)
  }

  private mutating func stackGlobal() throws {
    let names = try pop(2)
    guard case .text(let module) = names[0], case .text(let name) = names[1] else { throw damaged }
    stack.append(try global(module, name))
  }

  /// `callable(*arguments)`: only the rebuild functions and dictionaries mean something.
  private mutating func reduce() throws {
    let pair = try pop(2)
    guard let arguments = elements(of: pair[1]) else { throw damaged }
    guard case .global(let name) = pair[0] else {
      stack.append(.inert)
      return
    }
    if Self.rebuilds.contains(name) {
      stack.append(try tensor(arguments))
    } else if Self.wrappers.contains(name), let wrapped = arguments.first {
      stack.append(wrapped)
    } else if Self.dictionaries.contains(name) {
      stack.append(.dict(place(try arguments.first.map(pairs) ?? [])))
    } else {
      stack.append(.inert)
    }
  }

  /// Python 2 wrote `OrderedDict([[key, value], …])`.
  private func pairs(_ list: PickleValue) throws -> [PickleValue] {
    guard let items = elements(of: list) else { throw damaged }
    return try items.flatMap { item in
      guard let pair = elements(of: item), pair.count == 2 else { throw damaged }
      return pair
    }
  }

  /// State given to an object: a dictionary's attributes (`_metadata`) and inert objects need none.
  private mutating func build() throws {
    _ = try pop()
    _ = try top()
  }

  /// `('storage', torch.FloatStorage, key, device, count)`: where a tensor's bytes lie.
  private mutating func storage(_ value: PickleValue) throws -> PickleValue {
    guard let parts = elements(of: value), parts.count >= 5, parts[0] == .text("storage"),
      case .global(let type) = parts[1], case .text(let key) = parts[2], case .int(let count) = parts[4], count >= 0
    else { throw damaged }
    if parts.count > 5, parts[5] != .none { throw refused("shares storage between views in a way of PyTorch 0.3") }
    return .tuple(place([.global(type), .text(key), .int(count)]))
  }

  private mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
    guard arguments.count >= 4, let storage = elements(of: arguments[0]), storage.count == 3,
      case .global(let type) = storage[0], case .text(let key) = storage[1], case .int(let count) = storage[2],
      case .int(let offset) = arguments[1], let shape = integers(arguments[2]), let strides = integers(arguments[3]),
      shape.count == strides.count, shape.count <= 16
    else { throw damaged }
    tensors.append(
      TensorClaim(
        storage: Storage(type: type, key: key, count: count), offset: offset, shape: shape, strides: strides))
    return .tensor(tensors.count - 1)
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value) else { return nil }
    let integers = elements.compactMap { if case .int(let number) = $0, number >= 0 { number } else { nil as Int? } }
    return integers.count == elements.count ? integers : nil
  }

  private var damaged: HoneError {
    HoneError(
      .malformed, "\(reader.file) holds a damaged pickle (near byte \(reader.position)); fetch or export it again",
      file: reader.file)
  }

  private func refused(_ what: String) -> HoneError {
    HoneError(
      .unsafeFile, "\(reader.file) \(what); in Python, save model.state_dict() alone, or use safetensors",
      file: reader.file)
  }
}
