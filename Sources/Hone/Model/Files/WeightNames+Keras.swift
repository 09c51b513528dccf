/// The networks of `keras.applications` whose arithmetic is that of a structure here.
///
/// - Source: Keras 3.15, `keras/src/applications`.
extension WeightNames {
  private static func keras(
    _ rules: [Rule], epsilon: (ours: Double, theirs: Double)? = nil, padding: StructureOptions.Padding? = nil,
    pointwise: [String] = []
  ) -> WeightNames {
    WeightNames(library: "keras", rules: rules, epsilon: epsilon, padding: padding, pointwise: pointwise)
  }

  private static let norms = (ours: 1e-5, theirs: 1e-3)

  /// A `Sequential` of such layers that Keras named itself.
  static let kerasClassic = keras(
    [("features.0.*", "conv2d.*"), ("classifier.0.*", "dense.*"), ("classifier.2.*", "dense_1.*")]
      + (1..<8).map { ("features.\(3 * $0).*", "conv2d_\($0).*") })

  /// - Parameter repeats: convolutions of each block.
  static func kerasVGG(_ repeats: [Int]) -> WeightNames {
    var rules: [Rule] = []
    var place = 0
    for (block, count) in repeats.enumerated() {
      for index in 1...count {
        rules.append(("features.\(place).*", "block\(block + 1)_conv\(index).*"))
        place += 2
      }
      place += 1
    }
    var names = keras(
      rules + [("classifier.0.*", "fc1.*"), ("classifier.3.*", "fc2.*"), ("classifier.6.*", "predictions.*")])
    names.flattened = ("classifier.0.weight", channels: 512)
    return names
  }

  static let kerasDenseNet = keras(
    [
      ("features.conv0.*", "conv1_conv.*"), ("features.norm0.*", "conv1_bn.*"), ("features.norm5.*", "bn.*"),
      ("classifier.*", "predictions.*"),
    ]
      + (1...4).flatMap { block -> [Rule] in
        let layer = "features.denseblock\(block).denselayer#"
        let theirs = "conv\(block + 1)_block#"
        return [
          ("\(layer).norm1.*", "\(theirs)_0_bn.*"), ("\(layer).conv1.*", "\(theirs)_1_conv.*"),
          ("\(layer).norm2.*", "\(theirs)_1_bn.*"), ("\(layer).conv2.*", "\(theirs)_2_conv.*"),
          ("features.transition\(block).norm.*", "pool\(block + 1)_bn.*"),
          ("features.transition\(block).conv.*", "pool\(block + 1)_conv.*"),
        ]
      }, epsilon: (1e-5, 1.001e-5))

  /// - Parameter depths: blocks of each stage, which Keras counts through.
  static func kerasMobileNetV1(_ depths: [Int]) -> WeightNames {
    let places = depths.enumerated().flatMap { stage, count in (0..<count).map { "blocks.\(stage).\($0)" } }
    return keras(
      [("conv_stem.*", "conv1.*"), ("bn1.*", "conv1_bn.*"), ("classifier.*", "conv_preds.*")]
        + places.enumerated().flatMap { index, place -> [Rule] in
          [
            ("\(place).conv_dw.*", "conv_dw_\(index + 1).*"), ("\(place).bn1.*", "conv_dw_\(index + 1)_bn.*"),
            ("\(place).conv_pw.*", "conv_pw_\(index + 1).*"), ("\(place).bn2.*", "conv_pw_\(index + 1)_bn.*"),
          ]
        }, epsilon: norms, padding: .tensorflow, pointwise: ["classifier.weight"])
  }

