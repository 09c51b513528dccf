package import Foundation

/// Reading and writing weight files as plain arrays; the format is told by the content, never by the name.
package enum WeightArchive {
  package static func read(_ path: String) throws -> [String: WeightArray] {
    try read(open(path), file: path)
  }

  /// - Parameter file: the name to use in errors.
  package static func read(_ data: Data, file: String) throws -> [String: WeightArray] {
    let arrays =
      if let keras = try KerasFile.content(of: data, file: file) {
        try KerasFile.read(keras, file: file)
      } else if TorchFile.looksLike(data) {
        try TorchFile.read(data, file: file)
      } else if SafeTensors.looksLike(data) {
        try SafeTensors.read(data, file: file).arrays
      } else {
        throw HoneError(
          .unsupported,
          "\(file) is not a weight file that Hone knows (PyTorch .pth, safetensors, Keras .h5 and .keras)", file: file)
      }
    return withoutWrapper(arrays)
  }

  package static func safeTensors(
    _ arrays: [String: WeightArray], metadata: [String: String] = [:]
  ) throws -> Data {
    let pieces = arrays.map { name, array in
      SafeTensors.Piece(name: name, dtype: array.dtype, shape: array.shape) { array.bytes }
    }
    return try SafeTensors.written(pieces, metadata: metadata)
  }

  package static func torch(_ arrays: [String: WeightArray]) throws -> Data {
    try TorchFile.written(arrays.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  package static func keras(_ arrays: [String: WeightArray]) throws -> Data { try KerasFile.written(arrays) }

  static func open(_ path: String) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
      throw HoneError(.notFound, "there is no file \(path)", file: path)
    }
    do { return try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) } catch {
      throw HoneError(.unreadable, "\(path) cannot be read", file: path, cause: error)
    }
  }

  /// Names as the model knows them: without the `module.` of DataParallel or the `_orig_mod.` of `torch.compile`.
  private static func withoutWrapper(_ arrays: [String: WeightArray]) -> [String: WeightArray] {
    var arrays = arrays
    for wrapper in ["module.", "_orig_mod."] where arrays.keys.allSatisfy({ $0.hasPrefix(wrapper) }) {
      arrays = Dictionary(uniqueKeysWithValues: arrays.map { (String($0.key.dropFirst(wrapper.count)), $0.value) })
    }
    return arrays
  }
}
