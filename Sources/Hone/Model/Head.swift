/// The part of a model after its features.
public final class Head {
  /// What its parameters' names begin with: torchvision's `fc` or `classifier` for a structure's own top, else `head`.
  public let name: String
  /// Pooling or flattening: no parameters.
  public let pool: any Layer
  /// What is trained.
  public let body: any Layer

  init(_ plan: HeadPlan) throws {
    name = plan.name
    pool = try plan.pool.make()
    body = try plan.body.make()
  }
}
