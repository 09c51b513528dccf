/// VGG (Simonyan & Zisserman, 2014, arXiv:1409.1556), configurations A, B, D, E, with and without batch norm, as
/// torchvision builds and begins them.
enum VGG {
  static let architectures = [
    (11, [1, 1, 2, 2, 2]), (13, [2, 2, 2, 2, 2]), (16, [2, 2, 3, 3, 3]), (19, [2, 2, 4, 4, 4]),
  ].flatMap { depth, repeats in [false, true].map { architecture(depth, repeats, norm: $0) } }

  private static func architecture(_ depth: Int, _ repeats: [Int], norm: Bool) -> Architecture {
    Architecture(
      name: "vgg\(depth)" + (norm ? "-bn" : ""), family: "VGG",
      title: "VGG-\(depth)" + (norm ? " with batch norm" : ""),
      source: "arXiv:1409.1556", dialects: norm ? [] : [.kerasVGG(repeats)],
      trunk: { Sequential([("features", Sequential(features($0.input.channels, repeats, norm: norm)))]) }, top: top)
  }

  private static func features(_ channels: Int, _ repeats: [Int], norm: Bool) -> [any LayerPlan] {
    var layers: [any LayerPlan] = []
    var before = channels
    for (width, count) in zip([64, 128, 256, 512, 512], repeats) {
      for _ in 0..<count {
        layers.append(
          Convolution(before, width, kernel: 3, padding: .pixels(1), initialization: .heNormal(fanOut: true)))
        if norm { layers.append(BatchNorm(width)) }
        layers.append(Activation.relu)
        before = width
      }
      layers.append(Pool.max(2, stride: 2))
    }
    return layers
  }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let start = Initialization.normal(deviation: 0.01)
    let chance = structure.head.dropout ?? 0.5
    return HeadPlan(
      name: "classifier",
      pool: Sequential([("avgpool", Pool.adaptiveAverage(7)), ("flatten", Flatten.channelsFirst)]),
      body: Sequential([
        Dense(features[0] * 49, 4096, initialization: start), Activation.relu, Dropout(chance),
        Dense(4096, 4096, initialization: start), Activation.relu, Dropout(chance),
        Dense(4096, structure.outputs, initialization: start),
      ]))
  }
}
