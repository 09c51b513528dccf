import HoneAugment

/// The small network of countless first programs: 3×3 convolutions without padding, ReLU and 2×2 max-pooling, then
/// Flatten, a dense layer with ReLU, and the output. Begun as Keras begins it.
enum ClassicCNN {
  static let architecture = Architecture(
    name: "classic-cnn", family: "Classic", title: "the classic small CNN: Conv 32-64-128, max-pools, Dense 512",
    source: "Keras's introductory examples", normalization: .identity, options: ["widths", "dense"],
    dialects: [.kerasClassic], trunk: trunk, top: top)

  @Sendable private static func trunk(_ structure: Structure) -> Sequential {
    let widths = structure.options.widths ?? [32, 64, 128]
    let channels = [structure.input.channels] + widths
    return Sequential([
      (
        "features",
        Sequential(
          zip(channels, widths).flatMap { before, after -> [any LayerPlan] in
            [Convolution(before, after, kernel: 3), Activation.relu, Pool.max(2, stride: 2)]
          })
      )
    ])
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let hidden = structure.options.dense ?? 512
    let chance = structure.head.dropout ?? 0
    let dropout: [any LayerPlan] = chance > 0 ? [Dropout(chance)] : []
    let dense: [any LayerPlan] = [Dense(features.reduce(1, *), hidden), Activation.relu]
    return HeadPlan(
      name: "classifier", pool: Flatten.channelsLast,
      body: Sequential(dense + dropout + [Dense(hidden, structure.outputs)]))
  }
}
