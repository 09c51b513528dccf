/// ConvNeXt (Liu et al., 2022, arXiv:2201.03545): convolutional networks built as transformers are. As timm builds and names
/// them; below tiny the block's two dense layers are 1×1 convolutions.
enum ConvNeXt {
  static let architectures = [
    ("atto", [2, 2, 6, 2], [40, 80, 160, 320]), ("femto", [2, 2, 6, 2], [48, 96, 192, 384]),
    ("pico", [2, 2, 6, 2], [64, 128, 256, 512]), ("nano", [2, 2, 8, 2], [80, 160, 320, 640]),
    ("tiny", [3, 3, 9, 3], [96, 192, 384, 768]),
  ].map { size, depths, widths in
    Architecture(
      name: "convnext-\(size)", family: "ConvNeXt", title: "ConvNeXt-\(size)",
      source: "arXiv:2201.03545; names as timm's", options: ["stem", "widths", "depths"], dropPath: 0.1,
      dialects: [.torchvisionConvNeXt], trunk: { try trunk($0, depths, widths, isDense: size == "tiny") }, top: top)
  }

  private static let start = Initialization.normal(deviation: 0.02)

  private static func trunk(
    _ structure: Structure, _ depths: [Int], _ widths: [Int], isDense: Bool
  ) throws -> Sequential {
    let widths = try structure.widths(widths)
    let patch = structure.hasSmallStem ? 1 : 4
    var channels = widths[0]
    let stem = Sequential([
      convolution(structure.input.channels, channels, kernel: patch, stride: patch),
      LayerNorm(channels, over: .channels),
    ])
    let stages = try zip(structure.depths(depths), widths).enumerated().map { stage, shape -> any LayerPlan in
      let (count, width) = shape
      defer { channels = width }
      let halving: [NamedPlan] =
        stage == 0
        ? []
        : [
          (
            "downsample",
            Sequential([LayerNorm(channels, over: .channels), convolution(channels, width, kernel: 2, stride: 2)])
          )
        ]
      let blocks = Sequential((0..<count).map { _ in block(width, isDense: isDense) })
      return Sequential(halving + [("blocks", blocks)])
    }
    return Sequential([("stem", stem), ("stages", Sequential(stages))])
  }

  private static func block(_ width: Int, isDense: Bool) -> Residual {
    let depthwise: NamedPlan = (
      "conv_dw", convolution(width, width, kernel: 7, stride: 1, padding: 3, groups: width)
    )
    let work: [NamedPlan] =
      isDense
      ? [
        ("", Rearrange.channelsLast), ("norm", LayerNorm(width)), ("mlp", Brick.mlp(width, 4 * width, start)),
        ("", Rearrange.channelsFirst),
      ]
      : [("norm", LayerNorm(width, over: .channels)), ("mlp", pointwise(width))]
    return Residual(Sequential([depthwise] + work + [("", LayerScale(width))]))
  }

  private static func pointwise(_ width: Int) -> Sequential {
    Sequential([
      ("fc1", convolution(width, 4 * width, kernel: 1, stride: 1)), ("act", Activation.gelu),
      ("fc2", convolution(4 * width, width, kernel: 1, stride: 1)),
    ])
  }

  private static func convolution(
    _ channels: Int, _ filters: Int, kernel: Int, stride: Int, padding: Int = 0, groups: Int = 1
  ) -> Convolution {
    Convolution(
      channels, filters, kernel: kernel, stride: stride, padding: .pixels(padding), groups: groups,
      initialization: start)
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let chance = structure.head.dropout ?? 0
    let dropout: [NamedPlan] = chance > 0 ? [("drop", Dropout(chance))] : []
    let output = Dense(features[0], structure.outputs, initialization: start)
    return HeadPlan(
      name: "head", pool: Pool.global,
      body: Sequential([("norm", LayerNorm(features[0]))] + dropout + [("fc", output)]))
  }
}
