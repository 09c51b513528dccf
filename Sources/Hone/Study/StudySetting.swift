/// What the techniques of a study are adapted to.
public struct StudySetting: Sendable, Hashable {
  /// What networks that begin from nothing are shown.
  public var input: InputSpec
  public var classes: Int
  /// Pictures that one training learns from.
  public var pictures: Int
  public var backbones: [Backbone]
  /// Pictures of the largest class for each one of the smallest.
  public var imbalance: Double
  /// Whether the pictures are large, however small they are shown: something is left when a part is cut out.
  public var arePhotographs: Bool

  /// - Parameter arePhotographs: nil judges by the input.
  public init(
    input: InputSpec, classes: Int, pictures: Int, backbones: [Backbone], imbalance: Double = 1,
    arePhotographs: Bool? = nil
  ) {
    self.input = input
    self.classes = classes
    self.pictures = pictures
    self.backbones = backbones
    self.imbalance = imbalance
    self.arePhotographs = arePhotographs ?? (min(input.height, input.width) > 64)
  }

  /// Whether pictures are so small that networks for photographs would see nothing of them.
  public var isSmall: Bool { min(input.height, input.width) <= 64 }

  /// Epochs that a network begun from nothing gets: about 12,000 pictures in all, 12 to 60 epochs.
  public var epochs: Int { min(60, max(12, 12_000 / max(1, pictures))) }
}

extension Recipe {
  /// The plain program that everybody starts with, and that every arm is compared to.
  public static func baseline(_ setting: StudySetting) -> Recipe {
    Recipe(
      model: ModelChoice("classic-cnn", input: setting.input, head: HeadSpec(.own)), epochs: setting.epochs,
      batchSize: 32,
      optimizer: .adam(rate: 1e-3), earlyStopping: EarlyStopping(patience: max(5, setting.epochs / 4)))
  }
}
