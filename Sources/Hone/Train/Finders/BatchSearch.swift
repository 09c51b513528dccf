/// What batches of several sizes cost on this machine.
public struct BatchSearch: Codable, Sendable, Hashable {
  /// Some training steps on batches of one size.
  public struct Trial: Codable, Sendable, Hashable {
    public var size: Int
    /// Of the fastest step.
    public var secondsPerPicture: Double
    /// The most that tensors held at once.
    public var peakBytes: Int

    public init(size: Int, secondsPerPicture: Double, peakBytes: Int) {
      self.size = size
      self.secondsPerPicture = secondsPerPicture
      self.peakBytes = peakBytes
    }
  }

  /// Sizes from small to large, as they were tried.
  public var trials: [Trial] = []
  /// What tensors may hold.
  public var memoryLimit: Int
  public var largestAllowed: Int

  public init(memoryLimit: Int, largestAllowed: Int) {
    self.memoryLimit = memoryLimit
    self.largestAllowed = largestAllowed
  }

  /// The largest size tried that kept to the limit.
  public var largest: Int? { fitting.map(\.size).max() }

  /// The size whose pictures take the least time each.
  public var fastest: Int? { fitting.min { $0.secondsPerPicture < $1.secondsPerPicture }?.size }

  private var fitting: [Trial] { trials.filter { $0.peakBytes <= memoryLimit } }

  /// The size to try next: twice the last, then what the memory of the last two promises to fit; nil when all is known.
  /// It begins with two, since norms have nothing to compare in a batch of one.
  public var next: Int? {
    guard let last = trials.last else { return min(2, largestAllowed) }
    guard last.peakBytes <= memoryLimit else { return nil }
    let wanted = min(2 * last.size, largestAllowed)
    let size = min(wanted, promised ?? wanted)
    return size > last.size ? size : nil
  }

  /// The largest size whose memory, on the line through the last two trials, keeps to the limit.
  private var promised: Int? {
    guard let last = trials.last, let former = trials.dropLast().last else { return nil }
    let perPicture = Double(last.peakBytes - former.peakBytes) / Double(last.size - former.size)
    guard perPicture > 0 else { return nil }
    return last.size + Int(Double(memoryLimit - last.peakBytes) / perPicture)
  }
}
