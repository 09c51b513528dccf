/// RepVGG (Ding et al., 2021, arXiv:2101.03697), as timm builds and names it: in training each block is a 3×3 convolution, a
/// 1×1 one and the picture itself, each with its norm; for inference they are one 3×3 convolution.
enum RepVGG {
  static let architectures = [
    ("a0", [2, 4, 14, 1], [48, 96, 192, 1280]), ("a1", [2, 4, 14, 1], [64, 128, 256, 1280]),
    ("a2", [2, 4, 14, 1], [96, 192, 384, 1408]), ("b0", [4, 6, 16, 1], [64, 128, 256, 1280]),
    ("b1", [4, 6, 16, 1], [128, 256, 512, 2048]),
  ].map { size, depths, widths in
    Architecture(
      name: "repvgg-\(size)", family: "RepVGG", title: "RepVGG-\(size.uppercased())",
      source: "arXiv:2101.03697; names as timm's", options: ["stem", "widths", "depths"],
      trunk: { try trunk($0, depths, widths) },
      top: { Heads.rep($0, $1) })
  }

  private static func trunk(_ structure: Structure, _ depths: [Int], _ widths: [Int]) throws -> Sequential {
    let widths = try structure.widths(widths)
    var channels = min(64, widths[0])
    let stem = block(structure.input.channels, channels, stride: structure.hasSmallStem ? 1 : 2)
    let stages = try zip(structure.depths(depths), widths).map { count, width -> any LayerPlan in
      Sequential(
        (0..<count).map { index -> any LayerPlan in
          defer { channels = width }
          return block(channels, width, stride: index == 0 ? 2 : 1)
        })
    }
    return Sequential([("stem", stem), ("stages", Sequential(stages))])
  }

  private static func block(_ channels: Int, _ width: Int, stride: Int) -> Sequential {
    let identity: [ParallelConvolutions.Branch] = channels == width && stride == 1 ? [("identity", nil)] : []
    let sum = ParallelConvolutions(
      width,
      identity + [
        ("conv_kxk", Brick.convolution(channels, width, kernel: 3, stride: stride)),
        ("conv_1x1", Brick.convolution(channels, width, stride: stride)),
      ])
    return Sequential([("", sum), ("act", Activation.relu)])
  }
}

/// MobileOne (Vasu et al., 2022, arXiv:2206.04040), as timm builds and names it: depthwise and pointwise convolutions, each of
/// several branches in training and of one for inference.
enum MobileOne {
  static let architectures = [
    ("s0", [48, 128, 256, 1024], 4), ("s1", [96, 192, 512, 1280], 1), ("s2", [96, 256, 640, 2048], 1),
    ("s3", [128, 320, 768, 2048], 1),
  ].map { size, widths, branches in
    Architecture(
      name: "mobileone-\(size)", family: "MobileOne", title: "MobileOne-\(size.uppercased())",
      source: "arXiv:2206.04040; names as timm's", options: ["stem", "widths", "depths"],
      trunk: { try trunk($0, widths, branches: branches) }, top: { Heads.rep($0, $1) })
  }

  private static func trunk(_ structure: Structure, _ widths: [Int], branches: Int) throws -> Sequential {
    let widths = try structure.widths(widths)
    var channels = min(64, widths[0])
    let first = structure.hasSmallStem ? 1 : 2
    let stem = block(structure.input.channels, channels, kernel: 3, stride: first, groups: 1, branches: 1)
    let stages = try zip(structure.depths([2, 8, 10, 1]), widths).map { count, width -> any LayerPlan in
      Sequential(
        (0..<count).flatMap { index -> [any LayerPlan] in
          defer { channels = width }
          return [
            block(channels, channels, kernel: 3, stride: index == 0 ? 2 : 1, groups: channels, branches: branches),
            block(channels, width, kernel: 1, stride: 1, groups: 1, branches: branches),
          ]
        })
    }
    return Sequential([("stem", stem), ("stages", Sequential(stages))])
  }

  private static func block(
    _ channels: Int, _ width: Int, kernel: Int, stride: Int, groups: Int, branches: Int
  ) -> Sequential {
    func convolution(_ kernel: Int) -> Convolution {
      Brick.convolution(channels, width, kernel: kernel, stride: stride, groups: groups)
    }
    let identity: [ParallelConvolutions.Branch] = channels == width && stride == 1 ? [("identity", nil)] : []
    let several: [ParallelConvolutions.Branch] = (0..<branches).map { ("conv_kxk.\($0)", convolution(kernel)) }
    let scale: [ParallelConvolutions.Branch] = kernel > 1 ? [("conv_scale", convolution(1))] : []
    return Sequential([("", ParallelConvolutions(width, identity + several + scale)), ("act", Activation.relu)])
  }
}

extension Heads {
  /// The top of both.
  fileprivate static func rep(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let chance = structure.head.dropout ?? 0
    let dropout: [NamedPlan] = chance > 0 ? [("drop", Dropout(chance))] : []
    let dense = Dense(features[0], structure.outputs, initialization: .normal(deviation: 0.01))
    return HeadPlan(name: "head", pool: Pool.global, body: Sequential(dropout + [("fc", dense)]))
  }
}
