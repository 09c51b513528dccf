public import HoneImage

/// Mixes the pictures of a batch with each other, labels too, in one of several ways.
///
/// Who mixes with whom, how much and where is a pure function of (seed, epoch, position of the batch, batch size).
///
/// - Shape: kept. Labels become mixtures in the proportion of the pixels.
/// - Units: each way's number is the α of a Beta(α, α) distribution of its proportion; 0 leaves that way out, and those left
///   in are equally likely. `chance` is that of being mixed at all. `until` counts epochs; none mixes in all.
/// - Randomness: one permutation per batch, then per group of pictures (per batch, in `batch` mode) two draws and the way's own.
/// - Throws: nothing.
/// - Source: MixUp, Zhang et al., 2018, arXiv:1710.09412; CutMix, Yun et al., 2019, arXiv:1905.04899; FMix, Harris et al.,
///   2020, arXiv:2002.12047; ResizeMix, Qin et al., 2020, arXiv:2012.11101; choosing among ways, RandomMix, Liu et al., 2022,
///   arXiv:2205.08728; Mosaic of four, Bochkovskiy et al., 2020, arXiv:2004.10934, each picture keeping its own place.
///   Modes as timm's `Mixup`.
public struct Mixing: Sendable, Hashable {
  /// What is drawn once for which pictures.
  public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
    /// Once for each group: both partners give what the other takes.
    case pair
    /// Once for the batch.
    case batch
    /// For each picture of a pair on its own.
    case element
  }

  /// The ways of mixing.
  public enum Way: String, Sendable, Hashable, Codable, CaseIterable {
    case mixUp, cutMix, fMix, patchMix, resizeMix, mosaic
  }

  /// Blends two pictures.
  public var mixUp: Double
  /// Swaps a rectangle between two.
  public var cutMix: Double
  /// Swaps a cloud-shaped part between two.
  public var fMix: Double
  /// Swaps some of the squares of a 4 × 4 grid between two.
  public var patchMix: Double
  /// Shows each of two, shrunk, somewhere in the other.
  public var resizeMix: Double
  /// Exchanges quarters among four.
  public var mosaic: Double
  public var mode: Mode
  public var chance: Double
  /// The first epoch that is not mixed any more.
  public var until: Int?

  public init(
    mixUp: Double = 0.2, cutMix: Double = 0, fMix: Double = 0, patchMix: Double = 0, resizeMix: Double = 0,
    mosaic: Double = 0, mode: Mode = .pair, chance: Double = 1, until: Int? = nil
  ) {
    self.mixUp = mixUp
    self.cutMix = cutMix
    self.fMix = fMix
    self.patchMix = patchMix
    self.resizeMix = resizeMix
    self.mosaic = mosaic
    self.mode = mode
    self.chance = chance
    self.until = until
  }

  /// What is wrong with the parameters, or nil.
  public var problem: String? {
    for way in Way.allCases where !(0..<1e6).contains(alpha(of: way)) {
      return "\(way.rawValue) must not be negative; it is \(alpha(of: way))."
    }
    return (0...1).contains(chance) ? nil : "chance must lie between 0 and 1; it is \(chance)."
  }

  private func alpha(of way: Way) -> Double {
    switch way {
    case .mixUp: mixUp
    case .cutMix: cutMix
    case .fMix: fMix
    case .patchMix: patchMix
    case .resizeMix: resizeMix
    case .mosaic: mosaic
    }
  }

  private var ways: [Way] { Way.allCases.filter { alpha(of: $0) > 0 } }

  /// Decides for one batch; `key.position` is that of its first picture. Pictures that no group is left for stay as they
  /// are.
  public func plan(count: Int, size: Size, key: SampleKey) -> [MixStep] {
    guard !ways.isEmpty, key.epoch < until ?? .max else { return [] }
    var stream = RandomStream(seed: key.seed, epoch: key.epoch, index: key.position, name: "Mixing")
    var left = stream.permutation(count)[...]
    let common = mode == .batch ? draw(ways, size, &stream) : nil
    var steps: [MixStep] = []
    while left.count > 1 {
      let drawn = mode == .batch ? common : draw(ways, size, &stream)
      let group = left.prefix(drawn?.pictures ?? 2)
      left = left.dropFirst(group.count)
      guard let how = drawn, group.count == how.pictures else { continue }
      let back = mode == .element && how.pictures == 2 ? way(ways.filter { $0 != .mosaic }, size, &stream) : nil
      steps.append(MixStep(slots: Array(group), how: how, back: back))
    }
    return steps
  }

  /// What to do to a group; nil where chance says to leave it alone.
  private func draw(_ ways: [Way], _ size: Size, _ stream: inout RandomStream) -> MixStep.How? {
    stream.chance(chance) ? way(ways, size, &stream) : nil
  }

  /// One way with its proportion and place.
  private func way(_ ways: [Way], _ size: Size, _ stream: inout RandomStream) -> MixStep.How {
    let way = ways[stream.integer(0...ways.count - 1)]
    let share = stream.beta(alpha(of: way))
    switch way {
    case .mixUp: return .blend(Float(share))
    case .cutMix: return .swap(Self.rectangle(share: 1 - share, of: size, &stream))
    case .fMix: return .cloud(Cloud(share: 1 - share, seed: stream.next()))
    case .patchMix: return .patches(Patches(share: 1 - share, &stream))
    case .resizeMix: return .inset(Self.inset(scale: 0.1 + 0.7 * share, of: size, &stream))
    case .mosaic:
      let across = stream.beta(alpha(of: way))
      return .quarters(y: Int((share * Double(size.height)).rounded()), x: Int((across * Double(size.width)).rounded()))
    }
  }

  /// A rectangle of the picture's aspect around a random centre, cut off at the edges.
  private static func rectangle(share: Double, of size: Size, _ stream: inout RandomStream) -> Rect {
    func stretch(_ side: Int) -> Range<Int> {
      let half = share.squareRoot() * Double(side) / 2
      let middle = stream.uniform() * Double(side)
      let low = max(0, Int((middle - half).rounded()))
      return low..<max(low, min(side, Int((middle + half).rounded())))
    }
    let (rows, columns) = (stretch(size.height), stretch(size.width))
    return Rect(y: rows.lowerBound, x: columns.lowerBound, height: rows.count, width: columns.count)
  }

  /// A place inside the picture for a smaller copy of one.
  private static func inset(scale: Double, of size: Size, _ stream: inout RandomStream) -> Rect {
    let h = max(1, Int((scale * Double(size.height)).rounded()))
    let w = max(1, Int((scale * Double(size.width)).rounded()))
    return Rect(y: stream.integer(0...size.height - h), x: stream.integer(0...size.width - w), height: h, width: w)
  }
}

extension Mixing: Codable {
  /// Missing keys take their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let usual = Mixing()
    func number(_ key: CodingKeys, _ standard: Double) throws -> Double {
      try values.decodeIfPresent(Double.self, forKey: key) ?? standard
    }
    self.init(
      mixUp: try number(.mixUp, usual.mixUp), cutMix: try number(.cutMix, usual.cutMix),
      fMix: try number(.fMix, usual.fMix), patchMix: try number(.patchMix, usual.patchMix),
      resizeMix: try number(.resizeMix, usual.resizeMix), mosaic: try number(.mosaic, usual.mosaic),
      mode: try values.decodeIfPresent(Mode.self, forKey: .mode) ?? usual.mode,
      chance: try number(.chance, usual.chance), until: try values.decodeIfPresent(Int.self, forKey: .until))
  }

  private enum CodingKeys: String, CodingKey {
    case mixUp, cutMix, fMix, patchMix, resizeMix, mosaic, mode, chance, until
  }
}
