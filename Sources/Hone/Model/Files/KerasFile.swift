import Foundation
import HoneTensor

/// Weights as Keras saves them: `.weights.h5`, `.keras`, and the older `.h5` of whole models or of weights.
///
/// Arrays come out as PyTorch has them: `block_1_expand.weight` for Keras's `block_1_expand/kernel`, filters as `[filters,
/// channels, height, width]` and dense weights as `[outputs, inputs]`. Layers that Keras numbered by itself are called by
/// their place among those of their kind, `conv2d_1`, as Keras's own files have them.
///
/// - Source: Keras 3.15's `saving_lib` and `legacy_h5_format`.
enum KerasFile {
  /// The HDF5 file that `data` is or, as `.keras`, holds; nil where it is something else.
  static func content(of data: Data, file: String) throws -> Data? {
    if HDF5.looksLike(data) { return data }
    // The directory at the end of `.keras` names three entries.
    guard ZipArchive.looksLike(data), data.suffix(4096).range(of: Data("model.weights.h5".utf8)) != nil else {
      return nil
    }
    return try ZipArchive(data, file: file).entries["model.weights.h5"]
  }

  /// - Parameter content: of the HDF5 file.
  static func read(_ content: Data, file: String) throws -> [String: WeightArray] {
    let content = try HDF5(content, file: file)
    var arrays: [String: WeightArray] = [:]
    for (path, array) in content.arrays {
      guard let place = place(path, content.names) else { continue }
      let (name, value) = ours(place, array)
      guard arrays.updateValue(value, forKey: name) == nil else {
        throw HoneError(
          .unsupported, "\(file) has two layers called \(place.layer); give them names of their own", file: file)
      }
    }
    return arrays
  }

