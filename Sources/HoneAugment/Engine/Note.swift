/// Libraries whose names people know.
public enum Peer: String, Sendable, Hashable, Codable, CaseIterable {
  /// Albumentations and AlbumentationsX.
  case albumentations
  /// `torchvision.transforms.v2`.
  case torchvision
  /// Keras's preprocessing layers and KerasCV's.
  case keras
  /// The arguments of Keras's ImageDataGenerator.
  case generator
  case kornia, imgaug, dali, timm

  public var title: String {
    switch self {
    case .albumentations: "Albumentations"
    case .torchvision: "torchvision v2"
    case .keras: "Keras layers"
    case .generator: "ImageDataGenerator"
    case .dali: "DALI"
    case .kornia, .imgaug, .timm: rawValue
    }
  }
}

/// A transform in words, and what other libraries call it.
struct Note: Sendable {
  let name: String
  let summary: String
  let synonyms: [Peer: [String]]

  init(
    _ name: String, _ summary: String, albumentations: String = "", torchvision: String = "", keras: String = "",
    generator: String = "", kornia: String = "", imgaug: String = "", dali: String = "", timm: String = ""
  ) {
    self.name = name
    self.summary = summary
    let all: [Peer: String] = [
      .albumentations: albumentations, .torchvision: torchvision, .keras: keras, .generator: generator,
      .kornia: kornia, .imgaug: imgaug, .dali: dali, .timm: timm,
    ]
    synonyms = all.mapValues { $0.split(separator: " ").map(String.init) }.filter { !$0.value.isEmpty }
  }
}
