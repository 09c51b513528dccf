public import HoneTensor

/// Zeros a random share of the numbers in training, and scales the rest up.
///
/// - Shape: any → the same.
/// - Units: `chance` is the share dropped.
/// - Throws: `EngineError`.
/// - Source: Srivastava et al., 2014, JMLR 15; of weights, DropConnect: Wan et al., 2013, PMLR 28.
public struct Dropout: Disturbance {
  public static let name = "dropout"
  public var chance: Double

  public init() { self.init(0.5) }
  public init(_ chance: Double) { self.chance = chance }

  public var demands: [Demand] { Demand.parts(["chance": chance]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    try chance > 0 ? x.dropout(chance * strength, seed: seed) : x
  }
}

/// Zeros whole channels in training: neighbouring pixels know too much of each other for dropping single ones.
///
/// - Shape: `[N, C, …]` → the same.
/// - Units: `chance` is the share of channels dropped.
/// - Throws: `EngineError`.
/// - Source: Tompson et al., 2015, arXiv:1411.4280; Keras's `SpatialDropout2D`, PyTorch's `Dropout2d`.
public struct SpatialDropout: Disturbance {
  public static let name = "spatialDropout"
  public var chance: Double

  public init() { self.init(0.1) }
  public init(_ chance: Double) { self.chance = chance }

  public var demands: [Demand] { Demand.parts(["chance": chance]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    try x.featureDropout(chance * strength, seed: seed)
  }
}

/// Dropout that keeps mean and variance, for networks that normalize themselves (SELU).
///
/// - Shape: any → the same.
/// - Units: `chance` is the share dropped.
/// - Throws: `EngineError`.
/// - Source: Klambauer et al., 2017, arXiv:1706.02515, §3; Keras's and PyTorch's `AlphaDropout`.
public struct AlphaDropout: Disturbance {
  public static let name = "alphaDropout"
  public var chance: Double

  public init() { self.init(0.1) }
  public init(_ chance: Double) { self.chance = chance }

  public var demands: [Demand] { Demand.parts(["chance": chance]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    let chance = chance * strength
    let kept = try Tensor.bernoulli(x.shape, chance: 1 - chance, seed: seed, dtype: x.dtype, device: x.device)
    let dropped = try kept.subtracted(from: 1).mul(Self.saturation)
    let scale = 1 / ((1 - chance) * (1 + chance * Self.saturation * Self.saturation)).squareRoot()
    return try x.mul(kept).add(dropped).sub(chance * Self.saturation).mul(scale)
  }

  /// Where SELU ends for very negative numbers.
  private static let saturation = -1.7580993408473766
}

/// Multiplies every number by a normal one around 1, of the same variance as dropout.
///
/// - Shape: any → the same.
/// - Units: `chance` is that of the dropout it stands for.
/// - Throws: `EngineError`.
/// - Source: Srivastava et al., 2014, JMLR 15, §10; Keras's `GaussianDropout`.
public struct GaussianDropout: Disturbance {
  public static let name = "gaussianDropout"
  public var chance: Double

  public init() { self.init(0.1) }
  public init(_ chance: Double) { self.chance = chance }

  public var demands: [Demand] { Demand.parts(["chance": chance]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    let chance = chance * strength
    return try x.mul(
      .normal(
        x.shape, mean: 1, std: (chance / (1 - chance)).squareRoot(), seed: seed, dtype: x.dtype, device: x.device))
  }
}

/// Adds a normal number to every number.
///
/// - Shape: any → the same.
/// - Units: `deviation` in those of what comes in.
/// - Throws: `EngineError`.
/// - Source: Keras's `GaussianNoise`.
public struct GaussianNoise: Disturbance {
  public static let name = "gaussianNoise"
  public var deviation: Double

  public init() { self.init(0.1) }
  public init(_ deviation: Double) { self.deviation = deviation }

  public var demands: [Demand] { Demand.notNegative(["deviation": deviation]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    try x.add(.normal(x.shape, std: deviation * strength, seed: seed, dtype: x.dtype, device: x.device))
  }
}

/// Zeros squares of each channel, and scales the rest up, so that a part cannot be guessed from its neighbours.
///
/// A schedule on `noise` lets the chance rise from 0, as the paper does.
///
/// - Shape: `[N, C, H, W]` → the same.
/// - Units: `chance` is the share dropped; `size` the side of the squares, in pixels of the feature map.
/// - Throws: `EngineError`.
/// - Source: Ghiasi et al., 2018, arXiv:1810.12890, algorithm 1; timm's `drop_block_2d`.
public struct DropBlock: Disturbance {
  public static let name = "dropBlock"
  public var chance: Double
  public var size: Int

  public init() { self.init(0.1) }
  public init(_ chance: Double, size: Int = 7) {
    self.chance = chance
    self.size = size
  }

  public var demands: [Demand] { Demand.parts(["chance": chance]) + Demand.counts(["size": size]) }

  public func applied(to x: Tensor, strength: Double, seed: UInt64) throws -> Tensor {
    let (height, width) = (x.shape[2], x.shape[3])
    let side = min(size, height, width)
    let places = Double((height - side + 1) * (width - side + 1))
    let seeds = chance * strength * Double(height * width) / (places * Double(side * side))
    let dropped = try Tensor.bernoulli(
      x.shape, chance: min(1, seeds), seed: seed, dtype: .float32, device: x.device)
    return try x.mul(Self.kept(outside: dropped, side).to(x.dtype))
  }

  /// Zeros in the squares around the ones of `seeds`, and elsewhere what keeps the mean.
  package static func kept(outside seeds: Tensor, _ side: Int) throws -> Tensor {
    let grown = try seeds.maxPool2d(Pair(side), stride: 1, padding: Pair(side / 2))
    let squares = try grown.narrow(2, start: 0, length: seeds.shape[2]).narrow(3, start: 0, length: seeds.shape[3])
    let kept = try squares.subtracted(from: 1)
    return try kept.mul(Double(kept.count)).div(kept.sum().add(1e-7))
  }
}
