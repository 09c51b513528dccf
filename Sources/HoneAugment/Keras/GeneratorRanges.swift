/// How far a picture is shifted, as ImageDataGenerator takes it: `0.2` is up to that fraction of the side, `7.5` up to so many
/// pixels, `4` a whole number of pixels below 4, `[-3, 3]` one of these; either way round.
public enum ShiftRange: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  case upTo(Double)
  case below(Int)
  case oneOf([Double])

  public init(floatLiteral value: Double) { self = .upTo(value) }
  public init(integerLiteral value: Int) { self = value == 0 ? .upTo(0) : .below(value) }
  public init(arrayLiteral elements: Double...) { self = .oneOf(elements) }

  /// Pixels along a side.
  func draw(side: Int, from stream: inout RandomStream) -> Double {
    switch self {
    case .upTo(let most): return stream.uniform(-abs(most)...abs(most)) * (abs(most) < 1 ? Double(side) : 1)
    case .below(let most): return turned(Double(stream.integer(0...max(0, abs(most) - 1))), &stream)
    case .oneOf(let choices):
      guard let largest = choices.max() else { return 0 }
      let chosen = choices[stream.integer(0...choices.count - 1)] * (largest < 1 ? Double(side) : 1)
      return turned(chosen, &stream)
    }
  }

  private func turned(_ pixels: Double, _ stream: inout RandomStream) -> Double {
    stream.chance(0.5) ? pixels : -pixels
  }
}

/// Written as in Keras; only a whole number of pixels meant as a limit needs its name, `{upTo: 4}`.
extension ShiftRange: Codable {
  private static let key = AnyKey("upTo")

  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: AnyKey.self), keyed.contains(Self.key) {
      self = .upTo(try keyed.decode(Double.self, forKey: Self.key))
      return
    }
    let value = try decoder.singleValueContainer()
    if let whole = try? value.decode(Int.self) {
      self.init(integerLiteral: whole)
    } else if let list = try? value.decode([Double].self) {
      self = .oneOf(list)
    } else {
      self = .upTo(try value.decode(Double.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .upTo(let most) = self, most != 0, most == most.rounded() {
      var keyed = encoder.container(keyedBy: AnyKey.self)
      return try keyed.encode(most, forKey: Self.key)
    }
    var value = encoder.singleValueContainer()
    switch self {
    case .upTo(let most): try value.encode(most)
    case .below(let most): try value.encode(most)
    case .oneOf(let list): try value.encode(list)
    }
  }
}

/// How far a picture is zoomed, as ImageDataGenerator takes it: `0.2` means 0.8 to 1.2; a factor below 1 enlarges.
public struct ZoomRange: Sendable, Hashable, Codable, ExpressibleByFloatLiteral {
  public var factors: ClosedRange<Double>
  public init(_ factors: ClosedRange<Double>) { self.factors = factors }
  public init(floatLiteral value: Double) { factors = 1 - abs(value)...1 + abs(value) }

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let width = try? value.decode(Double.self) {
      self.init(floatLiteral: width)
    } else {
      self.init(try value.decode(ClosedRange<Double>.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(factors)
  }
}