  /// - Parameter blocks: how many there are; the first does not expand.
  static func kerasMobileNetV2(blocks: Int) -> WeightNames {
    let ends: [Rule] = [
      ("features.0.0.*", "Conv1.*"), ("features.0.1.*", "bn_Conv1.*"), ("features.\(blocks + 1).0.*", "Conv_1.*"),
      ("features.\(blocks + 1).1.*", "Conv_1_bn.*"), ("classifier.1.*", "predictions.*"),
    ]
    return keras(
      ends
        + (0..<blocks).flatMap { index -> [Rule] in
          let place = "features.\(index + 1).conv"
          let theirs = index == 0 ? "expanded_conv" : "block_\(index)"
          let units = index == 0 ? ["depthwise"] : ["expand", "depthwise"]
          return units.enumerated().flatMap { unit, name in
            [("\(place).\(unit).0.*", "\(theirs)_\(name).*"), ("\(place).\(unit).1.*", "\(theirs)_\(name)_BN.*")]
          } + [
            ("\(place).\(units.count).*", "\(theirs)_project.*"),
            ("\(place).\(units.count + 1).*", "\(theirs)_project_BN.*"),
          ]
        }, epsilon: norms, padding: .tensorflow)
  }

  /// - Parameter blocks: whether each widens before its depthwise filters, and whether it has a gate.
  static func kerasMobileNetV3(_ blocks: [(expands: Bool, squeezes: Bool)]) -> WeightNames {
    let ends: [Rule] = [
      ("features.0.0.*", "conv.*"), ("features.0.1.*", "conv_bn.*"), ("features.\(blocks.count + 1).0.*", "conv_1.*"),
      ("features.\(blocks.count + 1).1.*", "conv_1_bn.*"), ("classifier.0.*", "conv_2.*"),
      ("classifier.3.*", "logits.*"),
    ]
    return keras(
      ends
        + blocks.enumerated().flatMap { index, block -> [Rule] in
          let theirs = index == 0 ? "expanded_conv" : "expanded_conv_\(index)"
          let units = (block.expands ? ["expand"] : []) + ["depthwise"] + (block.squeezes ? [nil] : []) + ["project"]
          return units.enumerated().flatMap { unit, name -> [Rule] in
            let place = "features.\(index + 1).block.\(unit)"
            guard let name else {
              return [
                ("\(place).fc1.*", "\(theirs)_squeeze_excite_conv.*"),
                ("\(place).fc2.*", "\(theirs)_squeeze_excite_conv_1.*"),
              ]
            }
            return [("\(place).0.*", "\(theirs)_\(name).*"), ("\(place).1.*", "\(theirs)_\(name)_bn.*")]
          }
        }, padding: .tensorflow, pointwise: ["classifier.0.weight", "classifier.3.weight"])
  }

  /// - Parameters:
  ///   - stages: their blocks, and whether these are of full convolutions.
  ///   - epsilon: of Hone's norms.
  static func kerasEfficientNet(_ stages: [(count: Int, expands: Bool, isFused: Bool)], epsilon: Double) -> WeightNames
  {
    let ends: [Rule] = [
      ("features.0.0.*", "stem_conv.*"), ("features.0.1.*", "stem_bn.*"),
      ("features.\(stages.count + 1).0.*", "top_conv.*"),
      ("features.\(stages.count + 1).1.*", "top_bn.*"), ("classifier.1.*", "predictions.*"),
    ]
    let isSecond = stages.contains(where: \.isFused)
    let expand = ("expand_conv", "expand_bn")
    let project = ("project_conv", "project_bn")
    let depthwise = (isSecond ? "dwconv2" : "dwconv", "bn")
    return keras(
      ends
        + stages.enumerated().flatMap { stage, shape -> [Rule] in
          let units =
            (shape.expands ? [expand] : []) + (shape.isFused ? [] : [depthwise, ("se_reduce", "se_expand")]) + [project]
          return (0..<shape.count).flatMap { index -> [Rule] in
            let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index)))
            return units.enumerated().flatMap { unit, names -> [Rule] in
              let place = "features.\(stage + 1).\(index).block.\(unit)"
              let (first, second) = names.0 == "se_reduce" ? ("fc1", "fc2") : ("0", "1")
              let theirs = "block\(stage + 1)\(letter)_"
              return [
                ("\(place).\(first).*", theirs + names.0 + ".*"), ("\(place).\(second).*", theirs + names.1 + ".*"),
              ]
            }
          }
        }, epsilon: epsilon == norms.theirs ? nil : (epsilon, norms.theirs), padding: .tensorflow)
  }
}
