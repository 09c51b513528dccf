// The notes of distortions, filters, noise, weather, dropout and domain adaptation; see Catalogue+Notes.swift.

extension Catalogue {
  static let effectNotes: [Note] =
    canvasNotes + distortionNotes + lightNotes + blurNotes + grainNotes + weatherNotes + holeNotes + domainNotes

  private static let canvasNotes: [Note] = [
    Note(
      "Rescale", "Resizes by a factor; the picture's size changes.", albumentations: "RandomScale",
      torchvision: "ScaleJitter RandomResize RandomShortestSize", keras: "JitteredResize"),
    Note("Pad", "Adds a margin on all sides.", albumentations: "Pad", torchvision: "Pad", imgaug: "Pad"),
    Note("CropRegion", "Takes one rectangle, always the same.", albumentations: "Crop"),
    Note(
      "CropBorders", "Cuts a strip off each side, each of its own width.", albumentations: "RandomCropFromBorders",
      imgaug: "Crop"),
    Note(
      "CropAndPad", "Cuts a strip off each side or adds one, then resizes to the former size.",
      albumentations: "CropAndPad", imgaug: "CropAndPad"),
  ]

  private static let distortionNotes: [Note] = [
    Note(
      "Elastic", "Kneads the picture like rubber: neighbours move together.",
      albumentations: "ElasticTransform GridElasticDeform", torchvision: "ElasticTransform",
      keras: "RandomElasticTransform", kornia: "RandomElasticTransform", imgaug: "ElasticTransformation"),
    Note(
      "GridDistortion", "Stretches and squeezes columns and rows between even steps.",
      albumentations: "GridDistortion"),
    Note(
      "LensDistortion", "Bends straight lines as a lens does: barrel or cushion.", albumentations: "OpticalDistortion",
      kornia: "RandomFisheye", dali: "sphere"),
    Note(
      "ThinPlateSpline", "Moves the nodes of a grid and everything between them, like a sheet of metal.",
      albumentations: "ThinPlateSpline", kornia: "RandomThinPlateSpline"),
    Note(
      "PiecewiseAffine", "Moves the nodes of a grid and, evenly between them, the rest.",
      albumentations: "PiecewiseAffine", imgaug: "PiecewiseAffine"),
    Note("Waves", "Lets waves run through the picture.", albumentations: "WaterRefraction", dali: "water"),
    Note("Swirl", "Whirls the picture about its middle."),
    Note("PixelSpread", "Gives every pixel the colour of one nearby.", albumentations: "PixelSpread", dali: "jitter"),
    Note(
      "Morphology", "Lets the brightest or the darkest level around each pixel win.", albumentations: "Morphological",
      imgaug: "MaxPooling MinPooling"),
  ]

