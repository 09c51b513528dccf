internal import HoneTensor

/// What became of models that were averaged: which were taken, and how good the average is.
public struct Soup: Codable, Sendable, Hashable {
  public struct Ingredient: Codable, Sendable, Hashable {
    public var path: String
    /// Its accuracy on its own, on the pictures that chose.
    public var alone: Double
    public var isTaken: Bool
  }

  /// From the best to the worst.
  public var ingredients: [Ingredient]
  /// The average's accuracy, on the same pictures.
  public var together: Double
  public var pictures: Int
}

/// Averages the weights of models that began alike, taking each, from the best on, only if it does no harm.
///
/// One model as fast as each of them, and often better than the best. They must have begun at the same weights, as runs
/// from one backbone do; of models that did not, none but the best is taken.
///
/// - Parameters:
///   - paths: model files.
///   - indices: the pictures that choose, none of which should measure the result; nil takes all.
///   - target: where the average is written.
/// - Throws: `HoneError`; `.conflict` when the models differ in structure or classes.
/// - Source: Wortsman et al., 2022, arXiv:2203.05482, algorithm 1.
public func greedySoup(
  of paths: [String], on dataset: Dataset, indices: [Int]? = nil, options: AskingOptions = AskingOptions(),
  writingTo target: String
) async throws -> Soup {
  try await Engine.run {
    var kitchen = try Kitchen(paths) { try evaluate($0, on: dataset, indices: indices, options: options) }
    for place in kitchen.soup.ingredients.indices.dropFirst() { try kitchen.taste(place) }
    try ModelFile.save(kitchen.model, to: target)
    return kitchen.soup
  }
}

/// A soup in the making.
private struct Kitchen {
  let model: Model
  var soup: Soup
  private var taken = 1
  private let ask: (Model) throws -> Predictions

  /// Begins with the best.
  init(_ paths: [String], ask: @escaping (Model) throws -> Predictions) throws {
    self.ask = ask
    var answers = try paths.map { path in (path: path, predictions: try ask(ModelFile.load(path))) }
    answers.sort { $0.predictions.accuracy > $1.predictions.accuracy }
    guard let best = answers.first else { throw HoneError(.emptyData, "there is no model; give at least one") }
    model = try ModelFile.load(best.path)
    soup = Soup(
      ingredients: answers.enumerated().map { place, answer in
        .init(path: answer.path, alone: answer.predictions.accuracy, isTaken: place == 0)
      },
      together: best.predictions.accuracy, pictures: best.predictions.count)
  }

  /// Takes one more if the average with it is at least as good.
  mutating func taste(_ place: Int) throws {
    let path = soup.ingredients[place].path
    let other = try ModelFile.load(path)
    guard other.structure == model.structure, other.classes == model.classes else {
      throw HoneError(
        .conflict,
        "\(path) has another structure or other classes than \(soup.ingredients[0].path); average models of one kind",
        file: path)
    }
    let before = try model.copiedState()
    try Self.mix(other, into: model, part: 1 / Double(taken + 1))
    let accuracy = try ask(model).accuracy
    guard accuracy >= soup.together else { return try model.load(before) }
    soup.together = accuracy
    soup.ingredients[place].isTaken = true
    taken += 1
  }

  /// Moves all weights and statistics a part of the way to another model's.
  private static func mix(_ other: Model, into model: Model, part: Double) throws {
    let values = other.state()
    let pairs = model.state().compactMap { name, value in
      value.dtype.isFloatingPoint ? values[name].map { (value, $0) } : nil
    }
    try TensorList(pairs.map(\.0)).lerp(to: TensorList(pairs.map(\.1)), part)
  }
}
