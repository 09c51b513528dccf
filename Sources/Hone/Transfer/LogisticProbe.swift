import Foundation
import HoneAugment
package import HoneTensor

/// One linear layer on features that do not change, fitted to the optimum.
///
/// The loss is convex, so L-BFGS finds its minimum in well under a second; the strength of the L2 penalty is chosen by
/// cross-validation among the training pictures. Features are standardized for the fit, and the layer given back takes
/// them as they come.
///
/// - Shape: features `[n, d]`, targets `[n, classes]`; weight `[classes, d]`, bias `[classes]`.
/// - Throws: `EngineError`.
/// - Source: Liu & Nocedal, 1989, doi:10.1007/BF01589116; penalty as scikit-learn's `LogisticRegression`, on the mean loss.
package struct LogisticProbe {
  let weight: Tensor
  let bias: Tensor

  static let penalties = [0.3, 0.03, 0.003]

  /// - Parameters:
  ///   - groups: rows of one group (the views of one picture) stay together in cross-validation.
  ///   - penalty: nil chooses it by cross-validation.
  package init(features: Tensor, targets: Tensor, groups: [Int], penalty: Double? = nil, seed: UInt64) throws {
    let scale = try Standardization(features)
    let span = try RowSpan(scale.applied(to: features))
    let targets = try targets.to(.float64)
    let penalty = try penalty ?? Self.bestPenalty(span.rows, targets, groups: groups, seed: seed)
    let fit = try LogisticFit(span.rows, targets).minimum(penalty: penalty)
    let width = span.rows.shape[1]
    let standardized = try span.unfolded(
      Tensor(Array(fit.prefix(width * targets.shape[1])), shape: [width, targets.shape[1]]))
    (weight, bias) = try scale.unfolded(standardized, bias: Tensor(Array(fit.dropFirst(width * targets.shape[1]))))
  }

  /// Class probabilities of features.
  package func probabilities(_ features: Tensor) throws -> [[Float]] {
    let logits = try features.to(.float32).matmul(weight.transpose(0, 1)).add(bias)
    let numbers = try logits.softmax(1).floats()
    let width = bias.shape[0]
    return stride(from: 0, to: numbers.count, by: width).map { Array(numbers[$0..<$0 + width]) }
  }

  /// The penalty whose held-out loss, over four parts of the groups, is the least.
  private static func bestPenalty(_ rows: Tensor, _ targets: Tensor, groups: [Int], seed: UInt64) throws -> Double {
    let names = Array(Set(groups)).sorted()
    var stream = RandomStream(seed: seed, name: "probe folds")
    let order = stream.permutation(names.count)
    let fold = Dictionary(uniqueKeysWithValues: zip(names, order.map { $0 % 4 }))
    var losses = [Double](repeating: 0, count: penalties.count)
    for part in 0..<4 {
      let held = groups.indices.filter { fold[groups[$0]] == part }
      let kept = groups.indices.filter { fold[groups[$0]] != part }
      guard !held.isEmpty, !kept.isEmpty else { continue }
      let training = LogisticFit(try rows.rows(kept), try targets.rows(kept))
      let judging = LogisticFit(try rows.rows(held), try targets.rows(held))
      var start: [Double]?
      for (index, penalty) in penalties.enumerated() {
        let fit = try training.minimum(penalty: penalty, from: start, steps: 25)
        losses[index] += try judging.loss(fit, penalty: 0).value * Double(held.count)
        start = fit
      }
    }
    return penalties[losses.indices.min { losses[$0] < losses[$1] } ?? 0]
  }
}

extension Tensor {
  fileprivate func rows(_ indices: [Int]) throws(EngineError) -> Tensor { try indexSelect(0, Tensor(indices)) }
}

/// Means and spreads of features.
private struct Standardization {
  let mean: Tensor
  let spread: Tensor

  init(_ features: Tensor) throws {
    let rows = try features.to(.float32)
    mean = try rows.mean([0], keepdim: true)
    let variance = try rows.sub(mean).pow(2).mean([0], keepdim: true)
    // One scale for all: features that hardly vary must not be blown up to the size of the others.
    spread = try variance.mean([], keepdim: false).add(1e-12).sqrt()
  }

  func applied(to features: Tensor) throws -> Tensor { try features.to(.float32).sub(mean).div(spread) }

  /// The layer that does the same to features as they come.
  func unfolded(_ standardized: Tensor, bias: Tensor) throws -> (weight: Tensor, bias: Tensor) {
    let weight = try standardized.div(spread)
    let offset = try mean.matmul(weight).reshape(bias.shape)
    return (try weight.transpose(0, 1).contiguous(), try bias.to(.float32).sub(offset))
  }
}

