/// Everything that Hone brings along, family by family.
///
/// A new transform is one line here and one line in the table of `Catalogue+Notes.swift`.
public enum Catalogue {
  /// All transforms, family by family.
  public static let transforms: [any Transform.Type] = TransformFamily.allCases.flatMap { transforms(of: $0) }

  /// The transforms of one family.
  public static func transforms(of family: TransformFamily) -> [any Transform.Type] { lists[family] ?? [] }

  private static let lists: [TransformFamily: [any Transform.Type]] = [
    .cropping: cropping, .geometry: geometry, .distortion: distortion, .color: color, .filters: filters,
    .noise: noise, .weather: weather, .dropout: dropout, .domain: domain, .policies: policies,
    .composition: composition,
  ]

  private static let cropping: [any Transform.Type] = [
    RandomResizedCrop.self, Crop.self, PadCrop.self, CenterCrop.self, FiveCrop.self, TenCrop.self, Resize.self,
    ShorterSide.self, LongerSide.self, Rescale.self, PadToSize.self, Pad.self, CropRegion.self, CropBorders.self,
    CropAndPad.self,
  ]
  private static let geometry: [any Transform.Type] = [
    Flip.self, Rotate.self, QuarterTurn.self, D4.self, Transpose.self, Shift.self, Shear.self, Zoom.self, Affine.self,
    Perspective.self, KerasAffine.self,
  ]
  private static let distortion: [any Transform.Type] = [
    Elastic.self, GridDistortion.self, LensDistortion.self, ThinPlateSpline.self, PiecewiseAffine.self, Waves.self,
    Swirl.self, PixelSpread.self, Morphology.self,
  ]
  private static let color: [any Transform.Type] = [
    ColorJitter.self, Brightness.self, Contrast.self, Saturation.self, Hue.self, Gamma.self, ChannelShift.self,
    ChannelShuffle.self, Grayscale.self, Sepia.self, AutoContrast.self, Equalize.self, Invert.self, Posterize.self,
    Solarize.self, SolarizeAdd.self, ToneCurve.self, BrightnessContrast.self, SigmoidContrast.self, LogContrast.self,
    HSVShift.self, CLAHE.self, ChromaticAberration.self, PlanckianJitter.self, FancyPCA.self, PhotometricDistort.self,
    Colorize.self, Illumination.self,
    Vignette.self, PlasmaBrightnessContrast.self, PlasmaShadow.self,
  ]
  private static let filters: [any Transform.Type] = [
    GaussianBlur.self, BoxBlur.self, MedianBlur.self, MotionBlur.self, Defocus.self, ZoomBlur.self, GlassBlur.self,
    AdvancedBlur.self, Sharpness.self, Sharpen.self, UnsharpMask.self, Emboss.self, Enhance.self, EdgeDetect.self,
    RingingOvershoot.self, Halftone.self, Dithering.self,
  ]
  private static let noise: [any Transform.Type] = [
    GaussianNoise.self, AdditiveNoise.self, SpeckleNoise.self, ShotNoise.self, ISONoise.self, SaltAndPepper.self,
    FilmGrain.self, JPEG.self, Downscale.self, Superpixels.self,
  ]
  private static let weather: [any Transform.Type] = [
    Fog.self, Rain.self, Snow.self, Shadow.self, SunFlare.self, Spatter.self, Gravel.self,
  ]
  private static let dropout: [any Transform.Type] = [
    Erase.self, CoarseDropout.self, GridDropout.self, StripeDropout.self, PixelDropout.self, ChannelDropout.self,
    GridShuffle.self, CopyPaste.self,
  ]
  private static let domain: [any Transform.Type] = [
    HistogramMatching.self, FourierAdaptation.self, PixelDistributionAdaptation.self,
  ]
  private static let policies: [any Transform.Type] = [
    RandAugment.self, TrivialAugmentWide.self, AutoAugment.self, AugMix.self, ThreeAugment.self, UniformAugment.self,
  ]
  private static let composition: [any Transform.Type] = [
    OneOf.self, SomeOf.self, RandomOrder.self, InOrder.self, PerClass.self, OnSize.self, OnChannels.self, Blended.self,
    Identity.self,
  ]
}

/// What transforms have in common.
public enum TransformFamily: String, Sendable, Hashable, Codable, CaseIterable {
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
    case .dropout: "Dropout, erasing, pasting"
    case .domain: "Domain adaptation"
    case .mixing: "Mixing of pictures, and the batch"
    case .policies: "Policies"
    case .composition: "Composition"
    }
  }
}
