// The one table of what each transform is in words, and what other libraries call it. Several names of one library are
// separated by spaces; a name may stand for several transforms. A test names what is missing here.

extension Catalogue {
  static let notes: [Note] =
    croppingNotes + geometryNotes + colorNotes + filterNotes + noiseNotes + dropoutNotes + policyNotes
    + compositionNotes
    + effectNotes

  /// What is no transform of one picture: the ways of `Mixing`, and what is asked of a batch or a recipe.
  static let mixingNotes: [Note] = [
    Note(
      "mixUp", "Blends two pictures and their labels (mixing).", torchvision: "MixUp", keras: "MixUp",
      kornia: "RandomMixUpV2", timm: "Mixup"),
    Note(
      "cutMix", "Swaps a rectangle between two pictures, labels in proportion (mixing).", torchvision: "CutMix",
      keras: "CutMix", kornia: "RandomCutMixV2", timm: "Mixup"),
    Note("fMix", "Swaps a cloud-shaped part between two pictures (mixing).", keras: "FourierMix"),
    Note("patchMix", "Swaps squares of a grid between two pictures (mixing).", kornia: "PatchMix"),
    Note("resizeMix", "Shows each of two pictures, shrunk, somewhere in the other (mixing)."),
    Note(
      "mosaic", "Exchanges quarters among four pictures (mixing).", albumentations: "Mosaic", keras: "Mosaic",
      kornia: "RandomMosaic"),
    Note(
      "repeats", "Shows each picture several times in a batch, each time changed anew (recipe).",
      keras: "RepeatedAugmentation", timm: "RepeatAugSampler"),
    Note(
      "Normalization", "Turns levels into the numbers that a model reads, in the last pass (batch).",
      albumentations: "Normalize ToTensorV2", torchvision: "Normalize",
      generator: "rescale featurewise_center featurewise_std_normalization", kornia: "Normalize", dali: "normalize"),
    Note(
      "Standardization", "Centres, scales or whitens each picture's numbers after that (batch).",
      torchvision: "LinearTransformation",
      generator: "samplewise_center samplewise_std_normalization zca_whitening zca_epsilon"),
    Note(
      "Border", "What a step shows beyond the picture's edges: a parameter of every geometric step.",
      generator: "fill_mode cval"),
    Note(
      "Interpolation", "How a step reads between pixels: a parameter of every geometric step.",
      generator: "interpolation_order"),
    Note("validation", "The part of the pictures that validates (recipe: data).", generator: "validation_split"),
  ]

  private static let croppingNotes: [Note] = [
    Note(
      "RandomResizedCrop", "Cuts a rectangle of random area and aspect and resizes it.",
      albumentations: "RandomResizedCrop RandomSizedCrop", torchvision: "RandomResizedCrop",
      keras: "RandomResizedCrop RandomCropAndResize", kornia: "RandomResizedCrop",
      dali: "random_resized_crop resize_crop_mirror", timm: "RandomResizedCropAndInterpolation"),
    Note(
      "Crop", "Cuts a rectangle of a given size from a random place.", albumentations: "RandomCrop",
      torchvision: "RandomCrop", keras: "RandomCrop", kornia: "RandomCrop", imgaug: "CropToFixedSize", dali: "crop",
      timm: "RandomCropOrPad"),
    Note(
      "PadCrop", "Adds a margin and cuts the former size at random: a shift by up to the margin.",
      torchvision: "RandomCrop"),
    Note(
      "CenterCrop", "Cuts a rectangle of a given size from the middle.", albumentations: "CenterCrop",
      torchvision: "CenterCrop", keras: "CenterCrop", kornia: "CenterCrop", imgaug: "CenterCropToFixedSize",
      dali: "crop_mirror_normalize", timm: "CenterCropOrPad"),
    Note("FiveCrop", "Cuts one of the four corners or the middle.", torchvision: "FiveCrop"),
    Note("TenCrop", "One of the five crops, mirrored half of the time.", torchvision: "TenCrop"),
    Note(
      "Resize", "Resizes to a given size, whatever the aspect.", albumentations: "Resize", torchvision: "Resize",
      keras: "Resizing", kornia: "Resize", imgaug: "Resize Scale", dali: "resize"),
    Note(
      "ShorterSide", "Resizes so that the shorter side has a given length.", albumentations: "SmallestMaxSize",
      torchvision: "Resize", kornia: "SmallestMaxSize", dali: "resize"),
    Note(
      "LongerSide", "Resizes so that the longer side has a given length.", albumentations: "LongestMaxSize",
      kornia: "LongestMaxSize", dali: "resize", timm: "ResizeKeepRatio"),
    Note(
      "PadToSize", "Adds equal margins until the picture has at least a given size.", albumentations: "PadIfNeeded",
      kornia: "PadTo", imgaug: "PadToFixedSize CenterPadToFixedSize"),
  ]

