import CHoneKernels

/// What a picture shows outside its edges; as OpenCV's border modes.
///
/// Written `edge`, `reflect`, `reflect101`, `wrap`, or a level or list of levels (one per channel) for a constant colour.
public enum Border: Sendable, Hashable {
  /// One colour; a list shorter than the channels repeats its last level.
  case constant([UInt8])
  /// The outermost pixel again: `aaa|abcd|ddd`.
  case edge
  /// Mirrored with the edge pixel twice: `cba|abcd|dcb`.
  case reflect
  /// Mirrored about the edge pixel: `dcb|abcd|cba`.
  case reflect101
  /// From the other side: `bcd|abcd|abc`.
  case wrap

  public static let black = Border.constant([0])

  var code: Int32 {
    switch self {
    case .constant: Int32(HK_CONSTANT)
    case .edge: Int32(HK_EDGE)
    case .reflect: Int32(HK_REFLECT)
    case .reflect101: Int32(HK_REFLECT101)
    case .wrap: Int32(HK_WRAP)
    }
  }

  /// The constant's levels; black for the other rules.
  var fill: [UInt8] {
    guard case .constant(let levels) = self, !levels.isEmpty else { return [0] }
    return levels
  }

  var isConstant: Bool {
    guard case .constant = self else { return false }
    return true
  }
}

extension Border: Codable {
  private static let names: [String: Border] = [
    "edge": .edge, "reflect": .reflect, "reflect101": .reflect101, "wrap": .wrap, "black": .black,
  ]

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let level = try? container.decode(UInt8.self) {
      self = .constant([level])
    } else if let levels = try? container.decode([UInt8].self) {
      self = .constant(levels)
    } else {
      let name = try container.decode(String.self)
      guard let border = Self.names[name] else {
        throw PipelineError.unknownName(name, kind: "border", known: Array(Self.names.keys))
      }
      self = border
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .constant(let levels) = self {
      try container.encode(levels)
    } else {
      try container.encode(Self.names.first { $0.value == self }?.key ?? "edge")
    }
  }
}

/// How a warp reads between pixels.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  case nearest, bilinear
  /// Keys' cubic with a = −0.75, as OpenCV's.
  case bicubic

  var code: Int32 {
    switch self {
    case .nearest: Int32(HK_NEAREST)
    case .bilinear: Int32(HK_BILINEAR)
    case .bicubic: Int32(HK_BICUBIC)
    }
  }
}
