/// How other things than the rate move during training: each by a schedule of factors, as the rate does.
///
/// A rising one is a warm-up with nothing behind it: `{warmup: 10 epochs, warmupFrom: 0}`.
///
/// - Shape: none.
/// - Units: factors of what the recipe says elsewhere; those of chances and shares lie in 0…1.
/// - Throws: nothing.
/// - Source: none: ours. Momentum opposite to the rate: Smith, 2018, arXiv:1803.09820, §4.3; rising noise: Ghiasi et al.,
///   2018, arXiv:1810.12890, §3.2; batches that grow: Smith et al., 2017, arXiv:1711.00489; easy pictures first: Kumar et
///   al., 2010, "Self-paced learning for latent variable models", here within each batch.
public struct Schedules: Settings {
  /// Of the optimizer's momentum, or its beta1.
  public var momentum: Schedule?
  /// Of the optimizer's weight decay.
  public var weightDecay: Schedule?
  /// Of the chance that residual blocks are left out.
  public var dropPath: Schedule?
  /// Of the chances and spreads of dropout in all its kinds.
  public var noise: Schedule?
  /// Of the pictures' sides, from epoch to epoch: small ones first are faster.
  public var size: Schedule?
  /// Of the chance of every step of the augmentation, from epoch to epoch.
  public var augmentation: Schedule?
  /// Of the pictures in a batch, from epoch to epoch: small ones first make more steps of the same pictures.
  public var batch: Schedule?
  /// The share of each batch, the easiest by loss, that is learnt from.
  public var share: Schedule?

  public init() {}
}

extension Schedules {
  /// One of them: what it moves, how large its factors may be, and whether it waits for the ends of epochs.
  struct Mover {
    let name: String
    let schedule: Schedule
    let limit: Double
    let waits: Bool

    init?(_ name: String, _ schedule: Schedule?, limit: Double = .infinity, waits: Bool = false) {
      guard let schedule else { return nil }
      (self.name, self.schedule, self.limit, self.waits) = (name, schedule, limit, waits)
    }
  }

  /// Those that there are.
  var movers: [Mover] {
    [
      Mover("momentum", momentum), Mover("weightDecay", weightDecay), Mover("dropPath", dropPath, limit: 1),
      Mover("noise", noise, limit: 1), Mover("size", size, limit: 1, waits: true),
      Mover("augmentation", augmentation, limit: 1, waits: true), Mover("batch", batch, limit: 1000, waits: true),
      Mover("share", share, limit: 1),
    ].compactMap(\.self)
  }
}

/// Where all schedules stand at one optimizer step.
struct Moment {
  var pace: Pace
  var strength = Pass.Strength()
  var share = 1.0
  /// Optimizer steps done before.
  var step = 0
}

extension Moment {
  /// - Parameter factor: what a schedule says at the step.
  init(rate: Double, step: Int, _ schedules: Schedules, factor: (Schedule) -> Double) {
    func now(_ schedule: Schedule?) -> Double { schedule.map(factor) ?? 1 }
    self.init(
      pace: Pace(rate: rate, momentum: now(schedules.momentum), weightDecay: now(schedules.weightDecay)), step: step)
    strength.dropPath = now(schedules.dropPath)
    strength.noise = now(schedules.noise)
    share = now(schedules.share)
  }
}
