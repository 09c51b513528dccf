/// A transform that varies a picture as a whole training method would: what views of one picture differ in.
public protocol Policy: Transform {}

extension AugMix: Policy {}
extension AutoAugment: Policy {}
extension RandAugment: Policy {}
extension ThreeAugment: Policy {}
extension TrivialAugmentWide: Policy {}
extension UniformAugment: Policy {}

extension Transform {
  /// Whether it is a policy, or holds one.
  var isPolicy: Bool {
    if self is any Policy { return true }
    let branches = (self as? any Composite)?.branches ?? []
    return branches.contains { $0.steps.contains { $0.transform.isPolicy } }
  }
}
