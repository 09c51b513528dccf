/// A setting that Hone may choose itself: `auto`, or a value.
///
/// `auto` is resolved once, when a run starts, and the value chosen is stored with the run.
public enum Auto<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
  case auto
  case fixed(Value)

  /// The value, unless it is still to be chosen.
  public var value: Value? {
    if case .fixed(let value) = self { value } else { nil }
  }

  /// The value, or the choice of the moment.
  public func resolved(_ choice: @autoclosure () -> Value) -> Auto {
    .fixed(value ?? choice())
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if (try? container.decode(String.self)) == "auto" {
      self = .auto
    } else {
      self = .fixed(try container.decode(Value.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .auto: try container.encode("auto")
    case .fixed(let value): try container.encode(value)
    }
  }
}

extension Auto: ExpressibleByIntegerLiteral where Value == Int {
  public init(integerLiteral value: Int) { self = .fixed(value) }
}

/// How numbers are stored while a network computes; weights are always kept in float32.
///
/// float16 is for devices without bfloat16: its range is so small that the loss is scaled while gradients are taken.
public enum Precision: String, Codable, Sendable, Hashable, CaseIterable {
  case float32, bfloat16, float16
}

/// A length of training, in epochs or in optimizer steps. Written `5 epochs`, `0.5 epochs`, `300 steps`.
public enum Span: Sendable, Hashable, CustomStringConvertible {
  case epochs(Double)
  case steps(Int)

  /// Optimizer steps, when an epoch has so many of them.
  public func steps(perEpoch: Int) -> Double {
    switch self {
    case .epochs(let epochs): epochs * Double(perEpoch)
    case .steps(let steps): Double(steps)
    }
  }

  public var description: String {
    switch self {
    case .epochs(let epochs): "\(epochs == epochs.rounded() ? "\(Int(epochs))" : "\(epochs)") epochs"
    case .steps(let steps): "\(steps) steps"
    }
  }

  /// Reads `5 epochs` or `300 steps`; nil for anything else.
  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2 else { return nil }
    switch words[1] {
    case "epochs", "epoch":
      guard let epochs = Double(words[0]), epochs >= 0, epochs < 1e9 else { return nil }
      self = .epochs(epochs)
    case "steps", "step":
      guard let steps = Int(words[0]), steps >= 0 else { return nil }
      self = .steps(steps)
    default: return nil
    }
  }
}

extension Span: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let span = Span(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a length is written '5 epochs' or '300 steps', not '\(text)'")
    }
    self = span
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
