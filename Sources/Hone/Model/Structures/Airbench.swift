import HoneAugment

/// A small network for 32×32 pictures that learns CIFAR-10 in a few epochs: its first layer is whitening, fitted to the
/// pictures and then fixed, and six convolutions follow that begin near the identity.
///
/// Differs from the published program: what divides the scores is part of the last layer's weights from the start.
enum Airbench {
  static let architecture = Architecture(
    name: "airbench", family: "Airbench", title: "six convolutions on whitened patches, for CIFAR-10 in minutes",
    source: "arXiv:2404.00498, §3; as airbench94_muon", input: InputSpec(side: 32), normalization: cifar10,
    options: ["widths"],
    trunk: trunk, top: top)

  /// The mean and spread of CIFAR-10's training pictures.
  private static let cifar10 = Normalization(
    mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])

  @Sendable private static func trunk(_ structure: Structure) throws -> Sequential {
    let patches = 2 * structure.input.channels * 4
    let whiten = Convolution(
      structure.input.channels, patches, kernel: 2, initialization: .principalPatches(epsilon: 5e-4))
    var channels = patches
    var parts: [any LayerPlan] = [Activation.gelu]
    for width in try structure.widths([64, 256, 256]) {
      parts.append(group(channels, width))
      channels = width
    }
    parts.append(Pool.max(3, stride: 3))
    return Sequential([("whiten", whiten), ("layers", Sequential(parts))])
  }

  private static func group(_ channels: Int, _ width: Int) -> Sequential {
    Sequential([
      ("conv1", convolution(channels, width)), ("pool", Pool.max(2, stride: 2)), ("norm1", norm(width)),
      ("activ1", Activation.gelu), ("conv2", convolution(width, width)), ("norm2", norm(width)),
      ("activ2", Activation.gelu),
    ])
  }

  private static func convolution(_ channels: Int, _ width: Int) -> Convolution {
    Convolution(
      channels, width, kernel: 3, padding: .pixels(1), bias: false, initialization: .partlyIdentity)
  }

  private static func norm(_ width: Int) -> BatchNorm { BatchNorm(width, epsilon: 1e-12, momentum: 0.4, scales: false) }

  @Sendable private static func top(_ structure: Structure, _ features: [Int]) -> HeadPlan {
    let inputs = Double(features[0])
    let dense = Dense(
      features[0], structure.outputs, bias: false, initialization: .uniform(bound: 1 / inputs.squareRoot() / inputs))
    return Heads.single(named: "head", dense, dropout: structure.head.dropout ?? 0)
  }
}
