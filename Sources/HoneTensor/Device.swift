import CHoneTorch

/// Where a tensor lies and its operations run. Written `cpu`, `cuda`, `cuda:1`, `mps`.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case cpu, cuda, mps
    case privateUse = "privateuseone"
  }

  public let kind: Kind
  public let index: Int

  private init(_ kind: Kind, _ index: Int = 0) {
    self.kind = kind
    self.index = index
  }

  public static let cpu = Device(.cpu)
  public static let mps = Device(.mps)
  public static func cuda(_ index: Int = 0) -> Device { Device(.cuda, index) }
  /// What another library has added to libtorch, which calls it `privateuseone`.
  public static let privateUse = Device(.privateUse)

  /// Every device of this machine; the processor is always there, and first.
  public static var all: [Device] {
    Engine.start()
    let graphics = (0..<ht_cuda_count()).map { Device.cuda($0) }
    return [.cpu] + graphics + (ht_mps_available() ? [.mps] : []) + (ht_private_available() ? [.privateUse] : [])
  }

  /// What `auto` takes: a graphics card of CUDA where there is one. MPS is taken where it is asked for.
  public static var best: Device { all.first { $0.kind == .cuda } ?? .cpu }

  public var isAvailable: Bool { Self.all.contains(self) }

  public var description: String { kind == .cuda ? "cuda:\(index)" : kind.rawValue }

  /// Waits until everything asked of the device is done. The processor never lags.
  public func synchronize() { ht_synchronize(code) }

  /// Bytes of the device's memory that tensors hold now, and the most they held since the last `resetPeak`.
  public var currentBytes: Int { ht_current_bytes(code) }
  public var peakBytes: Int { ht_peak_bytes(code) }
  public func resetPeak() { ht_reset_peak(code) }
  /// Gives memory kept for the next tensors back to the device.
  public func trim() { ht_trim(code) }
}

extension Device: Codable {
  /// Reads `cpu`, `cuda`, `cuda:1`, `mps` or `privateuseone`; nil for anything else.
  public init?(_ text: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let kind = words.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
    let index = words.count == 2 && kind == .cuda ? Int(words[1]) : words.count == 1 ? 0 : nil
    guard let index, (0..<128).contains(index) else { return nil }
    self.init(kind, index)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let device = Device(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a device is written 'cpu', 'cuda', 'cuda:1' or 'mps', not '\(text)'")
    }
    self = device
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Device {
  var code: ht_device {
    ht_device(kind: kind.code, index: Int32(truncatingIfNeeded: index))
  }

  init(_ code: ht_device) {
    switch code.kind {
    case HT_CUDA: self = .cuda(Int(code.index))
    case HT_MPS: self = .mps
    case HT_PRIVATE: self = .privateUse
    default: self = .cpu
    }
  }
}

extension Device.Kind {
  var code: ht_device_kind {
    switch self {
    case .cpu: HT_CPU
    case .cuda: HT_CUDA
    case .mps: HT_MPS
    case .privateUse: HT_PRIVATE
    }
  }
}
