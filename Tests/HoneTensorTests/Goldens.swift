import Foundation
import HoneTensor
import Testing

/// Values and gradients made by PyTorch; `Goldens/make.py` tells how.
struct Goldens: Decodable, Sendable {
  struct Stored: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]
    let dtype: String

    func tensor() throws -> Tensor {
      try Tensor(values, shape: shape).to(dtype == "int64" ? .int64 : .float32)
    }
  }

  struct Operation: Decodable, Sendable {
    let inputs: [Stored]
    let output: Stored
    let cotangent: Stored?
    let gradients: [Stored?]?
  }

  struct Optimizer: Decodable, Sendable {
    let parameters: [Stored]
    let gradients: [[Stored]]
    let after: [[Stored]]
  }

  let operations: [String: Operation]
  let optimizers: [String: Optimizer]

  static let all: Goldens = {
    do {
      let url = try #require(Bundle.module.url(forResource: "Goldens/operations", withExtension: "json"))
      return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: url))
    } catch {
      Issue.record("goldens: \(error)")
      return Goldens(operations: [:], optimizers: [:])
    }
  }()
}

/// The largest difference, relative where the numbers are large.
func distance(_ x: [Double], _ y: [Double]) -> Double {
  guard x.count == y.count else { return .infinity }
  return zip(x, y).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
}
