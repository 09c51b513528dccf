/// The names that a file may call, and what they make: tensors.
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

  func global(_ module: String, _ name: String) throws -> PickleValue {
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

  mutating func stackGlobal() throws {
    let names = try pop(2)
    guard case .text(let module) = names[0], case .text(let name) = names[1] else { throw damaged }
    stack.append(try global(module, name))
  }

  /// `callable(*arguments)`: only the rebuild functions and dictionaries mean something.
  mutating func reduce() throws {
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
  mutating func build() throws {
    _ = try pop()
    _ = try top()
  }

  /// `('storage', torch.FloatStorage, key, device, count)`: where a tensor's bytes lie.
  mutating func storage(_ value: PickleValue) throws -> PickleValue {
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
}
