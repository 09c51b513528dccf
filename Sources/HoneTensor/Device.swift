import CHoneTorch

/// Where a tensor lies and its operations run.
public struct Device: Hashable, Codable, Sendable, CustomStringConvertible {
  public enum Kind: String, Codable, Sendable, CaseIterable { case cpu, cuda, mps }

  public let kind: Kind
  public let index: Int

  private init(_ kind: Kind, _ index: Int = 0) {
    self.kind = kind
    self.index = index
  }

  public static let cpu = Device(.cpu)
  public static let mps = Device(.mps)
  public static func cuda(_ index: Int = 0) -> Device { Device(.cuda, index) }

  /// Every device of this machine; the processor is always there, and first.
  public static var all: [Device] {
    Engine.start()
    let graphics = (0..<ht_cuda_count()).map { Device.cuda($0) }
    return [.cpu] + graphics + (ht_mps_available() ? [.mps] : [])
  }

  public var isAvailable: Bool { Self.all.contains(self) }

  public var description: String { kind == .cuda ? "cuda:\(index)" : kind.rawValue }

  /// Waits until everything asked of the device is done. The processor never lags.
  public func synchronize() { ht_synchronize(code) }
}

extension Device {
  var code: ht_device {
    ht_device(kind: kind.code, index: Int32(truncatingIfNeeded: index))
  }

  init(_ code: ht_device) {
    switch code.kind {
    case HT_CUDA: self = .cuda(Int(code.index))
    case HT_MPS: self = .mps
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
    }
  }
}
