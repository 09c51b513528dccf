/// MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381), as torchvision builds and begins it.
///
/// With `padding: tensorflow` strided convolutions pad below and to the right first, as weights from TensorFlow expect.
enum MobileNetV2 {
  static let architecture = Architecture(
    name: "mobilenet-v2", title: "MobileNetV2", source: "arXiv:1801.04381", options: ["padding"], trunk: trunk,
    top: top)

  /// Expansion, filters, repeats, stride of the first.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  @Sendable private static func trunk(_ structure: Structure) -> Sequential {
    let same = structure.options.padding == .tensorflow
    var layers: [any LayerPlan] = [unit(structure.input.channels, 32, kernel: 3, stride: 2, same: same)]
    var channels = 32
    for (expansion, width, count, stride) in stages {
      for index in 0..<count {
        layers.append(block(channels, width, expansion: expansion, stride: index == 0 ? stride : 1, same: same))
        channels = width
      }
    }
    layers.append(unit(channels, 1280, kernel: 1, same: same))
    return Sequential([("features", Sequential(layers))])
  }

  private static func block(
    _ channels: Int, _ width: Int, expansion: Int, stride: Int, same: Bool
  ) -> any LayerPlan {
    let hidden = channels * expansion
    let expand: [any LayerPlan] = expansion == 1 ? [] : [unit(channels, hidden, kernel: 1, same: same)]
    let body = Sequential(
      expand + [
        unit(hidden, hidden, kernel: 3, stride: stride, groups: hidden, same: same),
        convolution(hidden, width, kernel: 1, same: same), BatchNorm(width),
      ])
    let named = Sequential([("conv", body)])
    return stride == 1 && channels == width ? Residual(named) : named
  }

  private static func unit(
    _ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1, groups: Int = 1, same: Bool
  ) -> Sequential {
    Sequential([
      convolution(channels, filters, kernel: kernel, stride: stride, groups: groups, same: same), BatchNorm(filters),
      Activation.relu6,
    ])
  }

  private static func convolution(
    _ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1, groups: Int = 1, same: Bool
  ) -> Convolution {
    Convolution(
      channels, filters, kernel: kernel, stride: stride, padding: same ? .same : .pixels(kernel / 2), groups: groups,
      bias: false, initialization: .heNormal(fanOut: true))
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    HeadPlan(
      name: "classifier", pool: Pool.global,
      body: Sequential([
        Dropout(structure.head.dropout ?? 0.2),
        Dense(features[0], structure.outputs, initialization: .normal(deviation: 0.01)),
      ]))
  }
}