  private static let lightNotes: [Note] = [
    Note(
      "SolarizeAdd", "Adds a number to the levels below a threshold.", dali: "solarize_add", timm: "SolarizeAdd"),
    Note(
      "BrightnessContrast", "Multiplies levels and adds to them.", albumentations: "RandomBrightnessContrast",
      imgaug: "MultiplyAndAddToBrightness", dali: "brightness_contrast"),
    Note("SigmoidContrast", "Steepens the middle tones along an S.", imgaug: "SigmoidContrast"),
    Note("LogContrast", "Lifts dark tones along a logarithm.", imgaug: "LogContrast"),
    Note(
      "HSVShift", "Adds to hue, saturation and value.", albumentations: "HueSaturationValue",
      imgaug: "AddToHueAndSaturation AddToSaturation", dali: "hsv"),
    Note(
      "ChromaticAberration", "Parts red and blue from green towards the edges, as simple lenses do.",
      albumentations: "ChromaticAberration"),
    Note(
      "CLAHE", "Flattens the histogram of each part of the picture, within bounds.", albumentations: "CLAHE",
      keras: "CLAHE", kornia: "RandomClahe", imgaug: "CLAHE AllChannelsCLAHE", dali: "clahe"),
    Note(
      "PlanckianJitter", "Shows the scene under another light, from candle to blue sky.",
      albumentations: "PlanckianJitter", kornia: "RandomPlanckianJitter", imgaug: "ChangeColorTemperature"),
    Note(
      "FancyPCA", "Moves all colours as photographs vary most, or stretches them as this one does.",
      albumentations: "FancyPCA",
      timm: "Lighting"),
    Note(
      "PhotometricDistort", "Brightness, contrast, saturation, hue and channel order, each by a coin.",
      albumentations: "PhotoMetricDistort", torchvision: "RandomPhotometricDistort"),
    Note("Colorize", "Gives dark, middle and light tones a colour each.", albumentations: "Colorize"),
    Note(
      "Illumination", "Lights the scene unevenly: from a side, from a corner, or about a place.",
      albumentations: "Illumination",
      kornia: "RandomLinearIllumination RandomLinearCornerIllumination RandomGaussianIllumination"),
    Note("Vignette", "Darkens the corners, as simple lenses do.", albumentations: "Vignetting"),
    Note(
      "PlasmaBrightnessContrast", "Brightens and contrasts the picture through a random cloud.",
      albumentations: "PlasmaBrightnessContrast", kornia: "RandomPlasmaBrightness RandomPlasmaContrast"),
    Note(
      "PlasmaShadow", "Darkens the picture through a random cloud.", albumentations: "PlasmaShadow",
      kornia: "RandomPlasmaShadow"),
  ]

  private static let blurNotes: [Note] = [
    Note(
      "BoxBlur", "Averages the pixels of a square.", albumentations: "Blur", kornia: "RandomBoxBlur",
      imgaug: "AverageBlur AveragePooling"),
    Note(
      "MedianBlur", "Replaces every level by the median of a square: specks go, edges stay.",
      albumentations: "MedianBlur", kornia: "RandomMedianBlur", imgaug: "MedianBlur"),
    Note(
      "MotionBlur", "Blurs along a line, as a moving camera does.", albumentations: "MotionBlur",
      kornia: "RandomMotionBlur", imgaug: "MotionBlur"),
    Note(
      "Defocus", "Blurs with a disc, as a lens out of focus does.", albumentations: "Defocus",
      imgaug: "DefocusBlur"),
    Note("ZoomBlur", "Blurs away from the middle.", albumentations: "ZoomBlur", imgaug: "ZoomBlur"),
    Note("GlassBlur", "Looks through frosted glass.", albumentations: "GlassBlur", imgaug: "GlassBlur"),
    Note("AdvancedBlur", "Blurs with a turned, uneven, noisy bell.", albumentations: "AdvancedBlur"),
    Note(
      "Sharpen", "Sharpens by the difference of each pixel from its neighbours.",
      albumentations: "Sharpen", imgaug: "Sharpen EnhanceSharpness"),
    Note(
      "UnsharpMask", "Sharpens by the difference from a blurred copy, where it is no mere noise.",
      albumentations: "UnsharpMask"),
    Note(
      "Emboss", "Lights the picture from one corner as if it were a relief.", albumentations: "Emboss",
      imgaug: "Emboss"),
    Note(
      "Enhance", "Strengthens edges or detail as Pillow's filters do.", albumentations: "Enhance",
      imgaug: "FilterEdgeEnhance FilterDetail"),
    Note("EdgeDetect", "Shows where levels change.", imgaug: "EdgeDetect", dali: "laplacian"),
    Note("Halftone", "Prints the picture in dots, large where it is dark.", albumentations: "Halftone"),
    Note("Dithering", "Keeps few levels and makes those between from patterns.", albumentations: "Dithering"),
    Note(
      "RingingOvershoot", "Cuts off fine detail so sharply that edges swing.", albumentations: "RingingOvershoot"),
  ]

