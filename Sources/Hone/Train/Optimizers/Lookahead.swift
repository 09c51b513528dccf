internal import HoneTensor

/// Fast weights that a slow copy follows, and that return to it every few steps.
///
/// Any rule becomes steadier: what it tries out between two returns counts only in part.
///
/// - Shape: none.
/// - Units: `every` in optimizer steps; `part` is how far the slow weights go towards the fast ones, 0…1.
/// - Throws: nothing.
/// - Source: Zhang et al., 2019, arXiv:1907.08610. Differs from timm's: the slow weights begin where training begins,
///   as in the paper, not at the first return.
public struct Lookahead: Settings {
  public var every: Int
  public var part: Double

  public init() { self.init(every: 6) }
  public init(every: Int, part: Double = 0.5) {
    self.every = every
    self.part = part
  }
}

/// The slow weights of lookahead.
final class SlowWeights {
  private let settings: Lookahead
  private let members: [NamedParameter]
  private let slow: [Buffer]

  init(_ settings: Lookahead, of members: [NamedParameter]) throws {
    self.settings = settings
    self.members = members
    slow = try members.map { try Buffer($0.parameter.value.clone()) }
  }

  var buffers: [(String, Buffer)] { zip(members, slow).map { ("lookahead/\($0.name)", $1) } }

  /// Every few steps: moves towards the fast weights, and brings them back to itself.
  func follow(after steps: Int) throws {
    guard steps % settings.every == 0 else { return }
    let fast = TensorList(members.map(\.parameter.value))
    try fast.assign(TensorList(slow.map(\.value)).lerp(to: fast, settings.part))
  }
}
