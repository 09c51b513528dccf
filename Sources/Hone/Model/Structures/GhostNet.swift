/// GhostNet (Han et al., 2019, arXiv:1911.11907), as timm builds and names it: half of the channels are computed, the other
/// half are cheap copies of them.
enum GhostNet {
  static let architectures = [(50, 0.5), (100, 1.0), (130, 1.3)].map { percent, factor in
    Architecture(
      name: "ghostnet-\(percent < 100 ? "0" : "")\(percent)", family: "GhostNet", title: "GhostNet, width \(factor)",
      source: "arXiv:1911.11907; names as timm's", options: ["stem"], trunk: { trunk($0, factor) }, top: top)
  }

  private struct Block: Sendable {
    var kernel: Int
    var hidden: Int
    var filters: Int
    var squeezes = false
    var stride = 1
  }

  private static let stages = [
    [Block(kernel: 3, hidden: 16, filters: 16)], [Block(kernel: 3, hidden: 48, filters: 24, stride: 2)],
    [Block(kernel: 3, hidden: 72, filters: 24)],
    [Block(kernel: 5, hidden: 72, filters: 40, squeezes: true, stride: 2)],
    [Block(kernel: 5, hidden: 120, filters: 40, squeezes: true)],
    [Block(kernel: 3, hidden: 240, filters: 80, stride: 2)],
    [
      Block(kernel: 3, hidden: 200, filters: 80), Block(kernel: 3, hidden: 184, filters: 80),
      Block(kernel: 3, hidden: 184, filters: 80), Block(kernel: 3, hidden: 480, filters: 112, squeezes: true),
      Block(kernel: 3, hidden: 672, filters: 112, squeezes: true),
    ], [Block(kernel: 5, hidden: 672, filters: 160, squeezes: true, stride: 2)],
    [
      Block(kernel: 5, hidden: 960, filters: 160), Block(kernel: 5, hidden: 960, filters: 160, squeezes: true),
      Block(kernel: 5, hidden: 960, filters: 160), Block(kernel: 5, hidden: 960, filters: 160, squeezes: true),
    ],
  ]

  private static func trunk(_ structure: Structure, _ factor: Double) -> Sequential {
    func scaled(_ filters: Int) -> Int { Brick.rounded(Double(filters) * factor, to: 4) }
    var channels = scaled(16)
    let first = structure.hasSmallStem ? 1 : 2
    let stem = Brick.unit(
      structure.input.channels, channels, kernel: 3, stride: first, then: .relu, names: ["conv_stem", "bn1", "act1"])
    let blocks = stages.map { stage -> any LayerPlan in
      Sequential(
        stage.map { block -> any LayerPlan in
          defer { channels = scaled(block.filters) }
          return plan(block, channels, scaled(block.hidden), scaled(block.filters))
        })
    }
    let width = scaled(960)
    let last = Sequential([Brick.unit(channels, width, then: .relu, names: ["conv", "bn1", "act1"])])
    return Sequential(
      stem.parts + [
        ("blocks", Sequential(blocks + [last])), ("global_pool", Pool.adaptiveAverage(1)),
        ("conv_head", Brick.pointwise(width, 1280)), ("act2", Activation.relu),
      ])
  }

  private static func plan(_ block: Block, _ channels: Int, _ hidden: Int, _ width: Int) -> Residual {
    var parts: [NamedPlan] = [("ghost1", ghost(channels, hidden, then: .relu))]
    if block.stride > 1 {
      parts +=
        Brick.unit(
          hidden, hidden, kernel: block.kernel, stride: block.stride, groups: hidden, then: .identity,
          names: ["conv_dw", "bn_dw", ""]
        ).parts
    }
    if block.squeezes {
      let squeezed = Brick.rounded(Double(hidden) / 4, to: 4)
      let gate = Brick.squeezeExcite(hidden, squeezed, gate: .hardSigmoid, names: ["conv_reduce", "conv_expand"])
      parts.append(("se", gate))
    }
    parts.append(("ghost2", ghost(hidden, width, then: .identity)))
    let fits = block.stride == 1 && channels == width
    return Residual(Sequential(parts), shortcut: fits ? nil : ("shortcut", shortcut(block, channels, width)))
  }

  private static func shortcut(_ block: Block, _ channels: Int, _ width: Int) -> Sequential {
    let depthwise = Brick.unit(
      channels, channels, kernel: block.kernel, stride: block.stride, groups: channels, then: .identity)
    return Sequential((depthwise.parts + Brick.unit(channels, width, then: .identity).parts).map(\.plan))
  }

  private static func ghost(_ channels: Int, _ width: Int, then activation: Activation) -> Sequential {
    let half = (width + 1) / 2
    let cheap = Brick.unit(half, half, kernel: 3, groups: half, then: activation)
    let both = Branches([Sequential([NamedPlan]()), Sequential([("cheap_operation", cheap)])])
    let extra: [NamedPlan] = width % 2 == 0 ? [] : [("", Slice(0..<width))]
    return Sequential([("primary_conv", Brick.unit(channels, half, then: activation)), ("", both)] + extra)
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(named: "classifier", .torch(features[0], structure.outputs), dropout: structure.head.dropout ?? 0.2)
  }
}
