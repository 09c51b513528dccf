import Hone
import HoneTensor

/// The machine's rate in GFLOP/s: what a training step could reach if it were nothing but multiplications.
func rate(_ name: String, _ precision: Precision) throws -> Contest {
  Engine.setThreads(threads)
  let dtype: DType = precision == .bfloat16 ? .bfloat16 : .float32
  let load = try name == "product" ? Load.product(dtype) : Load.convolution(dtype)
  let repeats = 4
  return Contest(
    facts: ["engine": "libtorch \(Engine.version)", "threads": threads], amount: load.amount * Double(repeats) * 1e-9
  ) { _ in
    {
      for _ in 0..<repeats { try load.run() }
      return .nan
    }
  }
}
