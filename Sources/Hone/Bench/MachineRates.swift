package import HoneTensor

/// How fast this machine multiplies and moves memory: beyond that, no step gets.
///
/// - Units: floating-point operations a second, two to a multiplication with an addition; bytes a second.
public struct MachineRates: Codable, Sendable, Hashable {
  public var float32: Double
  public var bfloat16: Double
  /// Bytes read and written.
  public var memory: Double

  public init(float32: Double, bfloat16: Double, memory: Double) {
    self.float32 = float32
    self.bfloat16 = bfloat16
    self.memory = memory
  }

  /// Floating-point operations a second in a precision.
  public func arithmetic(_ precision: Precision) -> Double { precision == .bfloat16 ? bfloat16 : float32 }

  /// The least seconds that some work takes: its arithmetic or its memory, whichever is slower.
  public func leastSeconds(multiplyAdds: Double, bytes: Double, _ precision: Precision) -> Double {
    max(2 * multiplyAdds / arithmetic(precision), bytes / memory)
  }
}

extension MachineRates {
  /// Measures a device, the processor on the threads that the engine has now: of several runs the fastest. Takes a second
  /// or two.
  static func measured(on device: Device, runs: Int = 4) throws -> MachineRates {
    func best(_ load: Load) throws -> Double {
      _ = try load.run()
      return load.amount / (try (0..<runs).map { _ in try seconds { try load.run() } }.min() ?? .infinity)
    }
    func arithmetic(_ dtype: DType) throws -> Double {
      try max(best(.product(dtype, on: device)), best(.convolution(dtype, on: device)))
    }
    return MachineRates(
      float32: try arithmetic(.float32), bfloat16: try arithmetic(.bfloat16), memory: try best(.sum(on: device)))
  }
}

/// Work of a known size that does one thing only.
package struct Load {
  /// Floating-point operations, or bytes.
  package let amount: Double
  package let run: () throws -> Void

  private init(_ amount: Double, on device: Device, _ body: @escaping () throws -> Tensor) {
    self.amount = amount
    run = {
      _ = try withoutGradients(body)
      device.synchronize()
    }
  }

  /// The product of two square matrices.
  package static func product(_ dtype: DType, on device: Device = .cpu) throws -> Load {
    let side = device == .cpu ? 2048 : 8192
    let x = try Tensor.normal([side, side], seed: 1, device: device).to(dtype)
    let y = try Tensor.normal([side, side], seed: 2, device: device).to(dtype)
    return Load(2 * Double(side * side * side), on: device) { try x.matmul(y) }
  }

  /// A 3×3 convolution of many channels, channels-last.
  package static func convolution(
    _ dtype: DType, on device: Device = .cpu, pictures: Int = 32, side: Int = 56, channels: Int = 128
  ) throws -> Load {
    let x = try Tensor.normal([pictures, channels, side, side], seed: 1, device: device).to(dtype).channelsLast()
    let weight = try Tensor.normal([channels, channels, 3, 3], seed: 2, device: device).to(dtype).channelsLast()
    return Load(2 * Double(pictures * side * side * channels * channels * 9), on: device) {
      try x.conv2d(weight, padding: 1)
    }
  }

  /// The sum of two vectors that no cache holds.
  package static func sum(on device: Device = .cpu, count: Int = 1 << 25) throws -> Load {
    let (x, y) = (try Tensor.ones([count], device: device), try Tensor.ones([count], device: device))
    return Load(Double(3 * MemoryLayout<Float>.size * count), on: device) { try x.add(y) }
  }
}

/// The time that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }
