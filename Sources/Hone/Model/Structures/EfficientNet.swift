/// EfficientNet (Tan & Le, 2019, arXiv:1905.11946) B0 to B3 and V2-S (2021, arXiv:2104.00298), as torchvision builds and
/// begins them.
enum EfficientNet {
  static let architectures =
    [("b0", 1, 1, 224, 0.2), ("b1", 1, 1.1, 240, 0.2), ("b2", 1.1, 1.2, 260, 0.3), ("b3", 1.2, 1.4, 300, 0.3)].map {
      size, width, depth, side, dropout in
      architecture(
        "efficientnet-\(size)", "EfficientNet-\(size.uppercased())", "arXiv:1905.11946", side: side,
        dropout: dropout, EfficientNet.stages.map { $0.scaled(width: width, depth: depth) },
        stem: Brick.rounded(32 * width), norm: BatchNorm(0))
    } + [
      architecture(
        "efficientnet-v2-s", "EfficientNetV2-S", "arXiv:2104.00298", side: 300, dropout: 0.2, stagesV2, stem: 24,
        last: 1280, norm: BatchNorm(0, epsilon: 1e-3))
    ]

  private struct Stage: Sendable {
    var expansion: Int
    var kernel: Int
    var stride: Int
    var filters: Int
    var count: Int
    /// One full convolution instead of a pointwise and a depthwise one, and no squeeze and excitation.
    var isFused = false

    func scaled(width: Double, depth: Double) -> Stage {
      var stage = self
      stage.filters = Brick.rounded(Double(filters) * width)
      stage.count = Int((Double(count) * depth).rounded(.up))
      return stage
    }
  }

  private static let stages = [
    Stage(expansion: 1, kernel: 3, stride: 1, filters: 16, count: 1),
    Stage(expansion: 6, kernel: 3, stride: 2, filters: 24, count: 2),
    Stage(expansion: 6, kernel: 5, stride: 2, filters: 40, count: 2),
    Stage(expansion: 6, kernel: 3, stride: 2, filters: 80, count: 3),
    Stage(expansion: 6, kernel: 5, stride: 1, filters: 112, count: 3),
    Stage(expansion: 6, kernel: 5, stride: 2, filters: 192, count: 4),
    Stage(expansion: 6, kernel: 3, stride: 1, filters: 320, count: 1),
  ]

  private static let stagesV2 = [
    Stage(expansion: 1, kernel: 3, stride: 1, filters: 24, count: 2, isFused: true),
    Stage(expansion: 4, kernel: 3, stride: 2, filters: 48, count: 4, isFused: true),
    Stage(expansion: 4, kernel: 3, stride: 2, filters: 64, count: 4, isFused: true),
    Stage(expansion: 4, kernel: 3, stride: 2, filters: 128, count: 6),
    Stage(expansion: 6, kernel: 3, stride: 1, filters: 160, count: 9),
    Stage(expansion: 6, kernel: 3, stride: 2, filters: 256, count: 15),
  ]

  /// - Parameter last: filters of the last convolution; nil for four times those of the last stage.
  private static func architecture(
    _ name: String, _ title: String, _ source: String, side: Int, dropout: Double, _ stages: [Stage], stem: Int,
    last: Int? = nil, norm: BatchNorm
  ) -> Architecture {
    Architecture(
      name: name, family: "EfficientNet", title: title, source: source, input: InputSpec(side: side),
      options: ["stem", "widths", "depths", "padding"], dropPath: 0.2,
      dialects: (name.contains("v2") ? [] : [.timmEfficientNet])
        + [.kerasEfficientNet(stages.map { ($0.count, $0.expansion > 1, $0.isFused) }, epsilon: norm.epsilon)],
      trunk: { try trunk($0, stages, stem: stem, last: last, norm: norm) },
      top: { top($0, $1, dropout: dropout) })
  }

  private static func trunk(
    _ structure: Structure, _ stages: [Stage], stem: Int, last: Int?, norm: BatchNorm
  ) throws -> Sequential {
    let isSmall = structure.hasSmallStem
    let same = structure.options.padding == .tensorflow
    var channels = stem
    var layers: [any LayerPlan] = [
      Brick.unit(
        structure.input.channels, stem, kernel: 3, stride: isSmall ? 1 : 2, then: .silu, norm: norm,
        same: same)
    ]
    let shapes = try zip(structure.depths(stages.map(\.count)), structure.widths(stages.map(\.filters)))
    for (number, (stage, (count, width))) in zip(stages, shapes).enumerated() {
      let stride = isSmall && number == 1 ? 1 : stage.stride
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = width }
        return block(stage, channels, width, stride: index == 0 ? stride : 1, norm, same: same)
      }
      layers.append(Sequential(blocks))
    }
    layers.append(Brick.unit(channels, last ?? 4 * channels, then: .silu, norm: norm))
    return Sequential([("features", Sequential(layers))])
  }

  private static func block(
    _ stage: Stage, _ channels: Int, _ width: Int, stride: Int, _ norm: BatchNorm, same: Bool
  ) -> any LayerPlan {
    let hidden = Brick.rounded(Double(channels * stage.expansion))
    let layers =
      stage.isFused
      ? fused(stage, channels, hidden, width, stride, norm, same: same)
      : separable(stage, channels, hidden, width, stride, norm, same: same)
    let body = Sequential([("block", Sequential(layers))])
    return stride == 1 && channels == width ? Residual(body) : body
  }

  private static func separable(
    _ stage: Stage, _ channels: Int, _ hidden: Int, _ width: Int, _ stride: Int, _ norm: BatchNorm, same: Bool
  ) -> [any LayerPlan] {
    let expand: [any LayerPlan] = hidden == channels ? [] : [Brick.unit(channels, hidden, then: .silu, norm: norm)]
    return expand + [
      Brick.unit(
        hidden, hidden, kernel: stage.kernel, stride: stride, groups: hidden, then: .silu, norm: norm,
        same: same),
      Brick.squeezeExcite(hidden, max(1, channels / 4), .silu), Brick.unit(hidden, width, then: .identity, norm: norm),
    ]
  }

  private static func fused(
    _ stage: Stage, _ channels: Int, _ hidden: Int, _ width: Int, _ stride: Int, _ norm: BatchNorm, same: Bool
  ) -> [any LayerPlan] {
    let isWhole = hidden == channels
    let first = Brick.unit(
      channels, isWhole ? width : hidden, kernel: stage.kernel, stride: stride, then: .silu, norm: norm,
      same: same)
    return isWhole ? [first] : [first, Brick.unit(hidden, width, then: .identity, norm: norm)]
  }

  private static func top(_ structure: Structure, _ features: [Int], dropout: Double) -> HeadPlan {
    let bound = 1 / Double(structure.outputs).squareRoot()
    return HeadPlan(
      name: "classifier", pool: Pool.global,
      body: Sequential([
        Dropout(structure.head.dropout ?? dropout),
        Dense(features[0], structure.outputs, initialization: .uniform(bound: bound)),
      ]))
  }
}
