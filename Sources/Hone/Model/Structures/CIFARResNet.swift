/// The residual networks for 32×32 pictures of the same paper, §4.2, with its parameterless shortcuts (option A), named
/// and begun as in akamaster/pytorch_resnet_cifar10.
enum CIFARResNet {
  static let architectures = [20, 32, 44, 56, 110].map { depth in
    Architecture(
      name: "resnet\(depth)-cifar", family: "ResNet", title: "ResNet-\(depth) for 32×32 pictures",
      source: "arXiv:1512.03385, §4.2",
      input: InputSpec(side: 32), trunk: { trunk($0, (depth - 2) / 6) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ count: Int) -> Sequential {
    var parts: [NamedPlan] = [
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
