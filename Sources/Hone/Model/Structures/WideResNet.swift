/// Wide residual networks for 32×32 pictures (Zagoruyko & Komodakis, 2016, arXiv:1605.07146): pre-activation blocks, few of
/// them, each `factor` times as wide.
enum WideResNet {
  static let architectures = [(16, 4), (16, 8), (28, 10), (40, 2), (40, 4)].map { depth, factor in
    Architecture(
      name: "wrn\(depth)-\(factor)", family: "ResNet", title: "Wide ResNet-\(depth)-\(factor) for 32×32 pictures",
      source: "arXiv:1605.07146", input: InputSpec(side: 32), options: ["widths", "depths"],
      trunk: { try trunk($0, (depth - 4) / 6, factor) },
      top: { Heads.single(named: "fc", .torch($1[0], $0.outputs), dropout: $0.head.dropout ?? 0) })
  }

  private static func trunk(_ structure: Structure, _ count: Int, _ factor: Int) throws -> Sequential {
    let widths = try structure.widths([16, 32, 64].map { $0 * factor })
    var channels = 16
    var parts: [NamedPlan] = [("conv1", Brick.convolution(structure.input.channels, channels, kernel: 3))]
    for (stage, (count, width)) in try zip(structure.depths([count, count, count]), widths).enumerated() {
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = width }
        return block(channels, width, stride: stage > 0 && index == 0 ? 2 : 1)
      }
      parts.append(("block\(stage + 1)", Sequential([("layer", Sequential(blocks))])))
    }
    return Sequential(parts + [("bn1", BatchNorm(channels)), ("relu", Activation.relu)])
  }

  private static func block(_ channels: Int, _ width: Int, stride: Int) -> any LayerPlan {
    let start: [NamedPlan] = [("bn1", BatchNorm(channels)), ("relu1", Activation.relu)]
    let body: [NamedPlan] = [
      ("conv1", Brick.convolution(channels, width, kernel: 3, stride: stride)), ("bn2", BatchNorm(width)),
      ("relu2", Activation.relu), ("conv2", Brick.convolution(width, width, kernel: 3)),
    ]
    guard stride > 1 || channels != width else { return Residual(Sequential(start + body)) }
    let shortcut: NamedPlan = ("convShortcut", Brick.convolution(channels, width, stride: stride))
    return Sequential(start + [("", Residual(Sequential(body), shortcut: shortcut))])
  }
}
