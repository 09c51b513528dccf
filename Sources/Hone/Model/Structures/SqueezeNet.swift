/// SqueezeNet 1.0 and 1.1 (Iandola et al., 2016, arXiv:1602.07360), as torchvision builds and begins them.
enum SqueezeNet {
  static let architectures = [("squeezenet1.0", "SqueezeNet 1.0", first), ("squeezenet1.1", "SqueezeNet 1.1", second)]
    .map { name, title, features in
      Architecture(
        name: name, family: "SqueezeNet", title: title, source: "arXiv:1602.07360",
        trunk: { Sequential([("features", Sequential(features($0.input.channels)))]) }, top: top)
    }

  private static let pool = Pool.max(3, stride: 2, ceiling: true)

  @Sendable private static func first(_ channels: Int) -> [any LayerPlan] {
    [
      convolution(channels, 96, kernel: 7, stride: 2), Activation.relu, pool, fire(96, 16, 64), fire(128, 16, 64),
      fire(128, 32, 128), pool, fire(256, 32, 128), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), pool,
      fire(512, 64, 256),
    ]
  }

  @Sendable private static func second(_ channels: Int) -> [any LayerPlan] {
    [
      convolution(channels, 64, kernel: 3, stride: 2), Activation.relu, pool, fire(64, 16, 64), fire(128, 16, 64), pool,
      fire(128, 32, 128), fire(256, 32, 128), pool, fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256),
      fire(512, 64, 256),
    ]
  }

  private static func fire(_ channels: Int, _ squeezed: Int, _ expanded: Int) -> Sequential {
    let one = convolution(squeezed, expanded, kernel: 1)
    let three = convolution(squeezed, expanded, kernel: 3, padding: 1)
    let branches = Branches([
      Sequential([("expand1x1", one), ("expand1x1_activation", Activation.relu)]),
      Sequential([("expand3x3", three), ("expand3x3_activation", Activation.relu)]),
    ])
    return Sequential([
      ("squeeze", convolution(channels, squeezed, kernel: 1)), ("squeeze_activation", Activation.relu), ("", branches),
    ])
  }

  private static func convolution(
    _ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1, padding: Int = 0
  ) -> Convolution {
    Convolution(
      channels, filters, kernel: kernel, stride: stride, padding: .pixels(padding), initialization: .heUniform)
  }

  /// Dropout, a 1×1 convolution to the classes, ReLU, the mean over the picture.
  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let convolution = Convolution(
      features[0], structure.outputs, kernel: 1, initialization: .normal(deviation: 0.01))
    return HeadPlan(
      name: "classifier", pool: Activation.identity,
      body: Sequential([Dropout(structure.head.dropout ?? 0.5), convolution, Activation.relu, Pool.global]))
  }
}
