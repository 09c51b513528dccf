/// MobileNetV2 (Sandler et al., 2018, arXiv:1801.04381), as torchvision builds and begins it.
///
/// With `padding: tensorflow` strided convolutions pad below and to the right first, as weights from TensorFlow expect.
enum MobileNetV2 {
  static let architecture = Architecture(
    name: "mobilenet-v2", family: "MobileNet", title: "MobileNetV2", source: "arXiv:1801.04381",
    options: ["width", "stem", "depths", "padding"],
    dialects: [.kerasMobileNetV2(blocks: stages.map(\.count).reduce(0, +))], trunk: trunk, top: top)

  private static let stages: [(expansion: Int, filters: Int, count: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  @Sendable private static func trunk(_ structure: Structure) throws -> Sequential {
    let same = structure.options.padding == .tensorflow
    let isSmall = structure.hasSmallStem
    var channels = structure.filters(32)
    var layers: [any LayerPlan] = [
      Brick.unit(
        structure.input.channels, channels, kernel: 3, stride: isSmall ? 1 : 2, then: .relu6, same: same)
    ]
    let depths = try structure.depths(stages.map(\.count))
    for (number, (stage, count)) in zip(stages, depths).enumerated() {
      let width = structure.filters(stage.filters)
      let stride = isSmall && number == 1 ? 1 : stage.stride
      for index in 0..<count {
        layers.append(block(channels, width, expansion: stage.expansion, stride: index == 0 ? stride : 1, same: same))
        channels = width
      }
    }
    layers.append(Brick.unit(channels, max(1280, structure.filters(1280)), then: .relu6, same: same))
    return Sequential([("features", Sequential(layers))])
  }

  private static func block(
    _ channels: Int, _ width: Int, expansion: Int, stride: Int, same: Bool
  ) -> any LayerPlan {
    let hidden = channels * expansion
    let expand: [any LayerPlan] = expansion == 1 ? [] : [Brick.unit(channels, hidden, then: .relu6, same: same)]
    let body = Sequential(
      expand + [
        Brick.unit(hidden, hidden, kernel: 3, stride: stride, groups: hidden, then: .relu6, same: same),
        Brick.convolution(hidden, width, same: same), BatchNorm(width),
      ])
    let named = Sequential([("conv", body)])
    return stride == 1 && channels == width ? Residual(named) : named
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