  private static let grainNotes: [Note] = [
    Note(
      "AdditiveNoise", "Adds uniform, normal or Laplace noise.", albumentations: "AdditiveNoise",
      imgaug: "AddElementwise AdditiveLaplaceNoise"),
    Note(
      "SpeckleNoise", "Multiplies every element by a number near one.", albumentations: "MultiplicativeNoise",
      imgaug: "MultiplyElementwise SpeckleNoise"),
    Note(
      "ShotNoise", "Counts photons: every level becomes a Poisson number.", albumentations: "ShotNoise",
      imgaug: "AdditivePoissonNoise ShotNoise", dali: "noise.shot"),
    Note("ISONoise", "The noise of a sensor at high sensitivity.", albumentations: "ISONoise"),
    Note(
      "SaltAndPepper", "Sets some pixels to black and some to white.", albumentations: "SaltAndPepper",
      kornia: "RandomSaltAndPepperNoise",
      imgaug: "SaltAndPepper Salt Pepper CoarseSaltAndPepper CoarseSalt CoarsePepper ImpulseNoise ReplaceElementwise",
      dali: "noise.salt_and_pepper"),
    Note("FilmGrain", "The grain of photographic film.", albumentations: "FilmGrain"),
    Note(
      "JPEG", "Sends the picture through JPEG.", albumentations: "ImageCompression", torchvision: "JPEG",
      keras: "RandomJpegQuality", kornia: "RandomJPEG", imgaug: "JpegCompression",
      dali: "jpeg_compression_distortion"),
    Note(
      "Downscale", "Shrinks the picture and enlarges it again.", albumentations: "Downscale", imgaug: "Pixelate"),
    Note(
      "Superpixels", "Paints some patches of like colour in their mean colour.", albumentations: "Superpixels",
      imgaug: "Superpixels"),
  ]

  private static let weatherNotes: [Note] = [
    Note(
      "Fog", "Lays fog over the scene, thicker in the distance and in patches.",
      albumentations: "RandomFog AtmosphericFog", imgaug: "Fog Clouds"),
    Note("Rain", "Lets it rain.", albumentations: "RandomRain", kornia: "RandomRain", imgaug: "Rain"),
    Note(
      "Snow", "Light places turn white, flakes fall.", albumentations: "RandomSnow", kornia: "RandomSnow",
      imgaug: "FastSnowyLandscape Snowflakes"),
    Note("Shadow", "Casts shadows with straight edges.", albumentations: "RandomShadow"),
    Note("SunFlare", "Puts the sun into the picture.", albumentations: "RandomSunFlare LensFlare"),
    Note("Spatter", "Splashes rain or mud on the lens.", albumentations: "Spatter", imgaug: "Spatter"),
    Note("Gravel", "Strews gravel over parts of the scene.", albumentations: "RandomGravel"),
  ]

  private static let holeNotes: [Note] = [
    Note(
      "GridDropout", "Removes squares on a regular grid.", albumentations: "GridDropout GridMask", keras: "GridMask",
      dali: "grid_mask"),
    Note(
      "StripeDropout", "Removes stripes across and down: time and frequency of spectrograms.",
      albumentations: "XYMasking TimeMasking FrequencyMasking"),
    Note(
      "PixelDropout", "Sets some pixels to one colour.", albumentations: "PixelDropout",
      imgaug: "Dropout CoarseDropout"),
    Note(
      "ChannelDropout", "Sets some channels to one level.", albumentations: "ChannelDropout",
      kornia: "RandomChannelDropout", imgaug: "Dropout2d"),
    Note(
      "GridShuffle", "Lays the picture's tiles out in a random order.", albumentations: "RandomGridShuffle",
      kornia: "RandomJigsaw", imgaug: "Jigsaw"),
    Note(
      "CopyPaste", "Pastes cut-out objects somewhere onto the picture.", albumentations: "CopyAndPaste OverlayElements",
      dali: "paste"),
  ]

  private static let domainNotes: [Note] = [
    Note(
      "HistogramMatching", "Gives the picture another one's distribution of levels.",
      albumentations: "HistogramMatching"),
    Note(
      "FourierAdaptation", "Gives the picture another one's broad light and colour.", albumentations: "FDA"),
    Note(
      "PixelDistributionAdaptation", "Gives the picture another one's colours: mean, spread or directions.",
      albumentations: "PixelDistributionAdaptation"),
  ]
}
