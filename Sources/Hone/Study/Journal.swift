public import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The study's memory: one line of JSON for each thing that happened, safe on the disk before the next thing begins.
///
/// Only ever appended to. A line torn by a crash is dropped when the journal is opened again, and its work is redone.
/// Every look at the test set is written *before* it happens, so no crash hides one.
public final class Journal {
  /// One thing that happened.
  public enum Entry: Sendable, Hashable, Codable {
    case plan(StudyPlan)
    case cost(CostRecord)
    case trial(TrialRecord)
    case stopped(StopRecord)
    case alone(AloneRecord)
    case look(LookRecord)
    case final(FinalRecord)
  }

  public private(set) var entries: [Entry]
  private let file: FileHandle?

  /// A journal in memory, for tests and simulations.
  public init() {
    entries = []
    file = nil
  }

  /// Opens the journal at `path`, or starts one.
  ///
  /// - Throws: `HoneError` when the file cannot be read or written, or a line before the last is damaged.
  public init(path: String) throws {
    if !FileManager.default.fileExists(atPath: path), !FileManager.default.createFile(atPath: path, contents: nil) {
      throw HoneError(.unwritable, "cannot start the study's journal; check the rights of its folder", file: path)
    }
    guard let file = FileHandle(forUpdatingAtPath: path) else {
      throw HoneError(.unwritable, "cannot open the study's journal for writing; check its rights", file: path)
    }
    let (entries, length) = try Self.read(file.readToEnd() ?? Data(), path: path)
    try file.truncate(atOffset: UInt64(length))
    try file.seekToEnd()
    self.entries = entries
    self.file = file
  }

  /// Adds an entry; when this returns, the entry survives a loss of power.
  public func append(_ entry: Entry) throws {
    if let file {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      try file.write(contentsOf: encoder.encode(entry) + Data([10]))
      try file.synchronize()
    }
    entries.append(entry)
  }

  /// The entries of whole lines, and how many bytes those take.
  private static func read(_ bytes: Data, path: String) throws -> ([Entry], Int) {
    var entries: [Entry] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 10) {
      do {
        entries.append(try JSONDecoder().decode(Entry.self, from: bytes[start..<end]))
      } catch {
        throw HoneError(
          .malformed, "a line of the study's journal cannot be read; delete it, or start in another folder",
          file: path, line: entries.count + 1, cause: error)
      }
      start = end + 1
    }
    return (entries, start - bytes.startIndex)
  }
}

/// What one epoch of an arm was measured to cost, and the recipe that was fitted to the time there is.
public struct CostRecord: Sendable, Hashable, Codable {
  public var arm: String
  public var cost: TrialCost
  /// The arm's recipe with its epochs; nil when even the fewest do not fit the time.
  public var recipe: Recipe?
  /// Seconds of the study behind it, this included.
  public var elapsed: Double
}

/// One trial, with all that later questions need.
public struct TrialRecord: Sendable, Hashable, Codable {
  public var arm: String
  public var repetition: Int
  public var fold: Int
  public var recipe: String
  public var classes: Int
  public var indices: [Int]
  public var labels: [Int]
  /// Probabilities, packed.
  public var probabilities: String
  public var seconds: Double
  public var peakBytes: Int?
  public var history: [EpochMetrics]
  /// Seconds of the study behind it, this included.
  public var elapsed: Double
}

extension TrialRecord {
  /// Whether each picture was recognized.
  var hits: [Bool] { predictions(classes: (0..<classes).map { "\($0)" }).hits }

  /// The probabilities, unpacked.
  func predictions(classes names: [String]) -> Predictions {
    let rows = [[Float]](packed: probabilities, width: classes) ?? []
    return Predictions(classes: names, indices: indices, labels: labels, probabilities: rows)
  }
}

/// An arm that got no further trials, and why.
public struct StopRecord: Sendable, Hashable, Codable {
  public var arm: String
  public var reason: String

  package init(arm: String, reason: String) {
    self.arm = arm
    self.reason = reason
  }
}

/// The end of measuring arms alone: combinations are chosen on so many repetitions.
public struct AloneRecord: Sendable, Hashable, Codable {
  public var repetitions: Int
}

/// The end of a study: what the winner, the baseline and each family's best arm, trained on the whole pool, made of the
/// test pictures. All were named before the look.
public struct FinalRecord: Sendable, Hashable, Codable {
  public var winner: Arm
  /// The winner first, then the baseline, then the families.
  public var papers: [Paper]
  public var history: [EpochMetrics]
  /// Seconds of the study behind it, this included.
  public var elapsed: Double

  /// One arm's answers, one set for each seed.
  public struct Paper: Sendable, Hashable, Codable {
    public var arm: Arm
    public var answers: [Predictions]
    public var seconds: Double
    public var peakBytes: Int?
  }
}

/// A look at the test set.
public struct LookRecord: Sendable, Hashable, Codable {
  public var purpose: String
  public var pictures: Int
  public var at: Date
}
