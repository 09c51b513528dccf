/// Residual networks (He et al., 2015, arXiv:1512.03385) for photographs, as torchvision builds and begins them: the
/// stride of a bottleneck lies on its 3×3 convolution.
enum ResNet {
  static let architectures = [
    (18, [2, 2, 2, 2], false), (34, [3, 4, 6, 3], false), (50, [3, 4, 6, 3], true), (101, [3, 4, 23, 3], true),
    (152, [3, 8, 36, 3], true),
  ].map { depth, repeats, bottleneck in
    Architecture(
      name: "resnet\(depth)", title: "ResNet-\(depth)", source: "arXiv:1512.03385", options: ["stem"],
      trunk: { trunk($0, repeats, bottleneck: bottleneck) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ repeats: [Int], bottleneck: Bool) -> Sequential {
    var parts = stem(structure)
    var channels = 64
    for (stage, count) in repeats.enumerated() {
      let width = 64 << stage
      let output = bottleneck ? 4 * width : width
      let blocks = (0..<count).map { index -> any LayerPlan in
        let stride = stage > 0 && index == 0 ? 2 : 1
        defer { channels = output }
        return block(channels, width, output, stride: stride, bottleneck: bottleneck)
      }
      parts.append(("layer\(stage + 1)", Sequential(blocks)))
    }
    return Sequential(parts)
  }

  private static func stem(_ structure: Structure) -> [(name: String, plan: any LayerPlan)] {
    let small = structure.options.stem == .small
    let kernel = small ? 3 : 7
    let start: [(name: String, plan: any LayerPlan)] = [
      ("conv1", convolution(structure.input.channels, 64, kernel: kernel, stride: small ? 1 : 2)),
      ("bn1", BatchNorm(64)), ("relu", Activation.relu),
    ]
    return small ? start : start + [("maxpool", Pool.max(3, stride: 2, padding: 1))]
  }

  private static func block(
    _ channels: Int, _ width: Int, _ output: Int, stride: Int, bottleneck: Bool
  ) -> Residual {
    let body: [(name: String, plan: any LayerPlan)] =
      bottleneck
      ? [
        ("conv1", convolution(channels, width, kernel: 1)), ("bn1", BatchNorm(width)), ("relu1", Activation.relu),
        ("conv2", convolution(width, width, kernel: 3, stride: stride)), ("bn2", BatchNorm(width)),
        ("relu2", Activation.relu), ("conv3", convolution(width, output, kernel: 1)), ("bn3", BatchNorm(output)),
      ]
      : [
        ("conv1", convolution(channels, width, kernel: 3, stride: stride)), ("bn1", BatchNorm(width)),
        ("relu1", Activation.relu), ("conv2", convolution(width, output, kernel: 3)), ("bn2", BatchNorm(output)),
      ]
    let projection: (name: String, plan: any LayerPlan) = (
      "downsample", Sequential([convolution(channels, output, kernel: 1, stride: stride), BatchNorm(output)])
    )
    let fits = stride == 1 && channels == output
    return Residual(Sequential(body), shortcut: fits ? nil : projection, activation: .relu)
  }

  static func convolution(_ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1) -> Convolution {
    Convolution(
      channels, filters, kernel: kernel, stride: stride, padding: .pixels(kernel / 2), bias: false,
      initialization: .heNormal(fanOut: true))
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(named: "fc", .torch(features[0], structure.outputs), dropout: structure.head.dropout ?? 0)
  }
}

extension Heads {
  /// A mean over the picture and one dense layer that carries the head's name itself.
  static func single(named name: String, _ dense: Dense, dropout: Double) -> HeadPlan {
    guard dropout > 0 else { return HeadPlan(name: name, pool: Pool.global, body: dense) }
    return HeadPlan(name: name, pool: Pool.global, body: Sequential([Dropout(dropout), dense]))
  }
}

/// The residual networks for 32×32 pictures of the same paper, §4.2, with its parameterless shortcuts (option A), named
/// and begun as in akamaster/pytorch_resnet_cifar10.
enum CIFARResNet {
  static let architectures = [20, 32, 44, 56, 110].map { depth in
    Architecture(
      name: "resnet\(depth)-cifar", title: "ResNet-\(depth) for 32×32 pictures", source: "arXiv:1512.03385, §4.2",
      input: InputSpec(side: 32), trunk: { trunk($0, (depth - 2) / 6) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ count: Int) -> Sequential {
    var parts: [(name: String, plan: any LayerPlan)] = [
      ("conv1", convolution(structure.input.channels, 16)), ("bn1", BatchNorm(16)), ("relu", Activation.relu),
    ]
    var channels = 16
    for (stage, width) in [16, 32, 64].enumerated() {
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = width }
        return block(channels, width, halves: stage > 0 && index == 0)
      }
      parts.append(("layer\(stage + 1)", Sequential(blocks)))
    }
    return Sequential(parts)
  }

  private static func block(_ channels: Int, _ width: Int, halves: Bool) -> Residual {
    Residual(
      Sequential([
        ("conv1", convolution(channels, width, stride: halves ? 2 : 1)), ("bn1", BatchNorm(width)),
        ("relu", Activation.relu), ("conv2", convolution(width, width)), ("bn2", BatchNorm(width)),
      ]),
      shortcut: halves ? ("shortcut", PaddedShortcut(channels: width)) : nil, activation: .relu)
  }

  private static func convolution(_ channels: Int, _ filters: Int, stride: Int = 1) -> Convolution {
    Convolution(
      channels, filters, kernel: 3, stride: stride, padding: .pixels(1), bias: false,
      initialization: .heNormal(fanOut: false))
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let bound = 1 / Double(features[0]).squareRoot()
    let dense = Dense(
      features[0], structure.outputs, initialization: .heNormal(fanOut: false),
      biasInitialization: .uniform(bound: bound))
    return Heads.single(named: "linear", dense, dropout: structure.head.dropout ?? 0)
  }
}
