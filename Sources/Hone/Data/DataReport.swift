public import HoneImage

/// What a look at every picture of a data set brought to light; what `hone check` prints.
///
/// ```swift
/// let report = DataReport(data)
/// let grouping = Grouping(data, duplicates: report.duplicates.map(\.samples))
/// let split = try Split(data, validation: 0.2, grouping: grouping, usable: report.usable(), seed: 1)
/// ```
public struct DataReport: Sendable, Hashable, Codable {
  public struct ClassCount: Sendable, Hashable, Codable {
    public var name: String
    /// Readable pictures.
    public var pictures: Int
    /// The same by part (`train`, `validation`, `test`); empty when the data set came in one piece.
    public var parts: [String: Int]
  }

  /// Pictures that show the same thing.
  public struct Duplicates: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
      /// The same bytes.
      case exact
      /// The same picture re-encoded, resized, slightly cropped or changed in brightness.
      case near
    }
    public var kind: Kind
    public var samples: [Int]
    public var paths: [String]
    /// The classes they are labelled with.
    public var classes: [String]
    /// The parts they lie in; empty when the data set came in one piece.
    public var parts: [String]
    /// The least correlation that joined them; 1 for exact copies.
    public var similarity: Double

    /// Whether one thing has two labels.
    public var isConflicting: Bool { classes.count > 1 }
    /// Whether a picture to learn from is also one to be judged by.
    public var isLeak: Bool { parts.count > 1 }
  }

  /// Pictures unlike the rest of the set.
  public struct Oddity: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
      /// Shorter side below 32 pixels, and below half the set's median.
      case tiny
      /// One side more than four times the other.
      case elongated
      /// No colour, in a set that has colour.
      case grey
      /// Colour, in a set that is grey.
      case colored
      /// One colour all over.
      case flat
    }
    public var kind: Kind
    public var paths: [String]
  }

  /// Sizes as shown, in the order of their shorter sides.
  public struct Sizes: Sendable, Hashable, Codable {
    public var smallest: Size
    public var median: Size
    public var largest: Size
  }

  public var name: String
  public var root: String
  /// Pictures listed, readable or not.
  public var samples: Int
  public var classes: [ClassCount]
  /// What was passed over, cannot be read, or is missing.
  public var problems: [DataProblem]
  /// Samples that cannot be decoded.
  public var unreadable: [Int]
  public var duplicates: [Duplicates]
  public var oddities: [Oddity]
  public var sizes: Sizes?
  /// How long the look took.
  public var seconds: Double

  /// Readable pictures of the largest class for each of the smallest that has any.
  public var imbalance: Double {
    let counts = classes.map(\.pictures).filter { $0 > 0 }
    guard let most = counts.max(), let least = counts.min() else { return 1 }
    return Double(most) / Double(least)
  }

  /// The samples that can be trained on and judged by.
  ///
  /// - Throws: `HoneError`, `emptyClass` when a class has none.
  public func usable() throws(HoneError) -> [Int] {
    let empty = classes.filter { $0.pictures == 0 }.map { "'\($0.name)'" }
    guard empty.isEmpty else {
      throw HoneError(
        .emptyClass,
        "no readable picture in class \(empty.joined(separator: ", ")) of '\(root)'; add some, or take the class out",
        context: ["file": root])
    }
    let lost = Set(unreadable)
    return (0..<samples).filter { !lost.contains($0) }
  }
}