  private static let geometryNotes: [Note] = [
    Note(
      "Flip", "Mirrors the picture.", albumentations: "HorizontalFlip VerticalFlip",
      torchvision: "RandomHorizontalFlip RandomVerticalFlip", keras: "RandomFlip",
      generator: "horizontal_flip vertical_flip", kornia: "RandomHorizontalFlip RandomVerticalFlip",
      imgaug: "Fliplr Flipud HorizontalFlip VerticalFlip", dali: "flip"),
    Note(
      "Rotate", "Turns the picture by a random angle, on its canvas or on one that holds all of it.",
      albumentations: "Rotate SafeRotate", torchvision: "RandomRotation", keras: "RandomRotation",
      generator: "rotation_range", kornia: "RandomRotation", imgaug: "Rotate", dali: "rotate", timm: "Rotate"),
    Note(
      "QuarterTurn", "Turns by 0, 90, 180 or 270 degrees.", albumentations: "RandomRotate90",
      kornia: "RandomRotation90", imgaug: "Rot90"),
    Note("D4", "One of the eight symmetries of the square.", albumentations: "D4 SquareSymmetry"),
    Note("Transpose", "Swaps rows and columns.", albumentations: "Transpose"),
    Note(
      "Shift", "Moves the picture across and down.", albumentations: "ShiftScaleRotate", keras: "RandomTranslation",
      generator: "width_shift_range height_shift_range", kornia: "RandomTranslate", imgaug: "TranslateX TranslateY",
      dali: "translate_x translate_y", timm: "TranslateX TranslateY TranslateXRel TranslateYRel"),
    Note(
      "Shear", "Slants the picture.", keras: "RandomShear", generator: "shear_range", kornia: "RandomShear",
      imgaug: "ShearX ShearY", dali: "shear_x shear_y", timm: "ShearX ShearY"),
    Note(
      "Zoom", "Enlarges or shrinks the picture on its canvas.", torchvision: "RandomZoomOut", keras: "RandomZoom",
      generator: "zoom_range", imgaug: "ScaleX ScaleY"),
    Note(
      "Affine", "Turns, enlarges, slants and moves in one resampling.", albumentations: "Affine ShiftScaleRotate",
      torchvision: "RandomAffine", kornia: "RandomAffine", imgaug: "Affine", dali: "warp_affine"),
    Note(
      "Perspective", "Looks at the picture from a random side.", albumentations: "Perspective",
      torchvision: "RandomPerspective", keras: "RandomPerspective", kornia: "RandomPerspective",
      imgaug: "PerspectiveTransform", dali: "warp_perspective"),
    Note(
      "KerasAffine", "Moves pictures as Keras's ImageDataGenerator does, in one resampling.",
      generator: "rotation_range width_shift_range height_shift_range shear_range zoom_range"),
  ]

