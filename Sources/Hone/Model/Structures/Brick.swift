/// What several structures are built of.
enum Brick {
  /// A convolution without bias that keeps the picture's size but for the stride, begun as He et al. do.
  static func convolution(
    _ channels: Int, _ filters: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1, same: Bool = false
  ) -> Convolution {
    Convolution(
      channels, filters, kernel: kernel, stride: stride, padding: same ? .same : .pixels(kernel / 2), groups: groups,
      bias: false, initialization: .heNormal(fanOut: true))
  }

  /// A convolution, its norm, and an activation; `.identity` leaves that out.
  static func unit(
    _ channels: Int, _ filters: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1, then activation: Activation,
    norm: BatchNorm = BatchNorm(0), names: [String] = ["0", "1", "2"], same: Bool = false
  ) -> Sequential {
    var norm = norm
    norm.channels = filters
    let convolution = convolution(channels, filters, kernel: kernel, stride: stride, groups: groups, same: same)
    let end: [NamedPlan] = activation == .identity ? [] : [(names[2], activation)]
    return Sequential([(names[0], convolution), (names[1], norm)] + end)
  }

  /// The mean of each channel, squeezed, and spread again into a factor for each.
  static func squeezeExcite(
    _ channels: Int, _ squeezed: Int, _ activation: Activation = .relu, gate: Activation = .sigmoid,
    names: [String] = ["fc1", "fc2"]
  ) -> Gate {
    Gate(
      Sequential([
        ("avgpool", Pool.adaptiveAverage(1)), (names[0], pointwise(channels, squeezed)), ("activation", activation),
        (names[1], pointwise(squeezed, channels)), ("scale_activation", gate),
      ]))
  }

  /// A 1×1 convolution with bias.
  static func pointwise(_ channels: Int, _ filters: Int) -> Convolution {
    Convolution(channels, filters, kernel: 1, initialization: .heNormal(fanOut: true))
  }

  /// Two dense layers with a GELU between them, as transformers have them.
  static func mlp(_ width: Int, _ hidden: Int, _ start: Initialization = .glorotUniform) -> Sequential {
    Sequential([
      ("fc1", Dense(width, hidden, initialization: start)), ("act", Activation.gelu),
      ("fc2", Dense(hidden, width, initialization: start)),
    ])
  }

  /// A number of filters as mobile networks round it: to a multiple of `divisor`, never below 90 %.
  static func rounded(_ filters: Double, to divisor: Int = 8) -> Int {
    let nearest = max(divisor, Int(filters + Double(divisor) / 2) / divisor * divisor)
    return Double(nearest) < 0.9 * filters ? nearest + divisor : nearest
  }
}
