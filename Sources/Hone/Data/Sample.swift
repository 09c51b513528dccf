/// One labelled picture of a data set: where its pixels are, and what it shows.
public struct Sample: Sendable, Hashable {
  /// Where the pixels are.
  public enum Source: Sendable, Hashable {
    /// A picture file of its own, in any format that Hone reads.
    case file(String)
    /// Raw bytes inside a larger file, as CIFAR and MNIST are kept.
    case record(file: String, offset: Int, format: RecordFormat)
  }

  public var source: Source
  /// Index into the data set's `classes`.
  public var label: Int
  /// Pictures of one group (a patient, a burst, a camera) never straddle a split; nil stands alone.
  public var group: Int?

  public init(source: Source, label: Int, group: Int? = nil) {
    self.source = source
    self.label = label
    self.group = group
  }

  /// The file that holds the pixels.
  public var file: String {
    switch source {
    case .file(let path), .record(let path, _, _): path
    }
  }
}

/// How one raw picture of 8-bit numbers lies in a file.
public struct RecordFormat: Sendable, Hashable, Codable {
  public enum Layout: String, Sendable, Hashable, Codable {
    /// All of the first channel, then all of the second …
    case planar
    /// The channels of the first pixel, then those of the second …
    case interleaved
  }

  public var height: Int
  public var width: Int
  public var channels: Int
  public var layout: Layout

  public init(height: Int, width: Int, channels: Int, layout: Layout) {
    self.height = height
    self.width = width
    self.channels = channels
    self.layout = layout
  }

  public var bytes: Int { height * width * channels }
}
