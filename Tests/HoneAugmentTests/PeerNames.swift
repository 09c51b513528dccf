import HoneAugment

/// What each library calls its transforms of pictures: AlbumentationsX 2.2, torchvision 0.26, Keras 3 with KerasCV,
/// ImageDataGenerator, kornia 0.9, imgaug 0.4, DALI and timm, from their own lists.
let peerNames: [Peer: String] = [
  .albumentations: """
  Affine D4 HorizontalFlip VerticalFlip Transpose RandomRotate90 Rotate SafeRotate ShiftScaleRotate SquareSymmetry
  Perspective ElasticTransform GridDistortion GridElasticDeform OpticalDistortion PiecewiseAffine ThinPlateSpline
  Morphological WaterRefraction PixelSpread AtLeastOneBBoxRandomCrop BBoxSafeRandomCrop CenterCrop Crop CropAndPad
  CropNonEmptyMaskIfExists RandomCrop RandomCropFromBorders RandomCropNearBBox RandomResizedCrop RandomSizedBBoxSafeCrop
  RandomSizedCrop LongestMaxSize SmallestMaxSize Resize RandomScale Pad PadIfNeeded AutoContrast CLAHE ChannelShuffle
  ChannelSwap ChromaticAberration ColorJitter Colorize Equalize Enhance FancyPCA HEStain HueSaturationValue Illumination
  InvertImg PhotoMetricDistort PlanckianJitter PlasmaBrightnessContrast PlasmaShadow Posterize RGBShift
  RandomBrightnessContrast RandomGamma RandomToneCurve Solarize ToGray ToRGB ToSepia Dithering Halftone Vignetting
  AdvancedBlur Blur Defocus GaussianBlur GlassBlur MedianBlur MotionBlur ZoomBlur Sharpen UnsharpMask Emboss
  RingingOvershoot AdditiveNoise GaussNoise ISONoise MultiplicativeNoise SaltAndPepper ShotNoise Spatter FilmGrain
  Downscale ImageCompression Superpixels RandomFog AtmosphericFog RandomGravel RandomRain RandomShadow RandomSnow
  RandomSunFlare LensFlare ChannelDropout CoarseDropout ConstrainedCoarseDropout Erasing GridDropout GridMask MaskDropout
  PixelDropout XYMasking TimeMasking FrequencyMasking RandomGridShuffle Mosaic OverlayElements CopyAndPaste TextImage FDA
  HistogramMatching PixelDistributionAdaptation TimeReverse CenterCrop3D RandomCrop3D Pad3D PadIfNeeded3D CoarseDropout3D
  CubicSymmetry Normalize ToFloat FromFloat Lambda NoOp ToTensorV2 ToTensor3D Compose OneOf SomeOf RandomOrder OneOrOther
  SelectiveChannelTransform ReplayCompose Sequential
  """,
  .torchvision: """
  CenterCrop ElasticTransform FiveCrop TenCrop Pad RandomAffine RandomCrop RandomHorizontalFlip RandomVerticalFlip
  RandomIoUCrop RandomPerspective RandomResize RandomResizedCrop RandomRotation RandomShortestSize RandomZoomOut Resize
  ScaleJitter ColorJitter Grayscale RGB RandomAdjustSharpness RandomAutocontrast RandomChannelPermutation RandomEqualize
  RandomGrayscale RandomInvert RandomPhotometricDistort RandomPosterize RandomSolarize GaussianBlur GaussianNoise JPEG
  RandomErasing MixUp CutMix AutoAugment RandAugment TrivialAugmentWide AugMix Compose RandomApply RandomChoice
  RandomOrder ClampBoundingBoxes ClampKeyPoints ConvertBoundingBoxFormat SanitizeBoundingBoxes SanitizeKeyPoints ToDtype
  ToImage ToPureTensor PILToTensor Identity Lambda LinearTransformation Normalize UniformTemporalSubsample
  """,
  .keras: """
  CenterCrop RandomCrop RandomElasticTransform RandomFlip RandomPerspective RandomResizedCrop RandomRotation RandomShear
  RandomTranslation RandomZoom Resizing AutoContrast CLAHE Equalization RandomBrightness RandomColorDegeneration
  RandomColorJitter RandomContrast RandomGrayscale RandomHue RandomInvert RandomPosterization RandomSaturation
  RandomSharpness Solarization RandomGaussianBlur RandomErasing CutMix MixUp AugMix RandAugment RandomApply RandomChoice
  MaxNumBoundingBoxes ChannelShuffle FourierMix GridMask JitteredResize Mosaic RandomAspectRatio
  RandomAugmentationPipeline RandomChannelShift RandomCropAndResize RandomCutout RandomJpegQuality RepeatedAugmentation
  GaussianNoise
  """,
  .generator: """
  featurewise_center samplewise_center featurewise_std_normalization samplewise_std_normalization zca_whitening
  zca_epsilon rotation_range width_shift_range height_shift_range brightness_range shear_range zoom_range
  channel_shift_range fill_mode cval horizontal_flip vertical_flip rescale preprocessing_function data_format
  validation_split interpolation_order
  """,
  .kornia: """
  CenterCrop LongestMaxSize SmallestMaxSize PadTo Resize RandomAffine RandomCrop RandomElasticTransform RandomFisheye
  RandomHorizontalFlip RandomVerticalFlip RandomPerspective RandomResizedCrop RandomRotation RandomRotation90 RandomShear
  RandomThinPlateSpline RandomTranslate ColorJiggle ColorJitter Normalize Denormalize RandomAutoContrast RandomBrightness
  RandomChannelDropout RandomChannelShuffle RandomClahe RandomContrast RandomEqualize RandomGamma RandomGrayscale
  RandomHue RandomInvert RandomPlanckianJitter RandomPosterize RandomRGBShift RandomSaturation RandomSharpness
  RandomSolarize RandomGaussianIllumination RandomLinearIllumination RandomLinearCornerIllumination
  RandomPlasmaBrightness RandomPlasmaContrast RandomPlasmaShadow RandomBoxBlur RandomGaussianBlur RandomMedianBlur
  RandomMotionBlur RandomGaussianNoise RandomSaltAndPepperNoise RandomRain RandomSnow RandomJPEG RandomDissolving
  RandomErasing RandomCutMixV2 RandomMixUpV2 RandomMosaic RandomJigsaw RandomTransplantation PatchMix RandomAffine3D
  RandomCrop3D RandomDepthicalFlip3D RandomEqualize3D RandomHorizontalFlip3D RandomMotionBlur3D RandomPerspective3D
  RandomRotation3D RandomTransplantation3D RandomVerticalFlip3D CenterCrop3D AutoAugment RandAugment TrivialAugment
  AugmentationSequential ImageSequential PatchSequential VideoSequential ManyToManyAugmentationDispather
  ManyToOneAugmentationDispather
  """,
  .imgaug: """
  Sequential SomeOf OneOf Sometimes WithChannels Lambda Add AddElementwise Multiply MultiplyElementwise
  AdditiveGaussianNoise AdditiveLaplaceNoise AdditivePoissonNoise Dropout CoarseDropout Dropout2d TotalDropout
  ReplaceElementwise ImpulseNoise SaltAndPepper CoarseSaltAndPepper Salt CoarseSalt Pepper CoarsePepper Cutout Invert
  Solarize JpegCompression BlendAlpha SimplexNoiseAlpha FrequencyNoiseAlpha GaussianBlur AverageBlur MedianBlur
  BilateralBlur MotionBlur MeanShiftBlur RandAugment WithColorspace MultiplyHueAndSaturation AddToHue
  ChangeColorTemperature Grayscale KMeansColorQuantization Posterize GammaContrast SigmoidContrast LogContrast
  LinearContrast CLAHE HistogramEqualization Sharpen Emboss EdgeDetect DirectedEdgeDetect Canny Fliplr Flipud Affine
  PiecewiseAffine PerspectiveTransform ElasticTransformation Rot90 WithPolarWarping Jigsaw Superpixels Voronoi
  FastSnowyLandscape Clouds Fog Snowflakes Rain
  """,
  .dali: """
  crop crop_mirror_normalize flip resize resize_crop_mirror random_resized_crop rotate warp_affine warp_perspective water
  sphere paste coord_flip coord_transform bb_flip bbox_paste bbox_rotate brightness brightness_contrast contrast
  color_twist color_space_conversion hsv hue saturation clahe equalize debayer lookup_table normalize gaussian_blur
  laplacian jpeg_compression_distortion jitter noise.gaussian noise.salt_and_pepper noise.shot erase grid_mask
  AutoAugment RandAugment TrivialAugment shear_x shear_y translate_x translate_y color sharpness posterize solarize
  solarize_add invert auto_contrast identity
  """,
  .timm: """
  AutoContrast Equalize Invert Rotate Posterize PosterizeIncreasing PosterizeOriginal Solarize SolarizeIncreasing
  SolarizeAdd Color ColorIncreasing Contrast ContrastIncreasing Brightness BrightnessIncreasing Sharpness
  SharpnessIncreasing ShearX ShearY TranslateX TranslateY TranslateXRel TranslateYRel Desaturate GaussianBlur
  GaussianBlurRand RandomErasing Mixup RandomResizedCropAndInterpolation ResizeKeepRatio RandomCropOrPad CenterCropOrPad
  TrimBorder RepeatAugSampler AugMixDataset
  """,
]
