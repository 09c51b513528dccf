public import HoneTensor

/// What a layer's weights are made to be. A new one is a value here, and a line in `ConstraintKinds.known`.
public protocol ConstraintKind: NamedSettings {
  /// The nearest weights that keep to it.
  ///
  /// - Parameters:
  ///   - filters: `[filters, numbers of each]`.
  ///   - memory: what is kept from step to step for these weights; empty at first.
  /// - Throws: `EngineError`.
  func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor
}

extension Tensor {
  /// The length of each row, as a column.
  fileprivate var lengths: Tensor { get throws { try norm([1], keepdim: true) } }

  /// The rows brought from their lengths to others.
  fileprivate func rows(from lengths: Tensor, to wanted: Tensor) throws -> Tensor {
    try mul(wanted.div(lengths.add(1e-7)))
  }
}

/// No filter is longer than the limit.
///
/// - Shape: `[filters, numbers]` → the same.
/// - Units: `limit` is a length.
/// - Throws: `EngineError`.
/// - Source: Keras's `MaxNorm`; Srivastava et al., 2014, JMLR 15, §5.1.
public struct MaxNorm: ConstraintKind {
  public static let name = "maxNorm"
  public var limit: Double

  public init() { self.init(limit: 2) }
  public init(limit: Double) { self.limit = limit }

  public var demands: [Demand] { Demand.positive(["limit": limit]) }

  public func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor {
    let lengths = try filters.lengths
    return try filters.rows(from: lengths, to: lengths.minimum(limit))
  }
}

/// Every filter has length 1.
///
/// - Shape: `[filters, numbers]` → the same.
/// - Units: none.
/// - Throws: `EngineError`.
/// - Source: Keras's `UnitNorm`.
public struct UnitNorm: ConstraintKind {
  public static let name = "unitNorm"
  public init() {}

  public func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor {
    let lengths = try filters.lengths
    return try filters.rows(from: lengths, to: lengths.onesLike())
  }
}

/// The lengths of filters go towards a range, all of the way or a part of it.
///
/// - Shape: `[filters, numbers]` → the same.
/// - Units: `least` and `most` are lengths; `part` is how far a step goes, 0…1.
/// - Throws: `EngineError`.
/// - Source: Keras's `MinMaxNorm`.
public struct MinMaxNorm: ConstraintKind {
  public static let name = "minMaxNorm"
  public var least: Double
  public var most: Double
  public var part: Double

  public init() { self.init(least: 0, most: 1) }
  public init(least: Double, most: Double, part: Double = 1) {
    self.least = least
    self.most = most
    self.part = part
  }

  public var demands: [Demand] {
    Demand.notNegative(["least": least]) + [Demand(most >= least, "most", "at least as much as least")]
      + Demand.shares(["part": part])
  }

  public func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor {
    let lengths = try filters.lengths
    return try filters.rows(from: lengths, to: lengths.lerp(lengths.maximum(least).minimum(most), weight: part))
  }
}

/// No weight is below zero.
///
/// - Shape: any → the same.
/// - Units: none.
/// - Throws: `EngineError`.
/// - Source: Keras's `NonNeg`.
public struct NonNegative: ConstraintKind {
  public static let name = "nonNegative"
  public init() {}

  public func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor { try filters.relu() }
}

/// No layer makes any difference between two inputs larger than the limit times: its largest singular value is bounded.
///
/// - Shape: `[filters, numbers]` → the same.
/// - Units: `limit` is a singular value; `steps` of power iteration go on from the last ones.
/// - Throws: `EngineError`.
/// - Source: Gouk et al., 2018, arXiv:1804.04368, §4; Miyato et al., 2018, arXiv:1802.05957, algorithm 1; Keras's
///   `SpectralNormalization` overwrites kernels too, and makes the value 1 where it is smaller as well.
public struct SpectralNorm: ConstraintKind {
  public static let name = "spectralNorm"
  public var limit: Double
  public var steps: Int

  public init() { self.init(limit: 1) }
  public init(limit: Double, steps: Int = 1) {
    self.limit = limit
    self.steps = steps
  }

  public var demands: [Demand] { Demand.positive(["limit": limit]) + Demand.counts(["steps": steps]) }

  public func applied(to filters: Tensor, _ memory: inout [Tensor]) throws -> Tensor {
    var direction =
      try memory.first?.to(filters.device) ?? Tensor.normal([filters.shape[1], 1], seed: 0).to(filters.device)
    for _ in 0..<(memory.isEmpty ? Self.firstSteps : steps) {
      let image = try filters.transpose(0, 1).matmul(filters.matmul(direction))
      direction = try image.div(image.norm().add(1e-12))
    }
    memory = [direction]
    let value = try filters.matmul(direction).norm().item()
    return value > limit ? try filters.mul(limit / value) : filters
  }

  private static let firstSteps = 30
}
