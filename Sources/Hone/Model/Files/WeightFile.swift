import Foundation
import HoneImage
public import HoneTensor

/// Weight files as tensors. The format is told by the content: PyTorch's `.pth` (zip, and the old pickle), safetensors,
/// Keras's `.weights.h5`, `.keras` and `.h5`.
///
/// Nothing in a file is ever executed, unpacked to disk, or believed without a check of its sizes.
public enum WeightFile {
  /// - Throws: `HoneError`: `.notFound`, `.unsupported`, `.malformed`, `.unsafeFile`.
  public static func read(_ path: String) throws -> [String: Tensor] {
    try tensors(WeightArchive.read(path))
  }

  public static func writeSafetensors(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to path: String
  ) throws {
    let pieces = tensors.map { name, tensor in
      SafeTensors.Piece(name: name, dtype: tensor.dtype, shape: tensor.shape) { try tensor.contiguous().bytes() }
    }
    try write(SafeTensors.written(pieces, metadata: metadata), to: path)
  }

  /// A `.pth` file that `torch.load(weights_only=True)` reads.
  public static func writeTorch(_ tensors: [String: Tensor], to path: String) throws {
    try write(WeightArchive.torch(arrays(tensors)), to: path)
  }

  /// An `.h5` file for Keras's `model.load_weights(path, by_name=True)`.
  ///
  /// - Parameter tensors: under the names of Keras's layers, as ``Model/state(namedAs:)`` gives them.
  public static func writeKeras(_ tensors: [String: Tensor], to path: String) throws {
    try write(WeightArchive.keras(arrays(tensors)), to: path)
  }

  static func tensors(_ arrays: [String: WeightArray]) throws -> [String: Tensor] {
    try arrays.mapValues { array in
      try array.bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: array.shape, dtype: array.dtype) }
    }
  }

  static func arrays(_ tensors: [String: Tensor]) throws -> [String: WeightArray] {
    try tensors.mapValues { tensor in
      WeightArray(dtype: tensor.dtype, shape: tensor.shape, bytes: Data(try tensor.contiguous().bytes()))
    }
  }

  static func write(_ data: Data, to path: String) throws {
    do { try AtomicFile.write(data, to: path) } catch {
      throw HoneError(.unwritable, "\(path) cannot be written", file: path, cause: error)
    }
  }
}
