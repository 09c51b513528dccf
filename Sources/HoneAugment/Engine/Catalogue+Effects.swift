extension Catalogue {
  /// What drawn steps are called in saved plans.
  static let effects: [any Effect.Type] = colorEffects + filterEffects + noiseEffects + sceneEffects

  private static let colorEffects: [any Effect.Type] = [
    LocalEqualization.self, Fringe.self, Glow.self, CloudLight.self, Matching.self, SpectrumSwap.self, Adapting.self,
    ColorStretch.self,
  ]
  private static let filterEffects: [any Effect.Type] = [
    Blurring.self, BoxBlurring.self, Median.self, Convolution.self, Zooming.self, Glass.self, Sharpening.self,
    Unsharpening.self, Extremes.self, Screen.self, OrderedDither.self,
  ]
  private static let noiseEffects: [any Effect.Type] = [
    AddedNoise.self, Sparks.self, PhotonCount.self, Impulses.self, Compression.self, Segmentation.self, Erasure.self,
    Lattice.self, Tiles.self, Pasting.self, Overlay.self, PartOfChannels.self,
  ]
  private static let sceneEffects: [any Effect.Type] = [
    Haze.self, Streaks.self, Snowfall.self, CastShadow.self, Flare.self, Splashes.self, Pebbles.self,
  ]
}
