import HoneAugment

/// Vision transformers (Dosovitskiy et al., 2020, arXiv:2010.11929): the picture as a sequence of patches. As timm builds and
/// names them. DeiT (Touvron et al., 2020, arXiv:2012.12877) is the same network, trained so that it needs no more than
/// ImageNet: its drop-path and normalization are the customary ones here.
enum VisionTransformer {
  static let architectures =
    sizes.map { size, width, heads in
      architecture("vit-\(size)", "ViT-\(size)", "arXiv:2010.11929", .half, 0, width, heads)
    }
    + sizes.map { size, width, heads in
      architecture("deit-\(size)", "DeiT-\(size)", "arXiv:2012.12877", .imageNet, 0.1, width, heads)
    }

  private static let sizes = [("tiny", 192, 3), ("small", 384, 6), ("base", 768, 12)]

  private static func architecture(
    _ name: String, _ title: String, _ source: String, _ normalization: Normalization, _ dropPath: Double,
    _ width: Int, _ heads: Int
  ) -> Architecture {
    Architecture(
      name: name, family: "Transformer", title: title + ", patches of 16", source: source + "; names as timm's",
      normalization: normalization, options: ["depths", "patch"], dropPath: dropPath,
      dialects: [.torchvisionTransformer], trunk: { try trunk($0, width, heads) }, top: top)
  }

  private static let start = Initialization.normal(deviation: 0.02)

  private static func trunk(_ structure: Structure, _ width: Int, _ heads: Int) throws -> Sequential {
    let (patches, count) = try Patches.plan(structure, width, standard: 16)
    let blocks = Sequential(
      (0..<(try structure.depths([12])[0])).map { _ -> any LayerPlan in
        let attention = Sequential([
          ("norm1", LayerNorm(width)),
          (
            "attn",
            Sequential([
              ("qkv", Dense(width, 3 * width, initialization: start)), ("", SelfAttention(heads: heads)),
              ("proj", Dense(width, width, initialization: start)),
            ])
          ),
        ])
        let mlp = Sequential([("norm2", LayerNorm(width)), ("mlp", Brick.mlp(width, 4 * width, start))])
        return Sequential([("", Residual(attention)), ("", Residual(mlp))])
      })
    return Sequential([
      ("patch_embed", patches), ("", ClassToken(width)), ("", PositionEmbedding(count + 1, width)),
      ("blocks", blocks), ("norm", LayerNorm(width)),
    ])
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(
      named: "head", Dense(features[1], structure.outputs, initialization: start),
      dropout: structure.head.dropout ?? 0, pool: Pool.firstToken)
  }
}

/// MLP-Mixer (Tolstikhin et al., 2021, arXiv:2105.01601), as timm builds and names it: dense layers that mix patches, then
/// channels.
enum Mixer {
  static let architectures = [
    ("s32", "S/32", 512, 8, 32), ("s16", "S/16", 512, 8, 16), ("b32", "B/32", 768, 12, 32),
    ("b16", "B/16", 768, 12, 16),
  ].map { size, title, width, depth, patch in
    Architecture(
      name: "mixer-\(size)", family: "Transformer", title: "MLP-Mixer \(title)",
      source: "arXiv:2105.01601; names as timm's", normalization: .half, options: ["depths", "patch"],
      trunk: { try trunk($0, width, depth, patch) }, top: top)
  }

  private static func trunk(_ structure: Structure, _ width: Int, _ depth: Int, _ patch: Int) throws -> Sequential {
    let (patches, count) = try Patches.plan(structure, width, standard: patch)
    let blocks = Sequential(
      (0..<(try structure.depths([depth])[0])).map { _ -> any LayerPlan in
        let tokens = Sequential([
          ("norm1", LayerNorm(width)), ("", Rearrange.transposed), ("mlp_tokens", Brick.mlp(count, width / 2)),
          ("", Rearrange.transposed),
        ])
        let channels = Sequential([("norm2", LayerNorm(width)), ("mlp_channels", Brick.mlp(width, 4 * width))])
        return Sequential([("", Residual(tokens)), ("", Residual(channels))])
      })
    return Sequential([("stem", patches), ("blocks", blocks), ("norm", LayerNorm(width))])
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    Heads.single(
      named: "head", Dense(features[1], structure.outputs, initialization: .zeros),
      dropout: structure.head.dropout ?? 0)
  }
}

/// A picture cut into patches, each a token.
private enum Patches {
  static func plan(_ structure: Structure, _ width: Int, standard: Int) throws -> (plan: Sequential, count: Int) {
    let side = structure.options.patch ?? standard
    let convolution = Convolution(
      structure.input.channels, width, kernel: side, stride: side, initialization: .glorotUniform)
    let plan = Sequential([("proj", convolution), ("", Rearrange.tokens)])
    var unseen = Trace()
    return (plan, try plan.trace(structure.input.shape, &unseen)[0])
  }
}
