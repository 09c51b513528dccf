internal import HoneTensor

/// The penalties of a recipe and of a model at work on parameters.
package final class Penalties {
  private struct Rule {
    let penalty: Penalty
    let parameters: [Parameter]
  }
  private let rules: [Rule]

  package init(_ penalties: [Penalty], for parameters: [NamedParameter]) {
    rules = penalties.map { penalty in
      Rule(penalty: penalty, parameters: parameters.filter { penalty.on.accepts($0) }.map(\.parameter))
    }.filter { !$0.parameters.isEmpty }
  }

  package var isEmpty: Bool { rules.isEmpty }

  /// What the penalties add to the loss.
  package func value() throws -> Double {
    try rules.reduce(0) { try $0 + $1.penalty.value(of: $1.parameters.map(\.value)) }
  }

  /// Adds the penalties' gradients to those of the loss.
  package func addGradients() throws {
    for rule in rules {
      let active = rule.parameters.filter { $0.gradient != nil }
      try rule.penalty.addGradients(to: active.compactMap(\.gradient), of: active.map(\.value))
    }
  }

  /// After the optimizer's step: the proximal penalties set weights that are small enough to zero.
  package func shrink(rate: Double) throws {
    for rule in rules where rule.penalty.proximal {
      for parameter in rule.parameters where parameter.isTrainable {
        try parameter.load(rule.penalty.shrunk(parameter.value.detach(), rate: rate))
      }
    }
  }

  /// What the proximal penalties have made zero; nil where there are none.
  package func sparsity() throws -> Sparsity? {
    let sparse = rules.filter(\.penalty.proximal).flatMap(\.parameters)
    return try sparse.isEmpty ? nil : Sparsity(of: sparse)
  }
}

extension Penalty {
  fileprivate func value(of weights: [Tensor]) throws -> Double {
    let length = l2 == 0 ? 0 : try Fused.globalNorm(weights)
    let absolute = l1 == 0 ? 0 : try Fused.globalNorm(weights, order: 1)
    return try withoutGradients {
      try weights.reduce(l1 * absolute + l2 * length * length) {
        try $0 + (filterPrice($1, isWhole: true)?.item() ?? 0)
      }
    }
  }

  /// Adds 2·l2·w, l1·sign(w) and the rest, but for what is paid after the step.
  fileprivate func addGradients(to gradients: [Tensor], of weights: [Tensor]) throws {
    if l2 > 0 { try Fused.add(gradients, weights, scale: 2 * l2) }
    if l1 > 0, !proximal { try Fused.addSign(gradients, weights, scale: l1) }
    for (gradient, weight) in zip(gradients, weights) {
      let leaf = try weight.detach().requiresGradient(true)
      guard let price = try filterPrice(leaf) else { continue }
      try Fused.add([gradient], Tensor.gradients(of: price, wrt: [leaf]).compactMap(\.self))
    }
  }

  /// What filters cost as wholes and together; nil where nothing is asked.
  ///
  /// - Parameter isWhole: whether what is paid after the step counts too.
  private func filterPrice(_ weight: Tensor, isWhole: Bool = false) throws -> Tensor? {
    let filters = try weight.reshape([weight.shape.first ?? 1, -1])
    let paysLengths = groups > 0 && (isWhole || !proximal)
    let lengths = try paysLengths ? filters.norm([1]).sum().mul(groups * filters.rootOfWidth) : nil
    guard orthogonal > 0, weight.rank > 1, filters.shape[0] > 1 else { return lengths }
    let likeness = try filters.likeness().mul(orthogonal)
    return try lengths?.add(likeness) ?? likeness
  }

  /// Soft thresholds: numbers closer to zero than rate · l1 become zero, then filters shorter than rate · groups · √size.
  fileprivate func shrunk(_ weight: Tensor, rate: Double) throws -> Tensor {
    let limit = rate * l1
    let kept = try limit > 0 ? weight.sub(weight.clamp(-limit...limit)) : weight
    guard groups > 0 else { return kept }
    let filters = try kept.reshape([kept.shape.first ?? 1, -1])
    let lengths = try filters.norm([1], keepdim: true).maximum(1e-30)
    let part = try lengths.reciprocal().mul(-rate * groups * filters.rootOfWidth).add(1).relu()
    return try filters.mul(part).reshape(weight.shape)
  }
}

extension Tensor {
  fileprivate var rootOfWidth: Double { Double(shape[1]).squareRoot() }

  /// The mean |cosine| of all pairs of rows.
  fileprivate func likeness() throws -> Tensor {
    let rows = try div(norm([1], keepdim: true).maximum(1e-12))
    let count = shape[0]
    let others = try Tensor.eye(count, dtype: dtype, device: device).subtracted(from: 1)
    return try rows.matmul(rows.transpose(0, 1)).mul(others).abs().sum().div(Double(count * (count - 1)))
  }
}

extension ParameterFilter {
  package func accepts(_ member: NamedParameter) -> Bool {
    accepts(name: member.name, role: member.role, layer: member.layer)
  }
}
