/// ShuffleNetV2 (Ma et al., 2018, arXiv:1807.11164), as torchvision builds it: half of the channels pass by each block, and a
/// shuffle mixes the halves.
enum ShuffleNetV2 {
  static let architectures = [
    ("0.5", [48, 96, 192], 1024), ("1.0", [116, 232, 464], 1024), ("1.5", [176, 352, 704], 1024),
    ("2.0", [244, 488, 976], 2048),
  ].map { factor, widths, last in
    Architecture(
      name: "shufflenet-v2-x\(factor)", family: "ShuffleNet", title: "ShuffleNetV2, width \(factor)",
      source: "arXiv:1807.11164", options: ["stem", "widths", "depths"], trunk: { try trunk($0, widths, last) },
      top: { Heads.single(named: "fc", .torch($1[0], $0.outputs), dropout: $0.head.dropout ?? 0) })
  }

  private static func trunk(_ structure: Structure, _ widths: [Int], _ last: Int) throws -> Sequential {
    let isSmall = structure.hasSmallStem
    var channels = 24
    var parts: [NamedPlan] = [
      (
        "conv1",
        Brick.unit(structure.input.channels, channels, kernel: 3, stride: isSmall ? 1 : 2, then: .relu)
      )
    ]
    if !isSmall { parts.append(("maxpool", Pool.max(3, stride: 2, padding: 1))) }
    for (stage, (count, width)) in try zip(structure.depths([4, 8, 4]), structure.widths(widths)).enumerated() {
      guard width % 2 == 0 else { throw structure.invalid("widths", "\(width)", "even, since halves are shuffled") }
      let blocks = (0..<count).map { index -> any LayerPlan in
        defer { channels = width }
        return index == 0 ? halving(channels, width) : keeping(width)
      }
      parts.append(("stage\(stage + 2)", Sequential(blocks)))
    }
    return Sequential(parts + [("conv5", Brick.unit(channels, last, then: .relu))])
  }

  private static func halving(_ channels: Int, _ width: Int) -> Sequential {
    let depthwise = Brick.unit(channels, channels, kernel: 3, stride: 2, groups: channels, then: .identity)
    let pointwise = Brick.unit(channels, width / 2, then: .relu)
    let shortcut = Sequential((depthwise.parts + pointwise.parts).map(\.plan))
    return joined([
      Sequential([("branch1", shortcut)]), Sequential([("branch2", work(channels, width / 2, stride: 2))]),
    ])
  }

  private static func keeping(_ width: Int) -> Sequential {
    let half = width / 2
    return joined([
      Sequential([("", Slice(0..<half))]),
      Sequential([("", Slice(half..<width)), ("branch2", work(half, half, stride: 1))]),
    ])
  }

  private static func joined(_ branches: [Sequential]) -> Sequential {
    Sequential([("", Branches(branches)), ("shuffle", Rearrange.shuffled(groups: 2))])
  }

  private static func work(_ channels: Int, _ width: Int, stride: Int) -> Sequential {
    let units = [
      Brick.unit(channels, width, then: .relu),
      Brick.unit(width, width, kernel: 3, stride: stride, groups: width, then: .identity),
      Brick.unit(width, width, then: .relu),
    ]
    return Sequential(units.flatMap(\.parts).map(\.plan))
  }
}