/// Rows in as few coordinates as hold them.
///
/// The penalty does not care for rotations, and no weight of the optimum leaves the span of the rows: fewer pictures than
/// features need only as many coordinates as pictures, in which every step of the fit is cheap.
private struct RowSpan {
  let rows: Tensor
  /// From coordinates to features; nil where rows are as they were.
  private let basis: Tensor?

  init(_ rows: Tensor) throws {
    guard rows.shape[0] < rows.shape[1] else {
      (self.rows, basis) = (rows, nil)
      return
    }
    let products = try rows.matmul(rows.transpose(0, 1)).to(.float64)
    let (values, vectors) = try Linalg.eigh(products)
    // What lies below the rounding of the products is no direction of the pictures.
    let largest = try values.max().item()
    let spreads = try values.clamp(1e-7 * largest...largest).sqrt()
    basis = try rows.transpose(0, 1).matmul(vectors.div(spreads).to(.float32))
    self.rows = try vectors.mul(spreads).to(.float32)
  }

  func unfolded(_ weight: Tensor) throws -> Tensor {
    let weight = try weight.to(.float32)
    return try basis.map { try $0.matmul(weight) } ?? weight
  }
}

/// Multinomial logistic regression: its loss, gradient and minimum. Parameters are `d × classes` weights, then biases.
private struct LogisticFit {
  let rows: Tensor
  let targets: Tensor
  private var width: Int { rows.shape[1] }
  private var classes: Int { targets.shape[1] }

  init(_ rows: Tensor, _ targets: Tensor) {
    self.rows = rows
    self.targets = targets
  }

  func loss(_ parameters: [Double], penalty: Double) throws -> (value: Double, gradient: [Double]) {
    let weight = try Tensor(Array(parameters.prefix(width * classes)), shape: [width, classes])
    let bias = try Tensor(Array(parameters.suffix(classes)), shape: [classes])
    let log = try rows.matmul(weight.to(.float32)).to(.float64).add(bias).logSoftmax(1)
    let count = Double(rows.shape[0])
    let value = -(try log.mul(targets).sum().item()) / count + penalty / 2 * (try weight.mul(weight).sum().item())
    let error = try log.exp().sub(targets).div(count)
    let slope = try rows.transpose(0, 1).matmul(error.to(.float32)).to(.float64).add(weight.mul(penalty))
    return (value, try slope.doubles() + error.sum([0]).doubles())
  }

  /// L-BFGS with ten pairs and backtracking, from zero unless told.
  func minimum(penalty: Double, from start: [Double]? = nil, steps: Int = 60) throws -> [Double] {
    var here = start ?? [Double](repeating: 0, count: (width + 1) * classes)
    var (value, gradient) = try loss(here, penalty: penalty)
    var memory = Curvature()
    for _ in 0..<steps {
      guard (gradient.map(abs).max() ?? 0) > 1e-5 else { break }
      var direction = memory.direction(gradient)
      if dot(direction, gradient) >= 0 { direction = gradient.map { -$0 } }
      let slope = dot(direction, gradient)
      var length = memory.isEmpty ? min(1, 1 / max(1e-12, dot(gradient, gradient).squareRoot())) : 1
      var next = here
      var result = (value: value, gradient: gradient)
      var improved = false
      for _ in 0..<20 where !improved {
        next = zip(here, direction).map { $0 + length * $1 }
        result = try loss(next, penalty: penalty)
        improved = result.value <= value + 1e-4 * length * slope
        if !improved { length /= 2 }
      }
      guard improved else { break }
      memory.add(move: zip(next, here).map { $0 - $1 }, change: zip(result.gradient, gradient).map { $0 - $1 })
      let gained = value - result.value
      (here, value, gradient) = (next, result.value, result.gradient)
      if gained < 1e-7 * max(1, abs(value)) { break }
    }
    return here
  }
}

/// What L-BFGS remembers of the last steps.
private struct Curvature {
  private var pairs: [(move: [Double], change: [Double], product: Double)] = []
  var isEmpty: Bool { pairs.isEmpty }

  mutating func add(move: [Double], change: [Double]) {
    let product = dot(move, change)
    guard product > 1e-14 else { return }
    pairs.append((move, change, product))
    if pairs.count > 10 { pairs.removeFirst() }
  }

  /// Minus the inverse Hessian times the gradient, by the two-loop recursion.
  func direction(_ gradient: [Double]) -> [Double] {
    var q = gradient
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = dot(pair.move, q) / pair.product
      shares.append(share)
      q = zip(q, pair.change).map { $0 - share * $1 }
    }
    if let last = pairs.last { q = q.map { $0 * last.product / dot(last.change, last.change) } }
    for (pair, share) in zip(pairs, shares.reversed()) {
      let correction = share - dot(pair.change, q) / pair.product
      q = zip(q, pair.move).map { $0 + correction * $1 }
    }
    return q.map { -$0 }
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}
