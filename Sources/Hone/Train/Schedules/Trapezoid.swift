/// The rate stays for most of the way, then cools down to the end: warm-up, stable, decay.
///
/// A run can be prolonged from where it began to cool, which a cosine's cannot.
///
/// - Shape: none.
/// - Units: `cooldown` is how long the end is; `final` the factor there.
/// - Throws: nothing.
/// - Source: Hu et al., 2024, arXiv:2404.06395; the root: Hägele et al., 2024, arXiv:2405.18392; timm's `WSDScheduler`.
public struct Trapezoid: ScheduleKind {
  /// How it cools down.
  public enum Curve: String, Codable, Sendable, Hashable {
    /// In a straight line.
    case linear
    /// As one minus the root of the way: fast first.
    case root
  }

  public static let name = "trapezoid"
  /// The length of the end; nil takes a fifth of the way.
  public var cooldown: Span?
  public var curve: Curve
  public var final: Double

  public init() { self.init(cooldown: nil) }
  public init(cooldown: Span?, curve: Curve = .linear, final: Double = 0) {
    self.cooldown = cooldown
    self.curve = curve
    self.final = final
  }

  public var demands: [Demand] { Demand.notNegative(["final": final]) }

  public func factor(at clock: ScheduleClock) -> Double {
    let length = max(1, cooldown?.steps(perEpoch: clock.perEpoch) ?? clock.total / 5)
    let way = min(1, max(0, (clock.step - (clock.total - length)) / length))
    return final + (1 - final) * (1 - (curve == .linear ? way : way.squareRoot()))
  }
}
