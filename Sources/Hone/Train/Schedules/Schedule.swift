/// How the learning rate moves during training: a warm-up, then a shape. A pure function of the step, and for `Plateau` of
/// the losses so far.
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
      Constant.self, StepDecay.self, MultiStep.self, Exponential.self, Polynomial.self, InverseRoot.self, Cosine.self,
      CosineRestarts.self, FlatCosine.self, OneCycle.self, Trapezoid.self, Plateau.self,
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
  ///   - losses: what the epochs so far ended with, for shapes that watch them.
  public func factor(at step: Int, of total: Int, perEpoch: Int, losses: [Double] = []) -> Double {
    let rising = warmup.steps(perEpoch: perEpoch)
    let step = Double(step)
    if step < rising { return warmupFrom + (1 - warmupFrom) * step / rising }
    let clock = ScheduleClock(
      step: step - rising, total: max(1, Double(total) - rising), perEpoch: perEpoch, losses: losses)
    return shape.kind.factor(at: clock)
  }
}

extension Schedule {
  /// Its factors at moments spread over a run of so many epochs, the ends of the warm-up among them.
  func factors(over epochs: Int) -> [Double] {
    let (perEpoch, moments) = (100, 10_000)
    let total = Double(max(1, epochs)) * Double(perEpoch)
    let rising = warmup.steps(perEpoch: perEpoch) > 0 ? [warmupFrom, 1] : []
    return rising
      + (0..<moments).map { place in
        let step = total * Double(place) / Double(moments)
        return shape.kind.factor(at: ScheduleClock(step: step, total: total, perEpoch: perEpoch))
      }
  }
}

/// Where a schedule's shape stands; the warm-up is already subtracted.
public struct ScheduleClock: Sendable, Hashable {
  public var step: Double
  public var total: Double
  public var perEpoch: Int
  /// What the epochs so far ended with: their validation losses, or their training losses where nothing validates.
  public var losses: [Double]

  public init(step: Double, total: Double, perEpoch: Int, losses: [Double] = []) {
    self.step = step
    self.total = total
    self.perEpoch = perEpoch
    self.losses = losses
  }

  /// The part of the way that lies behind, 0…1.
  public var progress: Double { min(1, max(0, step / total)) }
}

/// A shape that a schedule can have.
///
/// A new one is one file that conforms, and one line in `Schedule.Shape.known`.
public protocol ScheduleKind: NamedSettings {
  func factor(at clock: ScheduleClock) -> Double
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
