internal import Foundation

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

  public var demands: [Demand] { Demand.notNegative(["final": final]) }

  public func factor(at clock: ScheduleClock) -> Double { bend(from: 1, to: final, clock.progress) }
}

/// The rate falls along half a cosine again and again; each cycle may be longer and lower than the one before.
///
/// - Shape: none.
/// - Units: `every` is the first cycle's length; `growth` and `decay` are factors, from cycle to cycle, of length and peak;
///   `final` is the factor at each cycle's end.
/// - Throws: nothing.
/// - Source: Loshchilov & Hutter, 2016, arXiv:1608.03983; `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`; with
///   `decay`, timm's `CosineLRScheduler`.
public struct CosineRestarts: ScheduleKind {
  public static let name = "cosineRestarts"
  public var every: Span
  public var growth: Double
  public var decay: Double
  public var final: Double

  public init() { self.init(every: .epochs(10)) }
  public init(every: Span, growth: Double = 1, decay: Double = 1, final: Double = 0) {
    self.every = every
    self.growth = growth
    self.decay = decay
    self.final = final
  }

  public var demands: [Demand] { Demand.notNegative(["growth": growth, "decay": decay, "final": final]) }

  public func factor(at clock: ScheduleClock) -> Double {
    var (length, peak, step) = (max(1, every.steps(perEpoch: clock.perEpoch)), 1.0, clock.step)
    while step >= length {
      step -= length
      length = max(1, length * growth)
      peak *= decay
    }
    return bend(from: peak, to: final, step / length)
  }
}

/// The rate stays, then falls along half a cosine.
///
/// - Shape: none.
/// - Units: `fallsAt` is the part of the way at which it begins to fall.
/// - Throws: nothing.
/// - Source: fastai's `fit_flat_cos`.
public struct FlatCosine: ScheduleKind {
  public static let name = "flatCosine"
  public var fallsAt: Double
  public var final: Double

  public init() { self.init(fallsAt: 0.75) }
  public init(fallsAt: Double, final: Double = 0) {
    self.fallsAt = fallsAt
    self.final = final
  }

  public var demands: [Demand] { Demand.shares(["fallsAt": fallsAt]) + Demand.notNegative(["final": final]) }

  public func factor(at clock: ScheduleClock) -> Double {
    bend(from: 1, to: final, max(0, (clock.progress - fallsAt) / max(1 - fallsAt, 1e-9)))
  }
}

/// The rate rises to its peak, then falls far below where it began; both along half a cosine.
///
/// - Shape: none.
/// - Units: none.
/// - Throws: nothing.
/// - Source: Smith & Topin, 2017, arXiv:1708.07120, as in `torch.optim.lr_scheduler.OneCycleLR`; its momentum is
///   this shape under `schedules.momentum`.
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

  public var demands: [Demand] {
    Demand.shares(["peakAt": peakAt]) + Demand.notNegative(["start": start, "final": final])
  }

  public func factor(at clock: ScheduleClock) -> Double {
    let peak = peakAt * clock.total - 1
    let end = clock.total - 1
    if clock.step <= peak { return bend(from: start, to: 1, clock.step / max(peak, 1e-9)) }
    return bend(from: 1, to: final, min(1, (clock.step - peak) / max(end - peak, 1e-9)))
  }
}

/// Half a cosine between two values.
private func bend(from: Double, to: Double, _ part: Double) -> Double { to + (from - to) * (1 + cos(.pi * part)) / 2 }
