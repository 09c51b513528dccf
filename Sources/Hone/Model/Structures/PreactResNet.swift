/// Residual networks whose norms and activations come before the convolutions (He et al., 2016, arXiv:1603.05027), so that
/// the sum passes from block to block untouched. As timm builds and names them (`resnetv2`).
enum PreactResNet {
  static let architectures = [
    (18, [2, 2, 2, 2], false), (34, [3, 4, 6, 3], false), (50, [3, 4, 6, 3], true), (101, [3, 4, 23, 3], true),
  ].map { depth, repeats, bottleneck in
    Architecture(
      name: "resnet-v2-\(depth)", family: "ResNet", title: "ResNet-\(depth), pre-activation",
      source: "arXiv:1603.05027; names as timm's", options: ["stem", "widths", "depths"],
      trunk: { try trunk($0, repeats, bottleneck: bottleneck) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ repeats: [Int], bottleneck: Bool) throws -> Sequential {
    let widths = try structure.widths([64, 128, 256, 512])
    var channels = widths[0]
    let stages = try zip(structure.depths(repeats), widths).enumerated().map { stage, shape -> NamedPlan in
      let (count, width) = shape
      let output = bottleneck ? 4 * width : width
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = output }
        let projects = index == 0 && (bottleneck || stage > 0 || channels != output)
        return block(
          channels, width, output, stride: stage > 0 && index == 0 ? 2 : 1, bottleneck: bottleneck, projects: projects)
      }
      return ("stages.\(stage)", Sequential([("blocks", Sequential(blocks))]))
    }
    let end: [NamedPlan] = [("norm", BatchNorm(channels)), ("act", Activation.relu)]
    return Sequential(stem(structure, widths[0]) + stages + end)
  }

  private static func stem(_ structure: Structure, _ width: Int) -> [NamedPlan] {
    let isSmall = structure.hasSmallStem
    let convolution = Brick.convolution(
      structure.input.channels, width, kernel: isSmall ? 3 : 7, stride: isSmall ? 1 : 2)
    let start: [NamedPlan] = [("stem.conv", convolution)]
    return isSmall ? start : start + [("stem.pool", Pool.max(3, stride: 2, padding: 1))]
  }

  private static func block(
    _ channels: Int, _ width: Int, _ output: Int, stride: Int, bottleneck: Bool, projects: Bool
  ) -> any LayerPlan {
    let start: [NamedPlan] = [("norm1", BatchNorm(channels)), ("act1", Activation.relu)]
    let body: [NamedPlan] =
      bottleneck
      ? [
        ("conv1", Brick.convolution(channels, width)), ("norm2", BatchNorm(width)), ("act2", Activation.relu),
        ("conv2", Brick.convolution(width, width, kernel: 3, stride: stride)), ("norm3", BatchNorm(width)),
        ("act3", Activation.relu), ("conv3", Brick.convolution(width, output)),
      ]
      : [
        ("conv1", Brick.convolution(channels, width, kernel: 3, stride: stride)), ("norm2", BatchNorm(width)),
        ("act2", Activation.relu), ("conv2", Brick.convolution(width, output, kernel: 3)),
      ]
    guard projects else { return Residual(Sequential(start + body)) }
    let shortcut: NamedPlan = ("downsample.conv", Brick.convolution(channels, output, stride: stride))
    return Sequential(start + [("", Residual(Sequential(body), shortcut: shortcut))])
  }

  /// timm's last layer is a 1×1 convolution.
  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let chance = structure.head.dropout ?? 0
    let dropout: [NamedPlan] = chance > 0 ? [("drop", Dropout(chance))] : []
    let output = Convolution(
      features[0], structure.outputs, kernel: 1, initialization: .normal(deviation: 0.01))
    return HeadPlan(
      name: "head", pool: Pool.adaptiveAverage(1),
      body: Sequential(dropout + [("fc", output), ("flatten", Flatten.channelsFirst)]))
  }
}
