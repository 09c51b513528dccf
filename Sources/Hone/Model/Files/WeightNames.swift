/// How another library names the weights of a structure, as pairs of patterns.
///
/// In a pattern `#` is a number and `*`, at its end, the rest of the name; both sides have the same ones in the same order.
package struct WeightNames: Sendable {
  package typealias Rule = (ours: String, theirs: String)

  package var library: String
  package var rules: [Rule]
  /// What norms add to a variance, where theirs add something else than Hone's.
  var epsilon: (ours: Double, theirs: Double)?
  /// The padding of their strided convolutions, where it is not PyTorch's.
  var padding: StructureOptions.Padding?
  /// Dense weights that are 1×1 convolutions there.
  var pointwise: [String] = []
  /// The dense weight whose inputs are a square of so many channels, which come last there.
  var flattened: (name: String, channels: Int)?

  /// Hone's name of a weight of theirs; nil where they have none of the kind.
  package func ours(_ name: String) -> String? { translated(name, \.theirs, \.ours) }

  /// Their name of a weight of Hone's.
  package func theirs(_ name: String) -> String? { translated(name, \.ours, \.theirs) }

  private func translated(
    _ name: String, _ source: KeyPath<Rule, String>, _ target: KeyPath<Rule, String>
  ) -> String? {
    for rule in rules {
      if let found = Self.captures(rule[keyPath: source][...], name[...]) {
        return Self.filled(rule[keyPath: target], found)
      }
    }
    return nil
  }

  /// What stands for the pattern's signs in a name that it fits.
  private static func captures(_ pattern: Substring, _ name: Substring) -> [Substring]? {
    guard let sign = pattern.first else { return name.isEmpty ? [] : nil }
    let rest = pattern.dropFirst()
    switch sign {
    case "*": return name.isEmpty ? nil : [name]
    case "#":
      let number = name.prefix(while: \.isNumber)
      return number.isEmpty ? nil : captures(rest, name[number.endIndex...]).map { [number] + $0 }
    default: return name.first == sign ? captures(rest, name.dropFirst()) : nil
    }
  }

  private static func filled(_ pattern: String, _ captures: [Substring]) -> String {
    var captures = captures[...]
    return pattern.reduce(into: "") { $0 += "#*".contains($1) ? captures.popFirst() ?? "" : Substring(String($1)) }
  }
}

extension Structure {
  /// Names that other libraries have for its weights, where they differ from Hone's.
  var dialects: [WeightNames] { Architecture.find(name)?.dialects ?? [] }

  package func weightNames(of library: String) -> WeightNames? { dialects.first { $0.library == library } }

  /// The library whose names these are, when they are not Hone's.
  func dialect(of names: Set<String>) -> WeightNames? {
    guard !dialects.isEmpty, let own = try? summary().weights.keys else { return nil }
    return dialect(of: names, own: own)
  }

  /// - Parameter own: the names that Hone has for its weights.
  func dialect(of names: Set<String>, own: some Collection<String>) -> WeightNames? {
    dialects.first { library in
      let pairs = own.compactMap { name in library.theirs(name).map { (name, $0) } }
      return pairs.contains { names.contains($0.1) } && !pairs.contains { names.contains($0.0) }
    }
  }
}

// MARK: - The tables

extension WeightNames {
  /// torchvision's vision transformers.
  static let torchvisionTransformer = WeightNames(
    library: "torchvision",
    rules: [
      ("cls_token", "class_token"), ("pos_embed", "encoder.pos_embedding"), ("patch_embed.proj.*", "conv_proj.*"),
      ("norm.*", "encoder.ln.*"), ("head.*", "heads.head.*"),
    ]
      + [
        ("norm1.*", "ln_1.*"), ("attn.qkv.weight", "self_attention.in_proj_weight"),
        ("attn.qkv.bias", "self_attention.in_proj_bias"), ("attn.proj.*", "self_attention.out_proj.*"),
        ("norm2.*", "ln_2.*"), ("mlp.fc1.*", "mlp.0.*"), ("mlp.fc2.*", "mlp.3.*"),
      ].map { ("blocks.#.\($0)", "encoder.layers.encoder_layer_#.\($1)") })

  /// torchvision's ConvNeXt.
  static let torchvisionConvNeXt = WeightNames(
    library: "torchvision",
    rules: [("stem.*", "features.0.*"), ("head.norm.*", "classifier.0.*"), ("head.fc.*", "classifier.2.*")]
      + (0..<4).flatMap { stage -> [Rule] in
        [("stages.\(stage).downsample.*", "features.\(2 * stage).*")]
          + [
            ("gamma", "layer_scale"), ("conv_dw.*", "block.0.*"), ("norm.*", "block.2.*"),
            ("mlp.fc1.*", "block.3.*"), ("mlp.fc2.*", "block.5.*"),
          ].map { ("stages.\(stage).blocks.#.\($0)", "features.\(2 * stage + 1).#.\($1)") }
      })

  /// timm's EfficientNet B0 to B7.
  static let timmEfficientNet = WeightNames(
    library: "timm",
    rules: [
      ("features.0.0.*", "conv_stem.*"), ("features.0.1.*", "bn1.*"), ("features.8.0.*", "conv_head.*"),
      ("features.8.1.*", "bn2.*"), ("classifier.1.*", "classifier.*"),
    ]
      + [
        ("0.0.*", "conv_dw.*"), ("0.1.*", "bn1.*"), ("1.fc1.*", "se.conv_reduce.*"), ("1.fc2.*", "se.conv_expand.*"),
        ("2.0.*", "conv_pw.*"), ("2.1.*", "bn2.*"),
      ].map { ("features.1.#.block.\($0)", "blocks.0.#.\($1)") }
      + (1..<7).flatMap { stage in
        [
          ("0.0.*", "conv_pw.*"), ("0.1.*", "bn1.*"), ("1.0.*", "conv_dw.*"), ("1.1.*", "bn2.*"),
          ("2.fc1.*", "se.conv_reduce.*"), ("2.fc2.*", "se.conv_expand.*"), ("3.0.*", "conv_pwl.*"),
          ("3.1.*", "bn3.*"),
        ].map { ("features.\(stage + 1).#.block.\($0)", "blocks.\(stage).#.\($1)") }
      })
}
