/// Keeps gradients within bounds before the optimizer uses them.
///
/// - Shape: none.
/// - Units: `norm` bounds the length of all gradients as one vector, `value` each number by itself, `adaptive` each
///   filter's gradient in parts of the filter's own length (the head excepted); nil does not clip.
/// - Throws: nothing.
/// - Source: `torch.nn.utils.clip_grad_norm_`, `clip_grad_value_`; adaptive: Brock et al., 2021, arXiv:2102.06171, §4.1.
public struct Clipping: Settings {
  public var norm: Double?
  public var value: Double?
  public var adaptive: Double?

  public init() { self.init(norm: nil) }
  public init(norm: Double? = nil, value: Double? = nil, adaptive: Double? = nil) {
    self.norm = norm
    self.value = value
    self.adaptive = adaptive
  }

  /// What a filter's length counts as at least, so that those that are zero can learn.
  static let leastNorm = 1e-3
}

/// Averages the weights over the last steps; the average is what validates, and what training returns.
///
/// - Shape: none.
/// - Units: `decay` is the part of the average that one step keeps, once warmed up: min(decay, (1 + n) / (10 + n)) after
///   n steps.
/// - Throws: nothing.
/// - Source: Polyak & Juditsky, 1992, doi:10.1137/0330046; the warm-up is that of TensorFlow's `ExponentialMovingAverage`.
public struct Averaging: Settings {
  public var decay: Double
  public var warmsUp: Bool

  public init() { self.init(decay: 0.999) }
  public init(decay: Double, warmsUp: Bool = true) {
    self.decay = decay
    self.warmsUp = warmsUp
  }

  /// The decay of the update after `steps` earlier ones.
  public func decay(after steps: Int) -> Double {
    warmsUp ? min(decay, Double(1 + steps) / Double(10 + steps)) : decay
  }
}

/// How a pretrained backbone is put to use: first the new head alone, then the whole network with lower rates.
///
/// - Shape: none.
/// - Units: `frozenEpochs` are the first of the recipe's epochs; nil freezes the backbone for all of them. `trunkRate` and
///   `layerDecay` are factors of the optimizer's rate.
/// - Throws: nothing.
/// - Source: Howard & Ruder, 2018, arXiv:1801.06146 (rates by depth); Clark et al., 2020, arXiv:2003.10555, §3 (layer
///   decay); Kumar et al., 2022, arXiv:2202.10054 (a fitted head first).
public struct TransferChoice: Settings {
  /// Epochs in which only the head learns.
  public var frozenEpochs: Int?
  /// Whether the frozen backbone runs once per picture instead of once per epoch. Needs no augmentation: cached pictures
  /// do not vary.
  public var cachesFeatures: Bool
  /// The rate of the backbone once it learns.
  public var trunkRate: Double
  /// Each layer farther from the head learns at this factor of the next one's rate.
  public var layerDecay: Double
  /// Whether batch norms keep the backbone's statistics while it learns.
  public var freezesNorms: Bool
  /// The rate of the second phase, as a factor of the first one's.
  public var unfrozenRate: Double
  /// The part of the backbone, counted from its input, that never learns: early layers know edges and colours, which are
  /// the same everywhere, and are the costliest to go on teaching.
  public var frozenPart: Double
  /// Whether a linear head begins at its optimum on the backbone's features (L-BFGS on cross-entropy, with the recipe's
  /// label smoothing) instead of at random. Frozen for all
  /// epochs, nothing more is to be learnt, and no steps are made.
  public var fitsHead: Bool

  public init() { self.init(frozenEpochs: nil) }

  public init(
    frozenEpochs: Int?, cachesFeatures: Bool = true, trunkRate: Double = 0.1, layerDecay: Double = 1,
    freezesNorms: Bool = true, unfrozenRate: Double = 1, frozenPart: Double = 0, fitsHead: Bool = false
  ) {
    self.frozenEpochs = frozenEpochs
    self.cachesFeatures = cachesFeatures
    self.trunkRate = trunkRate
    self.layerDecay = layerDecay
    self.freezesNorms = freezesNorms
    self.unfrozenRate = unfrozenRate
    self.frozenPart = frozenPart
    self.fitsHead = fitsHead
  }
}
