/// Everything that Hone brings along.
public enum Catalogue {
  /// All transforms, family by family.
  public static let transforms: [any Transform.Type] = geometry + color + filters + dropout + composition + policies

  public static let geometry: [any Transform.Type] = [
    Crop.self, PadCrop.self, CenterCrop.self, FiveCrop.self, TenCrop.self, RandomResizedCrop.self, Resize.self,
    ShorterSide.self, LongerSide.self, PadToSize.self, Flip.self, Transpose.self, QuarterTurn.self, D4.self,
    Rotate.self,
    Shift.self, Shear.self, Zoom.self, Affine.self, Perspective.self,
  ]
  public static let color: [any Transform.Type] = [
    Brightness.self, Contrast.self, Saturation.self, Hue.self, Gamma.self, ChannelShift.self, ChannelShuffle.self,
    Grayscale.self, Sepia.self, ColorJitter.self, AutoContrast.self, Equalize.self, Invert.self, Posterize.self,
    Solarize.self, ToneCurve.self,
  ]
  public static let filters: [any Transform.Type] = [Sharpness.self, GaussianBlur.self, GaussianNoise.self]
  public static let dropout: [any Transform.Type] = [Erase.self, CoarseDropout.self]
  public static let composition: [any Transform.Type] = [
    OneOf.self, SomeOf.self, RandomOrder.self, InOrder.self, Identity.self,
  ]
  public static let policies: [any Transform.Type] = [TrivialAugmentWide.self, RandAugment.self, ThreeAugment.self]

  static let effects: [any Effect.Type] = [Sharpening.self, Blurring.self, Noise.self, Erasure.self]
}
