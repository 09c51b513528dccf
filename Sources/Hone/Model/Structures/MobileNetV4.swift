/// MobileNetV4's convolutional networks (Qin et al., 2024, arXiv:2404.10518), as timm builds and names them: one block whose
/// depthwise convolutions, before the expansion and inside it, may each be left out.
enum MobileNetV4 {
  static let architectures = [("small", small, 32), ("medium", medium, 32), ("large", large, 24)].map {
    size, stages, stem in
    Architecture(
      name: "mobilenet-v4-conv-\(size)", family: "MobileNet", title: "MobileNetV4 conv, \(size)",
      source: "arXiv:2404.10518; names as timm's",
      input: InputSpec(side: size == "small" ? 224 : size == "medium" ? 256 : 384), options: ["width", "stem"],
      trunk: { trunk($0, stages, stem: stem) }, top: top)
  }

  private enum Block: Sendable {
    case convolution(Int, kernel: Int = 1, stride: Int = 1)
    /// One full convolution that expands, one that projects.
    case fused(Int, expansion: Int)
    /// Depthwise kernels before the expansion and inside it; 0 for none.
    case universal(Int, start: Int, inside: Int, stride: Int = 1, expansion: Int)
  }

  private static let small: [[Block]] = [
    [.convolution(32, kernel: 3, stride: 2), .convolution(32)],
    [.convolution(96, kernel: 3, stride: 2), .convolution(64)],
    [.universal(96, start: 5, inside: 5, stride: 2, expansion: 3)]
      + row(4, .universal(96, start: 0, inside: 3, expansion: 2))
      + [.universal(96, start: 3, inside: 0, expansion: 4)],
    [
      .universal(128, start: 3, inside: 3, stride: 2, expansion: 6), .universal(128, start: 5, inside: 5, expansion: 4),
      .universal(128, start: 0, inside: 5, expansion: 4), .universal(128, start: 0, inside: 5, expansion: 3),
    ] + row(2, .universal(128, start: 0, inside: 3, expansion: 4)), [.convolution(960)],
  ]

  private static let medium: [[Block]] = [
    [.fused(48, expansion: 4)],
    [.universal(80, start: 3, inside: 5, stride: 2, expansion: 4), .universal(80, start: 3, inside: 3, expansion: 2)],
    [.universal(160, start: 3, inside: 5, stride: 2, expansion: 6)]
      + row(2, .universal(160, start: 3, inside: 3, expansion: 4)) + [
        .universal(160, start: 3, inside: 5, expansion: 4), .universal(160, start: 3, inside: 3, expansion: 4),
        .universal(160, start: 3, inside: 0, expansion: 4), .universal(160, start: 0, inside: 0, expansion: 2),
        .universal(160, start: 3, inside: 0, expansion: 4),
      ],
    [
      .universal(256, start: 5, inside: 5, stride: 2, expansion: 6), .universal(256, start: 5, inside: 5, expansion: 4),
    ] + row(2, .universal(256, start: 3, inside: 5, expansion: 4)) + [
      .universal(256, start: 0, inside: 0, expansion: 4), .universal(256, start: 3, inside: 0, expansion: 4),
      .universal(256, start: 3, inside: 5, expansion: 2), .universal(256, start: 5, inside: 5, expansion: 4),
    ] + row(2, .universal(256, start: 0, inside: 0, expansion: 4)) + [
      .universal(256, start: 5, inside: 0, expansion: 2)
    ], [.convolution(960)],
  ]

  private static let large: [[Block]] = [
    [.fused(48, expansion: 4)],
    [.universal(96, start: 3, inside: 5, stride: 2, expansion: 4), .universal(96, start: 3, inside: 3, expansion: 4)],
    [.universal(192, start: 3, inside: 5, stride: 2, expansion: 4)]
      + row(3, .universal(192, start: 3, inside: 3, expansion: 4)) + [
        .universal(192, start: 3, inside: 5, expansion: 4)
      ]
      + row(5, .universal(192, start: 5, inside: 3, expansion: 4)) + [
        .universal(192, start: 3, inside: 0, expansion: 4)
      ],
    [.universal(512, start: 5, inside: 5, stride: 2, expansion: 4)]
      + row(3, .universal(512, start: 5, inside: 5, expansion: 4)) + [
        .universal(512, start: 5, inside: 0, expansion: 4), .universal(512, start: 5, inside: 3, expansion: 4),
      ] + row(2, .universal(512, start: 5, inside: 0, expansion: 4)) + [
        .universal(512, start: 5, inside: 3, expansion: 4), .universal(512, start: 5, inside: 5, expansion: 4),
      ] + row(3, .universal(512, start: 5, inside: 0, expansion: 4)), [.convolution(960)],
  ]

  private static func row(_ count: Int, _ block: Block) -> [Block] { Array(repeating: block, count: count) }

  private static func trunk(_ structure: Structure, _ stages: [[Block]], stem: Int) -> Sequential {
    var channels = structure.filters(stem)
    let first = structure.hasSmallStem ? 1 : 2
    let start = Brick.unit(
      structure.input.channels, channels, kernel: 3, stride: first, then: .relu, names: ["conv_stem", "bn1", "act1"])
    let blocks = stages.map { stage -> any LayerPlan in
      Sequential(stage.map { plan($0, &channels, structure) })
    }
    let pooled = Brick.unit(channels, 1280, then: .relu, names: ["conv_head", "norm_head", "act2"])
    return Sequential(
      start.parts + [("blocks", Sequential(blocks)), ("global_pool", Pool.adaptiveAverage(1))] + pooled.parts)
  }

  private static func plan(_ block: Block, _ channels: inout Int, _ structure: Structure) -> any LayerPlan {
    let before = channels
    switch block {
    case .convolution(let filters, let kernel, let stride):
      channels = structure.filters(filters)
      return Brick.unit(
        before, channels, kernel: kernel, stride: stride, then: .relu, names: ["conv", "bn1", "act1"])
    case .fused(let filters, let expansion):
      channels = structure.filters(filters)
      let expand = Brick.unit(
        before, before * expansion, kernel: 3, stride: 2, then: .relu, names: ["conv_exp", "bn1", "act1"])
      let project = Brick.unit(before * expansion, channels, then: .identity, names: ["conv_pwl", "bn2", "act2"])
      return Sequential(expand.parts + project.parts)
    case .universal(let filters, let start, let inside, let stride, let expansion):
      channels = structure.filters(filters)
      let body = universal(before, channels, start, inside, stride, Brick.rounded(Double(before * expansion)))
      return stride == 1 && before == channels ? Residual(body) : body
    }
  }

  private static func universal(
    _ channels: Int, _ width: Int, _ start: Int, _ inside: Int, _ stride: Int, _ hidden: Int
  ) -> Sequential {
    func unit(
      _ name: String, _ channels: Int, _ filters: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      then activation: Activation = .identity
    ) -> [NamedPlan] {
      guard kernel > 0 else { return [] }
      let unit = Brick.unit(
        channels, filters, kernel: kernel, stride: stride, groups: groups, then: activation,
        names: ["conv", "bn", "act"])
      return [(name, unit)]
    }
    return Sequential(
      unit("dw_start", channels, channels, kernel: start, stride: inside == 0 ? stride : 1, groups: channels)
        + unit("pw_exp", channels, hidden, then: .relu)
        + unit("dw_mid", hidden, hidden, kernel: inside, stride: stride, groups: hidden, then: .relu)
        + unit("pw_proj", hidden, width))
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(named: "classifier", .torch(features[0], structure.outputs), dropout: structure.head.dropout ?? 0)
  }
}
