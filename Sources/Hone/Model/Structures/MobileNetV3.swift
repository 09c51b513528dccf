/// MobileNetV3 (Howard et al., 2019, arXiv:1905.02244), as torchvision builds and begins it.
enum MobileNetV3 {
  static let architectures = [
    ("mobilenet-v3-small", "MobileNetV3 small", small, 1024), ("mobilenet-v3-large", "MobileNetV3 large", large, 1280),
  ].map { name, title, blocks, last in
    Architecture(
      name: name, family: "MobileNet", title: title, source: "arXiv:1905.02244", options: ["width", "stem", "padding"],
      dialects: [.kerasMobileNetV3(names(blocks))], trunk: { trunk($0, blocks) },
      top: { top($0, $1, hidden: $0.filters(last)) })
  }

  private struct Block: Sendable {
    var kernel: Int
    var hidden: Int
    var filters: Int
    var squeezes: Bool
    var activation: Activation
    var stride = 1
  }

  private static let small = [
    Block(kernel: 3, hidden: 16, filters: 16, squeezes: true, activation: .relu, stride: 2),
    Block(kernel: 3, hidden: 72, filters: 24, squeezes: false, activation: .relu, stride: 2),
    Block(kernel: 3, hidden: 88, filters: 24, squeezes: false, activation: .relu),
    Block(kernel: 5, hidden: 96, filters: 40, squeezes: true, activation: .hardSwish, stride: 2),
    Block(kernel: 5, hidden: 240, filters: 40, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 240, filters: 40, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 120, filters: 48, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 144, filters: 48, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 288, filters: 96, squeezes: true, activation: .hardSwish, stride: 2),
    Block(kernel: 5, hidden: 576, filters: 96, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 576, filters: 96, squeezes: true, activation: .hardSwish),
  ]

  private static let large = [
    Block(kernel: 3, hidden: 16, filters: 16, squeezes: false, activation: .relu),
    Block(kernel: 3, hidden: 64, filters: 24, squeezes: false, activation: .relu, stride: 2),
    Block(kernel: 3, hidden: 72, filters: 24, squeezes: false, activation: .relu),
    Block(kernel: 5, hidden: 72, filters: 40, squeezes: true, activation: .relu, stride: 2),
    Block(kernel: 5, hidden: 120, filters: 40, squeezes: true, activation: .relu),
    Block(kernel: 5, hidden: 120, filters: 40, squeezes: true, activation: .relu),
    Block(kernel: 3, hidden: 240, filters: 80, squeezes: false, activation: .hardSwish, stride: 2),
    Block(kernel: 3, hidden: 200, filters: 80, squeezes: false, activation: .hardSwish),
    Block(kernel: 3, hidden: 184, filters: 80, squeezes: false, activation: .hardSwish),
    Block(kernel: 3, hidden: 184, filters: 80, squeezes: false, activation: .hardSwish),
    Block(kernel: 3, hidden: 480, filters: 112, squeezes: true, activation: .hardSwish),
    Block(kernel: 3, hidden: 672, filters: 112, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 672, filters: 160, squeezes: true, activation: .hardSwish, stride: 2),
    Block(kernel: 5, hidden: 960, filters: 160, squeezes: true, activation: .hardSwish),
    Block(kernel: 5, hidden: 960, filters: 160, squeezes: true, activation: .hardSwish),
  ]

  /// What there is in each block, for the names of its weights.
  private static func names(_ blocks: [Block]) -> [(expands: Bool, squeezes: Bool)] {
    zip([16] + blocks.map(\.filters), blocks).map { ($1.hidden != $0, $1.squeezes) }
  }

  private static let norm = BatchNorm(0, epsilon: 1e-3, momentum: 0.01)

  private static func trunk(_ structure: Structure, _ blocks: [Block]) -> Sequential {
    let isSmall = structure.hasSmallStem
    let same = structure.options.padding == .tensorflow
    var channels = structure.filters(16)
    var layers: [any LayerPlan] = [
      Brick.unit(
        structure.input.channels, channels, kernel: 3, stride: isSmall ? 1 : 2, then: .hardSwish, norm: norm,
        same: same)
    ]
    let halving = isSmall ? blocks.firstIndex { $0.stride == 2 } : nil
    for (index, block) in blocks.enumerated() {
      var block = block
      (block.hidden, block.filters) = (structure.filters(block.hidden), structure.filters(block.filters))
      if index == halving { block.stride = 1 }
      layers.append(plan(block, channels, same: same))
      channels = block.filters
    }
    layers.append(Brick.unit(channels, 6 * channels, then: .hardSwish, norm: norm))
    return Sequential([("features", Sequential(layers))])
  }

  private static func plan(_ block: Block, _ channels: Int, same: Bool) -> any LayerPlan {
    let hidden = block.hidden
    let expand: [any LayerPlan] =
      hidden == channels ? [] : [Brick.unit(channels, hidden, then: block.activation, norm: norm)]
    let depthwise = Brick.unit(
      hidden, hidden, kernel: block.kernel, stride: block.stride, groups: hidden, then: block.activation, norm: norm,
      same: same)
    let gate: [any LayerPlan] =
      block.squeezes
      ? [Brick.squeezeExcite(hidden, Brick.rounded(Double(hidden / 4)), gate: .hardSigmoid)] : []
    let project = Brick.unit(hidden, block.filters, then: .identity, norm: norm)
    let body = Sequential([("block", Sequential(expand + [depthwise] + gate + [project]))])
    return block.stride == 1 && channels == block.filters ? Residual(body) : body
  }

  private static func top(_ structure: Structure, _ features: [Int], hidden: Int) -> HeadPlan {
    let start = Initialization.normal(deviation: 0.01)
    return HeadPlan(
      name: "classifier", pool: Pool.global,
      body: Sequential([
        Dense(features[0], hidden, initialization: start), Activation.hardSwish,
        Dropout(structure.head.dropout ?? 0.2), Dense(hidden, structure.outputs, initialization: start),
      ]))
  }
}
