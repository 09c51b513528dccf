/// A layer with prices on its weights or its outputs, or with weights that keep to something.
///
/// The layer itself stays as it is; what is asked of it is part of the plan, and training follows it.
///
/// ```swift
/// Sequential {
///   Convolution(3, 32, kernel: 3).with(regularizer: .l2(1e-4), constraint: .maxNorm(2))
///   Activation.relu
/// }
/// ```
///
/// - Shape: as the layer's.
/// - Units: none.
/// - Throws: what the layer throws.
/// - Source: Keras's `kernel_regularizer`, `bias_regularizer`, `activity_regularizer`, `kernel_constraint` and
///   `bias_constraint`.
public struct Ruled: LayerPlan {
  public var plan: any LayerPlan
  public var rules: WeightRules
  public var activity: ActivityPenalty?

  public func trace(_ shape: [Int], _ trace: inout Trace) throws -> [Int] {
    trace.govern(rules)
    return try plan.trace(shape, &trace)
  }

  public func make() throws -> any Layer {
    guard let activity else { return try plan.make() }
    return try Sequential([("", plan), ("", activity)]).make()
  }

  public func mapped(at path: String, _ change: PlanChange) rethrows -> any LayerPlan {
    var mapped = self
    mapped.plan = try plan.mapped(at: path, change)
    return try change(path, mapped)
  }
}

extension LayerPlan {
  /// The same layer with rules for its kernel, its bias and its outputs.
  public func with(
    regularizer: Penalty? = nil, biasRegularizer: Penalty? = nil, activityRegularizer: ActivityPenalty? = nil,
    constraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) -> Ruled {
    var rules = WeightRules()
    for (penalty, filter) in [(regularizer, ParameterFilter.kernels), (biasRegularizer, .biases)] {
      guard var penalty else { continue }
      penalty.on = filter
      rules.penalties.append(penalty)
    }
    for (constraint, filter) in [(constraint, ParameterFilter.kernels), (biasConstraint, .biases)] {
      guard let constraint else { continue }
      rules.constraints.append(Constraint(constraint.kind.value, on: filter))
    }
    return Ruled(plan: self, rules: rules, activity: activityRegularizer)
  }
}