  private static let colorNotes: [Note] = [
    Note(
      "ColorJitter", "Changes brightness, contrast, saturation and hue, in random order.",
      albumentations: "ColorJitter PhotoMetricDistort", torchvision: "ColorJitter RandomPhotometricDistort",
      keras: "RandomColorJitter", kornia: "ColorJitter ColorJiggle", dali: "color_twist"),
    Note(
      "Brightness", "Multiplies all levels.", albumentations: "RandomBrightnessContrast", keras: "RandomBrightness",
      generator: "brightness_range", kornia: "RandomBrightness", imgaug: "Multiply MultiplyBrightness",
      dali: "brightness brightness_contrast", timm: "Brightness BrightnessIncreasing"),
    Note(
      "Contrast", "Multiplies distances from the picture's mean grey level.",
      albumentations: "RandomBrightnessContrast", keras: "RandomContrast", kornia: "RandomContrast",
      imgaug: "LinearContrast", dali: "contrast brightness_contrast", timm: "Contrast ContrastIncreasing"),
    Note(
      "Saturation", "Multiplies distances from each pixel's own grey level.", albumentations: "HueSaturationValue",
      keras: "RandomSaturation RandomColorDegeneration", kornia: "RandomSaturation",
      imgaug: "MultiplySaturation MultiplyHueAndSaturation AddToSaturation", dali: "saturation hsv color",
      timm: "Color ColorIncreasing"),
    Note(
      "Hue", "Turns the hue of every pixel.", albumentations: "HueSaturationValue", keras: "RandomHue",
      kornia: "RandomHue", imgaug: "AddToHue MultiplyHue MultiplyHueAndSaturation", dali: "hue hsv"),
    Note(
      "Gamma", "Raises levels to a power.", albumentations: "RandomGamma", kornia: "RandomGamma",
      imgaug: "GammaContrast"),
    Note(
      "ChannelShift", "Adds a number to each channel.", albumentations: "RGBShift", keras: "RandomChannelShift",
      generator: "channel_shift_range", kornia: "RandomRGBShift", imgaug: "Add"),
    Note(
      "ChannelShuffle", "Puts red, green and blue in a random order.", albumentations: "ChannelShuffle ChannelSwap",
      torchvision: "RandomChannelPermutation", keras: "ChannelShuffle", kornia: "RandomChannelShuffle",
      imgaug: "ChannelShuffle"),
    Note(
      "Grayscale", "Takes the colour out.", albumentations: "ToGray", torchvision: "Grayscale RandomGrayscale",
      keras: "RandomGrayscale", kornia: "RandomGrayscale", imgaug: "Grayscale", dali: "color_space_conversion",
      timm: "Desaturate"),
    Note("Sepia", "Gives the picture the brown of an old photograph.", albumentations: "ToSepia"),
    Note(
      "AutoContrast", "Stretches each channel to the full range of levels.", albumentations: "AutoContrast",
      torchvision: "RandomAutocontrast", keras: "AutoContrast", kornia: "RandomAutoContrast", imgaug: "Autocontrast",
      dali: "auto_contrast", timm: "AutoContrast"),
    Note(
      "Equalize", "Flattens each channel's histogram.", albumentations: "Equalize", torchvision: "RandomEqualize",
      keras: "Equalization", kornia: "RandomEqualize", imgaug: "HistogramEqualization AllChannelsHistogramEqualization",
      dali: "equalize", timm: "Equalize"),
    Note(
      "Invert", "Replaces every level by 255 minus it.", albumentations: "InvertImg", torchvision: "RandomInvert",
      keras: "RandomInvert", kornia: "RandomInvert", imgaug: "Invert", dali: "invert", timm: "Invert"),
    Note(
      "Posterize", "Keeps only the highest bits of each level.", albumentations: "Posterize",
      torchvision: "RandomPosterize", keras: "RandomPosterization", kornia: "RandomPosterize",
      imgaug: "Posterize UniformColorQuantization", dali: "posterize",
      timm: "Posterize PosterizeIncreasing PosterizeOriginal"),
    Note(
      "Solarize", "Inverts the levels from a threshold on.", albumentations: "Solarize",
      torchvision: "RandomSolarize", keras: "Solarization", kornia: "RandomSolarize", imgaug: "Solarize",
      dali: "solarize", timm: "Solarize SolarizeIncreasing"),
    Note("ToneCurve", "Bends the tone curve at two random points.", albumentations: "RandomToneCurve"),
  ]

