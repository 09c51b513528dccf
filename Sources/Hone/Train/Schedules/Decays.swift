internal import Foundation

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

  public var demands: [Demand] { Demand.notNegative(["factor": factor]) }

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

  public var demands: [Demand] { Demand.notNegative(["factor": factor]) }

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

  public var demands: [Demand] { Demand.notNegative(["factor": factor]) }

  public func factor(at clock: ScheduleClock) -> Double { pow(factor, clock.step / Double(max(1, clock.perEpoch))) }
}

/// The rate falls as a power of what is left of the way; power 1 is a straight line.
///
/// - Shape: none.
/// - Units: `final` is the factor at the end.
/// - Throws: nothing.
/// - Source: `torch.optim.lr_scheduler.PolynomialLR`; with `final`, timm's `PolyLRScheduler`.
public struct Polynomial: ScheduleKind {
  public static let name = "polynomial"
  public var power: Double
  public var final: Double

  public init() { self.init(power: 1) }
  public init(power: Double, final: Double = 0) {
    self.power = power
    self.final = final
  }

  public var demands: [Demand] { Demand.notNegative(["power": power, "final": final]) }

  public func factor(at clock: ScheduleClock) -> Double { final + (1 - final) * pow(1 - clock.progress, power) }
}

/// The rate falls as one over the root of the steps: fast first, then ever slower, with no end in view.
///
/// - Shape: none.
/// - Units: after a time of `scale` the rate is 1/√2 of what it was.
/// - Throws: nothing.
/// - Source: Vaswani et al., 2017, arXiv:1706.03762, §5.3, as in timm's `WSDScheduler` (`rsqrt`).
public struct InverseRoot: ScheduleKind {
  public static let name = "inverseRoot"
  public var scale: Span

  public init() { self.init(scale: .epochs(1)) }
  public init(scale: Span) { self.scale = scale }

  public func factor(at clock: ScheduleClock) -> Double {
    1 / (1 + clock.step / max(1, scale.steps(perEpoch: clock.perEpoch))).squareRoot()
  }
}
