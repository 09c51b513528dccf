import Foundation
import HoneTensor

extension Model {
  /// Writes the weights for another program; the name's end says how: `.pth`, `.safetensors`, or `.h5` for Keras.
  ///
  /// - Parameter library: whose names they get, `torchvision`, `timm` or `keras`; nil for Hone's, which are torchvision's
  ///   where it has the structure, else timm's. `.h5` files have Keras's.
  /// - Throws: `HoneError`: `.unsupported` for another end, and where the structure has no such names; `.conflict` where
  ///   the other library's network would answer otherwise; `.unwritable`.
  public func export(to path: String, names library: String? = nil) throws {
    let format = URL(filePath: path).pathExtension.lowercased()
    guard ["pth", "pt", "safetensors", "h5"].contains(format) else {
      throw HoneError(
        .unsupported, "\(path) must end in .pth, .safetensors or .h5, which says how the weights are written",
        file: path)
    }
    let isKeras = format == "h5"
    guard !isKeras || library ?? "keras" == "keras" else {
      throw HoneError(.conflict, "\(path): .h5 files have Keras's names; write .pth or .safetensors for other names")
    }
    let names = library ?? (isKeras ? "keras" : nil)
    if let padding = names.flatMap(structure.weightNames)?.padding, structure.options.padding != padding {
      throw HoneError(
        .conflict,
        "this \(structure.name) pads as PyTorch does, and Keras's would answer otherwise; train it with "
          + "model.options.padding: \(padding.rawValue), or write .pth or .safetensors", file: path)
    }
    let weights = try names.map(weights(named:)) ?? state()
    switch format {
    case "safetensors": try WeightFile.writeSafetensors(weights, to: path)
    case "h5": try WeightFile.writeKeras(weights, to: path)
    default: try WeightFile.writeTorch(weights, to: path)
    }
  }

  private func weights(named library: String) throws -> [String: Tensor] {
    if let weights = try state(namedAs: library) { return weights }
    let known = structure.dialects.map(\.library)
    throw HoneError(
      .unsupported,
      "\(structure.name) has no names of '\(library)' of its own here; "
        + (known.isEmpty
          ? "its names are torchvision's or timm's as they are" : "known: \(known.joined(separator: ", "))"),
      context: ["names": library])
  }
}
