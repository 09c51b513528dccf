internal import HoneAugment
internal import HoneTensor

/// One training step on one batch, again and again: what benchmarks time.
///
/// The same forward pass, loss, backward pass, penalties and optimizer step as in `Trainer`, without data and schedule.
/// It lives on the engine's thread.
public final class TrainingStep {
  private let recipe: Recipe
  private let model: Model
  private let objective: Objective
  private let optimizer: Optimizer
  private let penalties: Penalties
  private let constraints: Constraints
  private let pictures: Tensor
  private let targets: Tensor
  private var done = 0

  /// - Parameters:
  ///   - pixels: normalized pictures `[N, C, H, W]` of the recipe's input size, one after another.
  ///   - labels: the class of each picture.
  /// - Throws: `HoneError` where recipe and numbers do not fit together.
  public init(_ recipe: Recipe, pixels: [Float], labels: [Int], classes: Int) throws {
    let names = (0..<classes).map { "class \($0)" }
    model = try recipe.makeModel(classes: names)
    let input = model.structure.input
    self.recipe = recipe.resolved(for: .here(pictures: labels.count, input: input))
    Engine.setThreads(self.recipe.threads.value ?? 1)
    let device = try self.recipe.availableDevice()
    try model.move(to: device)
    objective = try Objective(
      recipe.loss, outputs: model.structure.outputs, counts: (0..<classes).map { label in labels.count { $0 == label } }
    )
    optimizer = try Optimizer(recipe.optimizer, for: model.parameters)
    penalties = Penalties(recipe.regularization.penalties + model.rules.penalties, for: optimizer.members)
    constraints = Constraints(recipe.regularization.constraints + model.rules.constraints, for: optimizer.members)
    let count = labels.count
    guard pixels.count == count * input.channels * input.height * input.width else {
      throw HoneError(
        .invalidValue,
        "\(count) pictures of \(input.channels)×\(input.height)×\(input.width) were promised, "
          + "and \(pixels.count) numbers given; give as many as the recipe's input takes")
    }
    pictures = try Tensor(pixels, shape: [count, input.channels, input.height, input.width]).channelsLast().to(device)
    var distributions = [Float](repeating: 0, count: count * classes)
    for (row, label) in labels.enumerated() { distributions[row * classes + label] = 1 }
    targets = try Tensor(distributions, shape: [count, classes]).to(device)
  }

  /// Trains once on the batch.
  ///
  /// - Returns: the loss before the step.
  @discardableResult
  public func run() throws -> Double {
    let loss = try gatherGradients()
    try update()
    return loss
  }

  /// The batch forwards and backwards.
  func gatherGradients() throws -> Double {
    let pass = Pass(training: true, seed: RandomStream.key(seed: recipe.seed, index: done, name: "pass"))
    let logits = try withAutocast(recipe.precision.value?.autocast, on: pictures.device) { try model(pictures, pass) }
    let loss = try objective.loss(logits, targets)
    let value = try loss.item()
    try loss.backward()
    return value
  }

  /// Penalties and the optimizer's step.
  func update() throws {
    try penalties.addGradients()
    try optimizer.step(rate: recipe.optimizer.rate)
    try constraints.apply()
    for member in optimizer.members { member.parameter.dropGradient() }
    done += 1
  }

  /// Bytes that an update reads and writes at least: gradients once, parameters and what the optimizer keeps twice.
  var updateBytes: Int {
    get throws {
      let kept = try optimizer.state.values.reduce(0) { $0 + $1.count }
      let learning = optimizer.members.reduce(0) { $0 + $1.parameter.count }
      return MemoryLayout<Float>.size * (3 * learning + 2 * kept)
    }
  }
}
