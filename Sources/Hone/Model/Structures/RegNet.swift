/// Networks from a designed space (Radosavovic et al., 2020, arXiv:2003.13678), as torchvision builds them: X are grouped
/// bottlenecks, Y have squeeze and excitation too.
enum RegNet {
  static let architectures = [
    ("x", "400mf", [1, 2, 7, 12], [32, 64, 160, 400], 16), ("x", "800mf", [1, 3, 7, 5], [64, 128, 288, 672], 16),
    ("x", "1.6gf", [2, 4, 10, 2], [72, 168, 408, 912], 24), ("x", "3.2gf", [2, 6, 15, 2], [96, 192, 432, 1008], 48),
    ("y", "400mf", [1, 3, 6, 6], [48, 104, 208, 440], 8), ("y", "800mf", [1, 3, 8, 2], [64, 144, 320, 784], 16),
    ("y", "1.6gf", [2, 6, 17, 2], [48, 120, 336, 888], 24), ("y", "3.2gf", [2, 5, 13, 1], [72, 216, 576, 1512], 24),
  ].map { kind, size, depths, widths, groupWidth in
    Architecture(
      name: "regnet-\(kind)-\(size)", family: "RegNet", title: "RegNet\(kind.uppercased())-\(size.uppercased())",
      source: "arXiv:2003.13678", options: ["stem", "widths", "depths"],
      trunk: { try trunk($0, depths, widths, groupWidth, squeezes: kind == "y") }, top: top)
  }

  private static func trunk(
    _ structure: Structure, _ depths: [Int], _ widths: [Int], _ groupWidth: Int, squeezes: Bool
  ) throws -> Sequential {
    var channels = 32
    let stem = Brick.unit(
      structure.input.channels, channels, kernel: 3, stride: structure.hasSmallStem ? 1 : 2, then: .relu)
    let stages = try zip(structure.depths(depths), structure.widths(widths)).enumerated().map { stage, shape in
      let (count, width) = shape
      guard width % groupWidth == 0 else {
        throw structure.invalid("widths", "\(width)", "multiples of \(groupWidth), its groups' width")
      }
      let blocks = (0..<count).map { index -> NamedPlan in
        defer { channels = width }
        let block = block(
          channels, width, stride: index == 0 ? 2 : 1, groups: width / groupWidth, squeezed: squeezes ? channels : nil)
        return ("block\(stage + 1)-\(index)", block)
      }
      return ("block\(stage + 1)", Sequential(blocks)) as NamedPlan
    }
    return Sequential([("stem", stem), ("trunk_output", Sequential(stages))])
  }

  /// - Parameter squeezed: the channels of which squeeze and excitation keeps a quarter; nil for none.
  private static func block(
    _ channels: Int, _ width: Int, stride: Int, groups: Int, squeezed: Int?
  ) -> Residual {
    let gate: [NamedPlan] =
      squeezed.map { channels in
        [("se", Brick.squeezeExcite(width, Int((Double(channels) / 4).rounded(.toNearestOrEven))))]
      } ?? []
    let body =
      [
        ("a", Brick.unit(channels, width, then: .relu)),
        ("b", Brick.unit(width, width, kernel: 3, stride: stride, groups: groups, then: .relu)),
      ] + gate + [("c", Brick.unit(width, width, then: .identity))]
    let fits = stride == 1 && channels == width
    return Residual(
      Sequential([("f", Sequential(body))]),
      shortcut: fits ? nil : ("proj", Brick.unit(channels, width, stride: stride, then: .identity)), activation: .relu)
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(
      named: "fc", Dense(features[0], structure.outputs, initialization: .normal(deviation: 0.01)),
      dropout: structure.head.dropout ?? 0)
  }
}
