/// Residual networks (He et al., 2015, arXiv:1512.03385) for photographs, as torchvision builds and begins them: the
/// stride of a bottleneck lies on its 3×3 convolution. With what grew out of them: wider and grouped bottlenecks, squeeze
/// and excitation, and the -D network, which loses nothing where it halves the picture.
struct ResNet: Sendable {
  var repeats: [Int]
  /// Three convolutions a block, the middle one narrow, rather than two.
  var isBottleneck = false
  var groups = 1
  /// Filters in a group of the middle convolution, where the stage has 64.
  var groupWidth = 64
  var squeezes = false
  /// Three 3×3 convolutions instead of the 7×7 one, and a mean before a shortcut's projection.
  var isD = false

  static let architectures: [Architecture] =
    plain.map { depth, net in net.architecture("resnet\(depth)", "ResNet-\(depth)", "arXiv:1512.03385") }
    + plain.map { depth, net in
      net.with(\.isD, true).architecture("resnet\(depth)-d", "ResNet-\(depth)-D", "arXiv:1812.01187; names as timm's")
    }
    + plain.map { depth, net in
      net.with(\.squeezes, true).architecture(
        "se-resnet\(depth)", "SE-ResNet-\(depth)", "arXiv:1709.01507; names as timm's")
    } + variants

  private static let plain = [
    (18, ResNet(repeats: [2, 2, 2, 2])), (34, ResNet(repeats: [3, 4, 6, 3])),
    (50, ResNet(repeats: [3, 4, 6, 3], isBottleneck: true)), (101, ResNet(repeats: [3, 4, 23, 3], isBottleneck: true)),
    (152, ResNet(repeats: [3, 8, 36, 3], isBottleneck: true)),
  ]

  private static let variants: [Architecture] = [
    ("wide-resnet50-2", "Wide ResNet-50-2", [3, 4, 6, 3], 1, 128, "arXiv:1605.07146"),
    ("wide-resnet101-2", "Wide ResNet-101-2", [3, 4, 23, 3], 1, 128, "arXiv:1605.07146"),
    ("resnext50-32x4d", "ResNeXt-50, 32×4d", [3, 4, 6, 3], 32, 4, "arXiv:1611.05431"),
    ("resnext101-32x8d", "ResNeXt-101, 32×8d", [3, 4, 23, 3], 32, 8, "arXiv:1611.05431"),
    ("resnext101-64x4d", "ResNeXt-101, 64×4d", [3, 4, 23, 3], 64, 4, "arXiv:1611.05431"),
  ].map { name, title, repeats, groups, groupWidth, source in
    ResNet(repeats: repeats, isBottleneck: true, groups: groups, groupWidth: groupWidth)
      .architecture(name, title, source)
  }

  private func with<Value>(_ key: WritableKeyPath<ResNet, Value>, _ value: Value) -> ResNet {
    var net = self
    net[keyPath: key] = value
    return net
  }

  private func architecture(_ name: String, _ title: String, _ source: String) -> Architecture {
    Architecture(
      name: name, family: "ResNet", title: title, source: source, options: ["stem", "widths", "depths"], trunk: trunk,
      top: { Heads.single(named: "fc", .torch($1[0], $0.outputs), dropout: $0.head.dropout ?? 0) })
  }

  @Sendable private func trunk(_ structure: Structure) throws -> Sequential {
    let widths = try structure.widths([64, 128, 256, 512])
    var parts = stem(structure, widths[0])
    var channels = widths[0]
    for (stage, (count, width)) in try zip(structure.depths(repeats), widths).enumerated() {
      let output = isBottleneck ? 4 * width : width
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = output }
        return block(channels, width, output, stride: stage > 0 && index == 0 ? 2 : 1)
      }
      parts.append(("layer\(stage + 1)", Sequential(blocks)))
    }
    return Sequential(parts)
  }

  private func stem(_ structure: Structure, _ width: Int) -> [NamedPlan] {
    let isSmall = structure.hasSmallStem
    let (channels, stride) = (structure.input.channels, isSmall ? 1 : 2)
    let first: any LayerPlan =
      isD
      ? Sequential([
        Brick.convolution(channels, width / 2, kernel: 3, stride: stride), BatchNorm(width / 2), Activation.relu,
        Brick.convolution(width / 2, width / 2, kernel: 3), BatchNorm(width / 2), Activation.relu,
        Brick.convolution(width / 2, width, kernel: 3),
      ])
      : Brick.convolution(channels, width, kernel: isSmall ? 3 : 7, stride: stride)
    let start: [NamedPlan] = [("conv1", first), ("bn1", BatchNorm(width)), ("relu", Activation.relu)]
    return isSmall ? start : start + [("maxpool", Pool.max(3, stride: 2, padding: 1))]
  }

  private func block(_ channels: Int, _ width: Int, _ output: Int, stride: Int) -> Residual {
    let body = isBottleneck ? bottleneck(channels, width, output, stride) : basic(channels, width, stride)
    let gate: [NamedPlan] =
      squeezes ? [("se", Brick.squeezeExcite(output, Brick.rounded(Double(output) / 16)))] : []
    let fits = stride == 1 && channels == output
    return Residual(
      Sequential(body + gate), shortcut: fits ? nil : ("downsample", projection(channels, output, stride)),
      activation: .relu)
  }

  private func basic(_ channels: Int, _ width: Int, _ stride: Int) -> [NamedPlan] {
    [
      ("conv1", Brick.convolution(channels, width, kernel: 3, stride: stride)), ("bn1", BatchNorm(width)),
      ("relu1", Activation.relu), ("conv2", Brick.convolution(width, width, kernel: 3)), ("bn2", BatchNorm(width)),
    ]
  }

  private func bottleneck(_ channels: Int, _ width: Int, _ output: Int, _ stride: Int) -> [NamedPlan] {
    let inner = width * groupWidth / 64 * groups
    return [
      ("conv1", Brick.convolution(channels, inner)), ("bn1", BatchNorm(inner)), ("relu1", Activation.relu),
      ("conv2", Brick.convolution(inner, inner, kernel: 3, stride: stride, groups: groups)), ("bn2", BatchNorm(inner)),
      ("relu2", Activation.relu), ("conv3", Brick.convolution(inner, output)), ("bn3", BatchNorm(output)),
    ]
  }

  private func projection(_ channels: Int, _ output: Int, _ stride: Int) -> Sequential {
    guard isD else { return Brick.unit(channels, output, stride: stride, then: .identity) }
    let halving: [NamedPlan] = stride == 1 ? [] : [("0", Pool.average(2, stride: stride, ceiling: true))]
    return Sequential(halving + [("1", Brick.convolution(channels, output)), ("2", BatchNorm(output))])
  }
}
