/// MNASNet (Tan et al., 2018, arXiv:1807.11626), found by search for a phone's latency; as torchvision builds it.
enum MNASNet {
  static let architectures = [0.5, 0.75, 1, 1.3].map { factor in
    Architecture(
      name: "mnasnet\(factor)", family: "MNASNet", title: "MNASNet, width \(factor)", source: "arXiv:1807.11626",
      options: ["depths", "stem"], trunk: { try trunk($0, factor) }, top: top)
  }

  /// Filters, kernel, stride of the first, expansion.
  private static let stages = [
    (24, 3, 2, 3), (40, 5, 2, 3), (80, 5, 2, 6), (96, 3, 1, 6), (192, 5, 2, 6), (320, 3, 1, 6),
  ]
  private static let norm = BatchNorm(0, momentum: 0.0003)

  private static func trunk(_ structure: Structure, _ factor: Double) throws -> Sequential {
    func scaled(_ filters: Int) -> Int { Brick.rounded(Double(filters) * factor) }
    var channels = scaled(16)
    var layers = start(structure, scaled(32), channels)
    for (stage, count) in try zip(stages, structure.depths([3, 3, 3, 2, 4, 1])) {
      let (filters, kernel, stride, expansion) = stage
      let width = scaled(filters)
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = width }
        return block(channels, width, kernel, stride: index == 0 ? stride : 1, hidden: channels * expansion)
      }
      layers.append(Sequential(blocks))
    }
    return Sequential([("layers", Sequential(layers + flat(Brick.unit(channels, 1280, then: .relu, norm: norm))))])
  }

  private static func start(_ structure: Structure, _ stem: Int, _ width: Int) -> [any LayerPlan] {
    let stride = structure.hasSmallStem ? 1 : 2
    return flat(Brick.unit(structure.input.channels, stem, kernel: 3, stride: stride, then: .relu, norm: norm))
      + flat(Brick.unit(stem, stem, kernel: 3, groups: stem, then: .relu, norm: norm))
      + flat(Brick.unit(stem, width, then: .identity, norm: norm))
  }

  private static func block(
    _ channels: Int, _ width: Int, _ kernel: Int, stride: Int, hidden: Int
  ) -> any LayerPlan {
    let layers =
      flat(Brick.unit(channels, hidden, then: .relu, norm: norm))
      + flat(Brick.unit(hidden, hidden, kernel: kernel, stride: stride, groups: hidden, then: .relu, norm: norm))
      + flat(Brick.unit(hidden, width, then: .identity, norm: norm))
    let body = Sequential([("layers", Sequential(layers))])
    return stride == 1 && channels == width ? Residual(body) : body
  }

  /// The unit's layers, to be numbered with others.
  private static func flat(_ unit: Sequential) -> [any LayerPlan] { unit.parts.map(\.plan) }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    HeadPlan(
      name: "classifier", pool: Pool.global,
      body: Sequential([
        Dropout(structure.head.dropout ?? 0.2),
        Dense(features[0], structure.outputs, initialization: .normal(deviation: 0.01)),
      ]))
  }
}
