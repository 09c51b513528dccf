internal import Foundation

/// How the learning rate moves during training: a warm-up, then a shape. A pure function of the step.
///
/// Everything is a factor of the optimizer's rate, so parameter groups with rates of their own move together.
///
/// - Shape: none.
/// - Units: steps are optimizer steps, counted from 0; the shape spans what the warm-up leaves of the run.
/// - Throws: nothing.
/// - Source: none: ours; each shape names its own. Equals `torch.optim.lr_scheduler.SequentialLR` of a `LinearLR` and the
///   shape, stepped once per optimizer step.
public struct Schedule: Settings {
  /// How long the factor rises in a straight line to 1.
  public var warmup: Span
  /// Where the warm-up begins.
  public var warmupFrom: Double
  public var shape: Shape

  public init() { self.init(Constant()) }

  public init(_ kind: any ScheduleKind, warmup: Span = .steps(0), warmupFrom: Double = 0.01) {
    self.warmup = warmup
    self.warmupFrom = warmupFrom
    self.shape = Shape(kind)
  }

  /// The shape after the warm-up.
  public struct Shape: Codable, Sendable, Hashable {
    public var kind: any ScheduleKind

    /// Every shape that a recipe can name.
    public static let known: [any ScheduleKind.Type] = [
      Constant.self, StepDecay.self, MultiStep.self, Exponential.self, Polynomial.self, Cosine.self, OneCycle.self,
    ]

    public init(_ kind: any ScheduleKind) { self.kind = kind }

    public init(from decoder: any Decoder) throws {
      let kind = try Kinds.decode(from: decoder, among: Self.known, noun: "a schedule")
      self.kind = kind as? any ScheduleKind ?? Constant()
    }

    public func encode(to encoder: any Encoder) throws { try Kinds.encode(kind, to: encoder) }
    public static func == (a: Self, b: Self) -> Bool { Kinds.equal(a.kind, b.kind) }
    public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(kind)) }
  }

  /// The factor of the rate at a step.
  ///
  /// - Parameters:
  ///   - step: optimizer steps done before this one.
  ///   - total: optimizer steps of the whole run.
  ///   - perEpoch: optimizer steps of one epoch.
  public func factor(at step: Int, of total: Int, perEpoch: Int) -> Double {
    let rising = warmup.steps(perEpoch: perEpoch)
    let step = Double(step)
    if step < rising { return warmupFrom + (1 - warmupFrom) * step / rising }
    let clock = ScheduleClock(step: step - rising, total: max(1, Double(total) - rising), perEpoch: perEpoch)
    return shape.kind.factor(at: clock)
  }
}

/// Where a schedule's shape stands; the warm-up is already subtracted.
public struct ScheduleClock: Sendable, Hashable {
  public var step: Double
  public var total: Double
  public var perEpoch: Int

  public init(step: Double, total: Double, perEpoch: Int) {
    self.step = step
    self.total = total
    self.perEpoch = perEpoch
  }

  /// The part of the way that lies behind, 0…1.
  public var progress: Double { min(1, max(0, step / total)) }
}

/// A shape that a schedule can have.
public protocol ScheduleKind: NamedSettings {
  func factor(at clock: ScheduleClock) -> Double
}

/// The rate stays.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: none: ours.
public struct Constant: ScheduleKind {
  public static let name = "constant"
  public init() {}
  public func factor(at clock: ScheduleClock) -> Double { 1 }
}

/// The rate is multiplied by a factor at regular distances.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.StepLR`.
public struct StepDecay: ScheduleKind {
  public static let name = "step"
  public var every: Span
  public var factor: Double

  public init() { self.init(every: .epochs(30)) }
  public init(every: Span, factor: Double = 0.1) {
    self.every = every
    self.factor = factor
  }

  public func factor(at clock: ScheduleClock) -> Double {
    pow(factor, (clock.step / max(1, every.steps(perEpoch: clock.perEpoch))).rounded(.down))
  }
}

/// The rate is multiplied by a factor at each of the given places.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.MultiStepLR`.
public struct MultiStep: ScheduleKind {
  public static let name = "multistep"
  public var at: [Span]
  public var factor: Double

  public init() { self.init(at: []) }
  public init(at: [Span], factor: Double = 0.1) {
    self.at = at
    self.factor = factor
  }

  public func factor(at clock: ScheduleClock) -> Double {
    pow(factor, Double(at.count { clock.step >= $0.steps(perEpoch: clock.perEpoch) }))
  }
}

/// The rate is multiplied by a factor each epoch, smoothly.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.ExponentialLR`. Differs: moves at every step, equal at each epoch's end.
public struct Exponential: ScheduleKind {
  public static let name = "exponential"
  public var factor: Double

  public init() { self.init(factor: 0.95) }
  public init(factor: Double) { self.factor = factor }

  public func factor(at clock: ScheduleClock) -> Double { pow(factor, clock.step / Double(max(1, clock.perEpoch))) }
}

/// The rate falls to zero as a power of what is left of the way; power 1 is a straight line.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.PolynomialLR`.
public struct Polynomial: ScheduleKind {
  public static let name = "polynomial"
  public var power: Double

  public init() { self.init(power: 1) }
  public init(power: Double) { self.power = power }

  public func factor(at clock: ScheduleClock) -> Double { pow(1 - clock.progress, power) }
}

/// The rate falls along half a cosine.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: Loshchilov & Hutter, 2016, arXiv:1608.03983, without restarts; `torch.optim.lr_scheduler.CosineAnnealingLR`.
public struct Cosine: ScheduleKind {
  public static let name = "cosine"
  /// The factor at the end.
  public var final: Double

  public init() { self.init(final: 0) }
  public init(final: Double) { self.final = final }

  public func factor(at clock: ScheduleClock) -> Double {
    final + (1 - final) * (1 + cos(.pi * clock.progress)) / 2
  }
}

/// The rate rises to its peak, then falls far below where it began; both along half a cosine.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: Smith & Topin, 2017, arXiv:1708.07120, as in `torch.optim.lr_scheduler.OneCycleLR` (momentum stays).
public struct OneCycle: ScheduleKind {
  public static let name = "oneCycle"
  /// The part of the way at which the peak lies.
  public var peakAt: Double
  public var start: Double
  public var final: Double

  public init() { self.init(peakAt: 0.3) }
  public init(peakAt: Double, start: Double = 0.04, final: Double = 4e-6) {
    self.peakAt = peakAt
    self.start = start
    self.final = final
  }

  public func factor(at clock: ScheduleClock) -> Double {
    let peak = peakAt * clock.total - 1
    let end = clock.total - 1
    if clock.step <= peak { return Self.bend(from: start, to: 1, clock.step / max(peak, 1e-9)) }
    return Self.bend(from: 1, to: final, min(1, (clock.step - peak) / max(end - peak, 1e-9)))
  }

  private static func bend(from: Double, to: Double, _ part: Double) -> Double {
    to + (from - to) * (1 + cos(.pi * part)) / 2
  }
}

extension Schedule {
  public static var constant: Schedule { Schedule(Constant()) }

  public static func step(every: Span, factor: Double = 0.1, warmup: Span = .steps(0)) -> Schedule {
    Schedule(StepDecay(every: every, factor: factor), warmup: warmup)
  }

  public static func cosine(final: Double = 0, warmup: Span = .steps(0)) -> Schedule {
    Schedule(Cosine(final: final), warmup: warmup)
  }

  public static func oneCycle(peakAt: Double = 0.3) -> Schedule { Schedule(OneCycle(peakAt: peakAt)) }
}