  /// A file for `model.load_weights(path, by_name=True)`.
  ///
  /// - Parameter arrays: under the names of Keras's layers, with PyTorch's layout and suffixes.
  static func written(_ arrays: [String: WeightArray]) throws -> Data {
    var layers: [String: [String: WeightArray]] = [:]
    for (name, array) in arrays {
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw HoneError(.unsupported, "'\(name)' is no weight of a layer of Keras's; name them as Keras does first")
      }
      layers[parts[0], default: [:]][parts[1]] = array
    }
    var groups: [String: HDF5.Node] = [:]
    for (layer, arrays) in layers {
      let kind = Kind(layer, arrays)
      if let stray = arrays.keys.first(where: { name in !kind.weights.contains { $0.ours == name } }) {
        throw HoneError(.unsupported, "Keras's files have no place for '\(layer).\(stray)'; write .pth or .safetensors")
      }
      let weights = kind.weights.compactMap { weight in arrays[weight.ours].map { (weight.theirs, kind.theirs($0)) } }
      groups[layer] = .group(
        Dictionary(uniqueKeysWithValues: weights.map { ($0.0, .array($0.1)) }),
        attributes: ["weight_names": weights.map(\.0)])
    }
    let attributes = ["layer_names": layers.keys.sorted(), "backend": ["hone"], "keras_version": ["3.0.0"]]
    return try HDF5.written(.group(groups, attributes: attributes))
  }

  // MARK: - Layers

  private struct Place {
    var layer: String
    var weight: String
  }

  /// Of an array's path; nil for what is not a layer's: an optimizer's numbers, the seeds of dropout, counts.
  private static func place(_ path: String, _ names: [String: String]) -> Place? {
    let parts = path.split(separator: "/").map(String.init)
    let foreign: Set = ["optimizer", "optimizer_weights", "metrics", "seed_generator", "top_level_model_weights"]
    guard parts.count >= 2, foreign.isDisjoint(with: parts) else { return nil }
    guard parts.count > 2, parts[parts.count - 2] == "vars" else {
      let weight = String(parts[parts.count - 1].prefix { $0 != ":" })
      let isStatistic = ["mean", "variance", "count"].contains(weight)  // of a layer that prepares pictures
      return isStatistic ? nil : Place(layer: parts[parts.count - 2], weight: weight)
    }
    let own = parts[parts.count - 3]
    let kind = withoutNumber(own)
    guard let index = Int(parts[parts.count - 1]), let weights = order[kind], index < weights.count else { return nil }
    let name = names[parts.dropLast().joined(separator: "/")] ?? own
    return Place(layer: withoutNumber(name) == kind ? own : name, weight: weights[index])
  }

  /// The weights of each kind of layer, in Keras's order.
  private static let order: [String: [String]] = {
    let filters = ["kernel", "bias"]
    return [
      "conv2d": filters, "depthwise_conv2d": filters, "dense": filters,
      "batch_normalization": ["gamma", "beta", "moving_mean", "moving_variance"],
      "layer_normalization": ["gamma", "beta"], "layer_scale": ["gamma"],
    ]
  }()

  /// `conv2d` of `conv2d_3`.
  private static func withoutNumber(_ name: String) -> String {
    guard let bar = name.lastIndex(of: "_"), name[bar...].dropFirst().allSatisfy(\.isNumber) else { return name }
    return String(name[..<bar])
  }

  private static func ours(_ place: Place, _ array: WeightArray) -> (name: String, value: WeightArray) {
    let known = [
      "kernel": "weight", "depthwise_kernel": "weight", "gamma": "weight", "beta": "bias",
      "moving_mean": "running_mean",
      "moving_variance": "running_var",
    ]
    let isKernel = place.weight.hasSuffix("kernel")
    let axes = [4: [3, 2, 0, 1], 2: [1, 0]][array.shape.count]
    let value = isKernel ? axes.map(array.transposed) ?? array : array
    return ("\(place.layer).\(known[place.weight] ?? place.weight)", value)
  }

  /// What Keras keeps of a layer, in its order.
  private struct Kind {
    typealias Weight = (ours: String, theirs: String)

    var weights: [Weight]
    private var isDepthwise: Bool

    /// - Parameter layer: Keras's own networks say in a layer's name whether it is depthwise; its shape does not.
    init(_ layer: String, _ arrays: [String: WeightArray]) {
      let rank = arrays["weight"]?.shape.count ?? 1
      let norm = [Weight("weight", "gamma"), ("bias", "beta"), ("running_mean", "moving_mean")]
      weights = rank > 1 ? [("weight", "kernel"), ("bias", "bias")] : norm + [("running_var", "moving_variance")]
      isDepthwise = rank == 4 && ["depthwise", "dwconv", "conv_dw"].contains { layer.contains($0) }
    }

    func theirs(_ array: WeightArray) -> WeightArray {
      switch array.shape.count {
      case 4: array.transposed(isDepthwise ? [2, 3, 0, 1] : [2, 3, 1, 0])
      case 2: array.transposed([1, 0])
      default: array
      }
    }
  }
}

extension WeightArray {
  /// The same numbers with their axes in another order, the new first one being `axes[0]` of the old.
  func transposed(_ axes: [Int]) -> WeightArray {
    let sides = axes.map { shape[$0] }
    var strides = [Int](repeating: dtype.size, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let steps = axes.map { strides[$0] }
    let size = dtype.size
    var result = Data(count: bytes.count)
    result.withUnsafeMutableBytes { (target: UnsafeMutableRawBufferPointer) in
      bytes.withUnsafeBytes { (source: UnsafeRawBufferPointer) in
        var index = [Int](repeating: 0, count: sides.count)
        var from = 0
        for to in stride(from: 0, to: target.count, by: size) {
          for byte in 0..<size { target[to + byte] = source[from + byte] }
          for axis in sides.indices.reversed() {
            index[axis] += 1
            from += steps[axis]
            guard index[axis] == sides[axis] else { break }
            from -= steps[axis] * sides[axis]
            index[axis] = 0
          }
        }
      }
    }
    return WeightArray(dtype: dtype, shape: sides, bytes: result)
  }
}
