/// Densely connected networks (Huang et al., 2016, arXiv:1608.06993), as torchvision builds and begins them: every layer
/// sees the channels of all before it.
enum DenseNet {
  static let architectures = [
    (121, [6, 12, 24, 16], 32, 64), (161, [6, 12, 36, 24], 48, 96), (169, [6, 12, 32, 32], 32, 64),
    (201, [6, 12, 48, 32], 32, 64),
  ].map { depth, layers, growth, start in
    Architecture(
      name: "densenet\(depth)", family: "DenseNet", title: "DenseNet-\(depth)", source: "arXiv:1608.06993",
      options: ["stem", "depths"], dialects: [.kerasDenseNet],
      trunk: { try trunk($0, layers, growth: growth, start: start) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ layers: [Int], growth: Int, start: Int) throws -> Sequential {
    var parts = stem(structure, start)
    var channels = start
    let depths = try structure.depths(layers)
    for (stage, count) in depths.enumerated() {
      parts.append(("denseblock\(stage + 1)", block(channels, count, growth)))
      channels += count * growth
      if stage < depths.count - 1 {
        parts.append(("transition\(stage + 1)", transition(channels)))
        channels /= 2
      }
    }
    let end: [NamedPlan] = [("norm5", BatchNorm(channels)), ("relu5", Activation.relu)]
    return Sequential([("features", Sequential(parts + end))])
  }

  private static func stem(_ structure: Structure, _ width: Int) -> [NamedPlan] {
    let isSmall = structure.hasSmallStem
    let convolution = Brick.convolution(
      structure.input.channels, width, kernel: isSmall ? 3 : 7, stride: isSmall ? 1 : 2)
    let parts: [NamedPlan] = [("conv0", convolution), ("norm0", BatchNorm(width)), ("relu0", Activation.relu)]
    return isSmall ? parts : parts + [("pool0", Pool.max(3, stride: 2, padding: 1))]
  }

  private static func block(_ channels: Int, _ count: Int, _ growth: Int) -> Sequential {
    Sequential(
      (0..<count).map { index -> NamedPlan in
        let seen = channels + index * growth
        return ("denselayer\(index + 1)", Branches([Sequential([NamedPlan]()), layer(seen, growth)]))
      })
  }

  private static func layer(_ channels: Int, _ growth: Int) -> Sequential {
    Sequential([
      ("norm1", BatchNorm(channels)), ("relu1", Activation.relu), ("conv1", Brick.convolution(channels, 4 * growth)),
      ("norm2", BatchNorm(4 * growth)), ("relu2", Activation.relu),
      ("conv2", Brick.convolution(4 * growth, growth, kernel: 3)),
    ])
  }

  private static func transition(_ channels: Int) -> Sequential {
    Sequential([
      ("norm", BatchNorm(channels)), ("relu", Activation.relu), ("conv", Brick.convolution(channels, channels / 2)),
      ("pool", Pool.average(2, stride: 2)),
    ])
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(named: "classifier", .torch(features[0], structure.outputs), dropout: structure.head.dropout ?? 0)
  }
}