  private static let filterNotes: [Note] = [
    Note(
      "GaussianBlur", "Blurs the picture with a bell-shaped kernel.", albumentations: "GaussianBlur",
      torchvision: "GaussianBlur", keras: "RandomGaussianBlur", kornia: "RandomGaussianBlur", imgaug: "GaussianBlur",
      dali: "gaussian_blur", timm: "GaussianBlur GaussianBlurRand"),
    Note(
      "Sharpness", "Blends the picture with a smoothed copy of itself, or away from it.",
      torchvision: "RandomAdjustSharpness", keras: "RandomSharpness", kornia: "RandomSharpness", dali: "sharpness",
      timm: "Sharpness SharpnessIncreasing"),
  ]

  private static let noiseNotes: [Note] = [
    Note(
      "GaussianNoise", "Adds normal noise to every element.", albumentations: "GaussNoise",
      torchvision: "GaussianNoise", keras: "GaussianNoise", kornia: "RandomGaussianNoise",
      imgaug: "AdditiveGaussianNoise", dali: "noise.gaussian")
  ]

  private static let dropoutNotes: [Note] = [
    Note(
      "Erase", "Replaces a random rectangle.", albumentations: "Erasing", torchvision: "RandomErasing",
      keras: "RandomErasing", kornia: "RandomErasing", dali: "erase", timm: "RandomErasing"),
    Note(
      "CoarseDropout", "Replaces several small rectangles, anywhere or within regions.",
      albumentations: "CoarseDropout ConstrainedCoarseDropout", keras: "RandomCutout", imgaug: "Cutout"),
  ]

  private static let policyNotes: [Note] = [
    Note(
      "TrivialAugmentWide", "One operation of fourteen at one of 31 strengths. Nothing to tune.",
      torchvision: "TrivialAugmentWide", kornia: "TrivialAugment", dali: "TrivialAugment"),
    Note(
      "RandAugment", "Several random operations of fourteen, all at one strength.", torchvision: "RandAugment",
      keras: "RandAugment", kornia: "RandAugment", imgaug: "RandAugment", dali: "RandAugment",
      timm: "rand-m9-mstd0.5-inc1"),
    Note(
      "AutoAugment", "One of 25 pairs of operations found by search on ImageNet, CIFAR-10 or SVHN.",
      torchvision: "AutoAugment", kornia: "AutoAugment", dali: "AutoAugment", timm: "original v0"),
    Note(
      "AugMix", "Adds up the picture and several differently changed copies, by random weights.", torchvision: "AugMix",
      keras: "AugMix", timm: "AugMixDataset augmix-m5-w4-d2"),
    Note("UniformAugment", "Two operations of fifteen, each with a chance and a strength drawn evenly."),
    Note(
      "ThreeAugment", "Greyscale, solarizing or blur, one of the three, then colour jitter.", timm: "3a"),
  ]

  private static let compositionNotes: [Note] = [
    Note(
      "OneOf", "Does one of several steps, by weight.", albumentations: "OneOf OneOrOther",
      torchvision: "RandomChoice", keras: "RandomChoice", imgaug: "OneOf"),
    Note(
      "SomeOf", "Does some of several steps.", albumentations: "SomeOf", keras: "RandomAugmentationPipeline",
      imgaug: "SomeOf"),
    Note(
      "RandomOrder", "Does all steps, in random order.", albumentations: "RandomOrder", torchvision: "RandomOrder"),
    Note(
      "InOrder", "Does all steps as one, so that they share a chance or a place in a choice.",
      albumentations: "Compose Sequential", torchvision: "Compose RandomApply", keras: "RandomApply",
      kornia: "AugmentationSequential ImageSequential", imgaug: "Sequential Sometimes"),
    Note("PerClass", "Does other steps to each class: other strengths, other chances, or nothing."),
    Note("OnSize", "Does its steps to pictures whose sides lie within limits, and others to the rest."),
    Note(
      "OnChannels", "Does its steps to some channels only.", albumentations: "SelectiveChannelTransform",
      imgaug: "WithChannels"),
    Note(
      "Blended", "Does its steps to a copy and blends it with the picture: part of their strength.",
      imgaug: "BlendAlpha"),
    Note(
      "Identity", "Leaves the picture as it is.", albumentations: "NoOp", torchvision: "Identity",
      imgaug: "Identity Noop", dali: "identity"),
  ]
}
