/// MobileNetV1 (Howard et al., 2017, arXiv:1704.04861): a depthwise convolution and a pointwise one, again and again. As timm
/// builds and names it.
enum MobileNetV1 {
  static let architecture = Architecture(
    name: "mobilenet-v1", family: "MobileNet", title: "MobileNetV1", source: "arXiv:1704.04861; names as timm's",
    options: ["width", "stem", "depths", "padding"], dialects: [.kerasMobileNetV1(depths)], trunk: trunk, top: top)

  private static let depths = [1, 2, 2, 6, 2]

  /// Filters and stride of each stage.
  private static let stages = [(64, 1), (128, 2), (256, 2), (512, 2), (1024, 2)]

  @Sendable private static func trunk(_ structure: Structure) throws -> Sequential {
    var channels = structure.filters(32)
    let first = structure.hasSmallStem ? 1 : 2
    let same = structure.options.padding == .tensorflow
    let stem: [NamedPlan] = [
      ("conv_stem", Brick.convolution(structure.input.channels, channels, kernel: 3, stride: first, same: same)),
      ("bn1", BatchNorm(channels)), ("act1", Activation.relu6),
    ]
    let blocks = try zip(stages, structure.depths(depths)).map { stage, count -> any LayerPlan in
      let width = structure.filters(stage.0)
      return Sequential(
        (0..<count).map { index -> any LayerPlan in
          defer { channels = width }
          return block(channels, width, stride: index == 0 ? stage.1 : 1, same: same)
        })
    }
    return Sequential(stem + [("blocks", Sequential(blocks))])
  }

  private static func block(_ channels: Int, _ width: Int, stride: Int, same: Bool) -> Sequential {
    let depthwise = Brick.unit(
      channels, channels, kernel: 3, stride: stride, groups: channels, then: .relu6, names: ["conv_dw", "bn1", "act1"],
      same: same)
    let pointwise = Brick.unit(channels, width, then: .relu6, names: ["conv_pw", "bn2", "act2"])
    return Sequential(depthwise.parts + pointwise.parts)
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(named: "classifier", .torch(features[0], structure.outputs), dropout: structure.head.dropout ?? 0)
  }
}
