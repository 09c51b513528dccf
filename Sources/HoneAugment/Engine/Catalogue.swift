/// Everything that Hone brings along, family by family.
///
/// A new transform is one line here and one line in the table of `Catalogue+Notes.swift`.
public enum Catalogue {
  /// All transforms, family by family.
  public static let transforms: [any Transform.Type] = Family.allCases.flatMap { transforms(of: $0) }

  /// The transforms of one family.
  public static func transforms(of family: Family) -> [any Transform.Type] { lists[family] ?? [] }

  private static let lists: [Family: [any Transform.Type]] = [
    .cropping: cropping, .geometry: geometry, .distortion: distortion, .color: color, .filters: filters,
    .noise: noise, .weather: weather, .dropout: dropout, .domain: domain, .policies: policies,
    .composition: composition,
  ]

  private static let cropping: [any Transform.Type] = [
    RandomResizedCrop.self, Crop.self, PadCrop.self, CenterCrop.self, FiveCrop.self, TenCrop.self, Resize.self,
    ShorterSide.self, LongerSide.self, PadToSize.self,
  ]
  private static let geometry: [any Transform.Type] = [
    Flip.self, Rotate.self, QuarterTurn.self, D4.self, Transpose.self, Shift.self, Shear.self, Zoom.self, Affine.self,
    Perspective.self, KerasAffine.self,
  ]
  private static let distortion: [any Transform.Type] = []
  private static let color: [any Transform.Type] = [
    ColorJitter.self, Brightness.self, Contrast.self, Saturation.self, Hue.self, Gamma.self, ChannelShift.self,
    ChannelShuffle.self, Grayscale.self, Sepia.self, AutoContrast.self, Equalize.self, Invert.self, Posterize.self,
    Solarize.self, ToneCurve.self,
  ]
  private static let filters: [any Transform.Type] = [GaussianBlur.self, Sharpness.self]
  private static let noise: [any Transform.Type] = [GaussianNoise.self]
  private static let weather: [any Transform.Type] = []
  private static let dropout: [any Transform.Type] = [Erase.self, CoarseDropout.self]
  private static let domain: [any Transform.Type] = []
  private static let policies: [any Transform.Type] = [
    RandAugment.self, TrivialAugmentWide.self, AutoAugment.self, AugMix.self, ThreeAugment.self, UniformAugment.self,
  ]
  private static let composition: [any Transform.Type] = [
    OneOf.self, SomeOf.self, RandomOrder.self, InOrder.self, PerClass.self, OnSize.self, OnChannels.self, Blended.self,
    Identity.self,
  ]

  static let effects: [any Effect.Type] = [
    Sharpening.self, Blurring.self, Noise.self, Erasure.self, Overlay.self, PartOfChannels.self,
  ]
}

/// What transforms have in common.
public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
  case cropping, geometry, distortion, color, filters, noise, weather, dropout, domain, mixing, policies, composition

  public var title: String {
    switch self {
    case .cropping: "Crop, resize, pad"
    case .geometry: "Flip, turn, move"
    case .distortion: "Distortion"
    case .color: "Colour"
    case .filters: "Blur and sharpen"
    case .noise: "Noise and degradation"
    case .weather: "Weather and scene"
    case .dropout: "Dropout and erasing"
    case .domain: "Domain adaptation"
    case .mixing: "Mixing of pictures, and the batch"
    case .policies: "Policies"
    case .composition: "Composition"
    }
  }
}
