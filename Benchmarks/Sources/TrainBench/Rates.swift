import Hone
import HoneTensor

/// The machine's rate in GFLOP/s: what a training step could reach if it were nothing but multiplications.
func rate(_ name: String, _ precision: Precision) throws -> Contest {
  Engine.setThreads(threads)
  let side = name == "product" ? 2048 : 56
  let channels = 128
  let dtype: DType = precision == .bfloat16 ? .bfloat16 : .float32
  let macs = name == "product" ? side * side * side : batch * side * side * channels * channels * 9
  let repeats = 4
  return Contest(
    facts: ["engine": "libtorch \(Engine.version)", "threads": threads], amount: Double(2 * macs * repeats) * 1e-9
  ) {
    let step = name == "product" ? try product(side, dtype) : try convolution(side, channels, dtype)
    return {
      for _ in 0..<repeats { try withoutGradients(step) }
      return .nan
    }
  }
}

private func product(_ side: Int, _ dtype: DType) throws -> () throws -> Void {
  let x = try Tensor.normal([side, side], seed: 1).to(dtype)
  let y = try Tensor.normal([side, side], seed: 2).to(dtype)
  return { _ = try x.matmul(y) }
}

/// A 3×3 convolution of many channels, channels-last.
private func convolution(_ side: Int, _ channels: Int, _ dtype: DType) throws -> () throws -> Void {
  let x = try Tensor.normal([batch, channels, side, side], seed: 1).to(dtype).channelsLast()
  let weight = try Tensor.normal([channels, channels, 3, 3], seed: 2).to(dtype).channelsLast()
  return { _ = try x.conv2d(weight, padding: 1) }
}
