import Hone
import HoneTesting
import Testing

/// What is asked of weights is what they become, at no cost in accuracy.
@Suite(.serialized) struct WeightEffectTests {
  /// The mean change of the accuracy, where the unchanged runs have learnt something.
  private static func expectSameAccuracy(
    _ technique: String, _ change: (inout Recipe) -> Void
  ) async throws {
    let losses = try await Effect.learnable.differences(technique, change, of: .error)
    #expect(losses.reduce(0, +) / Double(losses.count) < 0.05, "\(losses)")
  }

  @Test func `the runs that prices on weights are compared to are right about nine pictures of ten`() async throws {
    let errors = try await Effect.learnable.differences(
      "learning nothing", { $0.optimizer.rate = 0 }, of: .error)
    // Who learns nothing is right about half.
    #expect(errors.reduce(0, +) / Double(errors.count) > 0.4, "\(errors)")
  }

  @Test(
    "Proximal L1 makes numbers zero, proximal groups whole filters, and the accuracy stays", arguments: [false, true])
  func sparsity(_ byGroups: Bool) async throws {
    let name = byGroups ? "group lasso" : "L1"
    let change: @Sendable (inout Recipe) -> Void = {
      $0.regularization.penalties = [byGroups ? .groups(0.08, proximal: true) : .l1(0.02, proximal: true)]
    }
    let zeros = try await Effect.learnable.differences(name, change, of: byGroups ? .emptyFilters : .zeros)
    #expect(zeros.allSatisfy { $0 > 0.2 }, "\(zeros)")
    try await Self.expectSameAccuracy(name, change)
  }

  @Test func `a price on likeness makes filters differ, and the accuracy stays`() async throws {
    let change: @Sendable (inout Recipe) -> Void = { $0.regularization.penalties = [.orthogonal(1)] }
    let likeness = try await Effect.learnable.differences("orthogonality", change, of: .likeness)
    #expect(likeness.allSatisfy { $0 < -0.05 }, "\(likeness)")
    try await Self.expectSameAccuracy("orthogonality", change)
  }

  @Test(.slow) func `weights that may not be negative are not, and the accuracy stays`() async throws {
    let change: @Sendable (inout Recipe) -> Void = {
      $0.regularization.constraints = [
        Constraint(NonNegative(), on: ParameterFilter(roles: [.kernel], layers: [.convolution]))
      ]
    }
    let negatives = try await Effect.learnable.differences("non-negativity", change, of: .negatives)
    #expect(negatives.allSatisfy { $0 < -0.1 }, "\(negatives)")
    try await Self.expectSameAccuracy("non-negativity", change)
  }

  @Test func `noise on gradients leads out of a start where there are none`() async throws {
    let change: EffectTests.Techniques = [
      "gradient noise": { $0.regularization.gradientNoise = GradientNoise(amount: 0.3, decay: 0.55) }
    ]
    try await EffectTests.expectFall("gradient noise", of: change, on: .fromZeros, .trainingLoss)
  }
}
