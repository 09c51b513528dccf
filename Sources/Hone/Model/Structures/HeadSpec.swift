/// The pictures a model takes.
public struct InputSpec: Codable, Sendable, Hashable, CustomStringConvertible {
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(height: Int, width: Int, channels: Int = 3) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  public init(side: Int, channels: Int = 3) { self.init(height: side, width: side, channels: channels) }

  /// As a tensor without its batch.
  public var shape: [Int] { [channels, height, width] }
  public var description: String { "\(height)×\(width)×\(channels)" }
}

/// What turns the features of a picture into its class scores.
public struct HeadSpec: Codable, Sendable, Hashable {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The structure's own top.
    case own
    /// Mean over the picture, then one dense layer.
    case linear
    /// Mean over the picture, then 30 times the cosine of the angle to each class's direction: what LDAM was made for.
    case cosine
    /// Mean over each cell of a grid of at most 4×4, then one dense layer: for features that still know where.
    case grid
    /// Mean over the picture, a hidden dense layer with ReLU, dropout, a dense layer.
    case mlp
    /// Flatten in height-width-channel order, a hidden dense layer with ReLU, dropout, a dense layer: the classic one.
    case flatten
  }

  public enum Output: String, Codable, Sendable, CaseIterable {
    /// One score per class.
    case softmax
    /// One score in all, for two classes: above zero means the second.
    case sigmoid
  }

  public var kind: Kind
  /// Width of the hidden layer of `mlp` and `flatten`.
  public var hidden: Int
  /// Chance of the head's dropout; nil: what is customary for it.
  public var dropout: Double?
  public var output: Output

  public init(_ kind: Kind = .own, hidden: Int = 512, dropout: Double? = nil, output: Output = .softmax) {
    self.kind = kind
    self.hidden = hidden
    self.dropout = dropout
    self.output = output
  }

  public static let own = HeadSpec(.own)
  public static let linear = HeadSpec(.linear)
  public static let mlp = HeadSpec(.mlp)
  /// Flatten, Dense 512 ReLU, Dropout 0.5, Dense.
  public static let classic = HeadSpec(.flatten)

  /// The same with one sigmoid output for two classes.
  public var binary: HeadSpec {
    var head = self
    head.output = .sigmoid
    return head
  }
}
