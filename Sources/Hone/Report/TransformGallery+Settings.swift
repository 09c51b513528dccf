import HoneAugment

/// What a gallery shows a transform at: the parameters of a weak, a medium and a strong setting, as one writes them.
package struct GallerySettings {
  package let steps: [String]

  init(_ name: String, _ settings: [String]) {
    steps = settings.isEmpty ? [name] : settings.map { name + ":" + $0 }
  }

  /// Transforms without an entry have one setting, or are shown as they are by default.
  package static func of(_ name: String) -> GallerySettings { GallerySettings(name, table[name] ?? []) }

  /// The same where a transform may need a picture file; nothing where it does and there is none.
  static func of(_ name: String, file: String?) -> [String] {
    guard let (key, strengths) = fileSettings[name] else { return of(name).steps }
    return file.map { path in
      strengths.map { "\(name):{\(key): ['\(path.replacing("'", with: "''"))'], \($0)}" }
    } ?? []
  }

  private static let fileSettings: [String: (key: String, strengths: [String])] = [
    "FourierAdaptation": ("references", ["beta: [0.003, 0.003]", "beta: [0.01, 0.01]", "beta: [0.05, 0.05]"]),
    "HistogramMatching": ("references", blends), "PixelDistributionAdaptation": ("references", blends),
    "CopyPaste": (
      "objects",
      ["count: [1, 1], size: [0.25, 0.25]", "count: [3, 3], softness: 3", "count: [8, 8], size: [0.3, 0.6]"]
    ),
  ]
  private static let blends = ["blend: [0.3, 0.3]", "blend: [0.6, 0.6]", "blend: [1, 1]"]

  /// Sizes suit pictures of 256 pixels.
  private static let table: [String: [String]] = [
    "RandomResizedCrop": ["area=0.7...0.7", "area=0.35...0.35", "area=0.08...0.08"],
    "Crop": ["height=224,width=224", "height=160,width=160", "height=96,width=96"],
    "PadCrop": ["padding=16", "padding=48", "padding=128"],
    "CenterCrop": ["height=224,width=224", "height=160,width=160", "height=96,width=96"],
    "FiveCrop": ["height=224,width=224", "height=160,width=160", "height=96,width=96"],
    "TenCrop": ["height=224,width=224", "height=160,width=160", "height=96,width=96"],
    "Resize": ["height=192,width=192", "height=96,width=192", "height=32,width=32"],
    "ShorterSide": ["pixels=192", "pixels=96", "pixels=32"],
    "LongerSide": ["pixels=192", "pixels=96", "pixels=32"],
    "Rescale": ["factor=0.8...0.8", "factor=0.4...0.4", "factor=0.1...0.1"],
    "PadToSize": ["height=288,width=288", "height=352,width=352", "height=512,width=512"],
    "Pad": ["rows=8,columns=8", "rows=24,columns=24", "rows=64,columns=64,border=reflect"],
    "CropRegion": [
      "y=16,x=16,height=224,width=224", "y=32,x=64,height=160,width=160", "y=96,x=96,height=64,width=64",
    ],
    "CropBorders": ["part=0.03...0.03", "part=0.1...0.1", "part=0.3...0.3"],
    "CropAndPad": ["part=-0.05...-0.05", "part=0.1...0.1", "part=-0.3...0.3"],
    "Flip": ["axis=horizontal", "axis=vertical"],
    "Rotate": ["degrees=8...8", "degrees=30...30", "degrees=75...75"],
    "Shift": ["x=0.05...0.05,y=0...0", "x=0.15...0.15,y=0.1...0.1", "x=-0.4...-0.4,y=0.3...0.3"],
    "Shear": ["x=5...5", "x=15...15", "x=40...40"],
    "Zoom": ["factor=1.1...1.1", "factor=0.75...0.75", "factor=2...2"],
    "Affine": [
      "degrees=5...5,factor=0.95...1.05", "degrees=-20...20,factor=0.8...1.2",
      "degrees=-90...90,factor=0.5...1.5,shearX=-30...30",
    ],
    "Perspective": ["distortion=0.15", "distortion=0.4", "distortion=0.8"],
    "KerasAffine": [
      "rotationRange=8", "rotationRange=30,shearRange=10", "rotationRange=90,shearRange=30,zoomRange=0.5...1.5",
    ],
    "Elastic": ["alpha=20...20,sigma=6...6", "alpha=80...80,sigma=6...6", "alpha=250...250,sigma=6...6"],
    "GridDistortion": ["limit=-0.1...0.1", "limit=-0.3...0.3", "limit=-0.8...0.8"],
    "LensDistortion": ["strength=0.1...0.1", "strength=0.4...0.4", "strength=-0.8...-0.8"],
    "ThinPlateSpline": ["deviation=0.01...0.01", "deviation=0.04...0.04", "deviation=0.12...0.12"],
    "PiecewiseAffine": ["deviation=0.01...0.01", "deviation=0.03...0.03", "deviation=0.08...0.08"],
    "Waves": ["amplitude=0.005...0.005", "amplitude=0.02...0.02", "amplitude=0.06...0.06"],
    "Swirl": ["degrees=30...30", "degrees=90...90", "degrees=300...300,radius=0.6...0.6"],
    "PixelSpread": ["radius=1...1", "radius=3...3", "radius=12...12"],
    "Morphology": ["radius=1...1,kind=dilate", "radius=3...3,kind=erode", "radius=8...8,kind=dilate"],
    "ColorJitter": [
      "brightness=0.9...1.1,contrast=0.9...1.1,saturation=0.9...1.1,hue=-0.02...0.02",
      "brightness=0.6...1.4,contrast=0.6...1.4,saturation=0.6...1.4,hue=-0.1...0.1",
      "brightness=0.3...1.7,contrast=0.3...1.7,saturation=0...3,hue=-0.5...0.5",
    ],
    "Brightness": ["factor=0.9...0.9", "factor=1.4...1.4", "factor=0.35...0.35"],
    "Contrast": ["factor=0.9...0.9", "factor=1.5...1.5", "factor=0.3...0.3"],
    "Saturation": ["factor=0.8...0.8", "factor=2...2", "factor=0...0"],
    "Hue": ["turns=0.03...0.03", "turns=0.12...0.12", "turns=0.5...0.5"],
    "Gamma": ["exponent=0.85...0.85", "exponent=1.6...1.6", "exponent=0.35...0.35"],
    "ChannelShift": ["levels=-10...10", "levels=-40...40", "levels=-100...100"],
    "Posterize": ["bits=6...6", "bits=4...4", "bits=2...2"],
    "Solarize": ["threshold=230...230", "threshold=170...170", "threshold=80...80"],
    "SolarizeAdd": ["amount=20...20", "amount=60...60", "amount=110...110"],
    "ToneCurve": ["strength=0.05", "strength=0.2", "strength=0.6"],
    "BrightnessContrast": [
      "brightness=0.1...0.1,contrast=0.1...0.1", "brightness=-0.2...-0.2,contrast=0.3...0.3",
      "brightness=0.4...0.4,contrast=-0.6...-0.6",
    ],
    "SigmoidContrast": ["gain=4...4", "gain=8...8", "gain=20...20"],
    "LogContrast": ["gain=0.9...0.9", "gain=0.7...0.7", "gain=1.5...1.5"],
    "HSVShift": [
      "hue=0.02...0.02,saturation=0.05...0.05,value=0.05...0.05",
      "hue=0.08...0.08,saturation=0.2...0.2,value=0.1...0.1",
      "hue=0.3...0.3,saturation=-0.5...-0.5,value=-0.3...-0.3",
    ],
    "CLAHE": ["clip=1.5...1.5", "clip=3...3", "clip=12...12"],
    "ChromaticAberration": ["strength=0.02...0.02", "strength=0.06...0.06", "strength=0.25...0.25"],
    "PlanckianJitter": ["kelvin=5500...5500", "kelvin=3500...3500", "kelvin=20000...20000"],
    "FancyPCA": ["strength=0.1", "strength=0.4", "strength=4,components=own"],
    "PhotometricDistort": ["chance=0.3", "chance=0.6", "chance=1,contrast=0.3...2,saturation=0...3,hue=-0.5...0.5"],
    "Colorize": [
      "{dark: [30, 20, 10], middle: [120, 105, 85], light: [255, 250, 235]}",
      "{dark: [10, 20, 60], middle: [90, 110, 130], light: [255, 240, 200]}",
      "{dark: [40, 0, 80], middle: [200, 60, 60], light: [255, 230, 80]}",
    ],
    "Illumination": ["gain=0.1...0.1", "gain=0.3...0.3", "gain=0.8...0.8"],
    "Vignette": ["strength=0.2...0.2", "strength=0.5...0.5", "strength=1...1"],
    "PlasmaBrightnessContrast": [
      "brightness=-0.1...0.1,contrast=-0.1...0.1", "brightness=-0.3...0.3,contrast=-0.3...0.3",
      "brightness=-0.8...0.8,contrast=-0.8...0.8",
    ],
    "PlasmaShadow": ["strength=0.2...0.2", "strength=0.5...0.5", "strength=1...1"],
    "GaussianBlur": ["sigma=0.7...0.7", "sigma=2...2", "sigma=6...6"],
    "BoxBlur": ["radius=1...1", "radius=3...3", "radius=9...9"],
    "MedianBlur": ["radius=1...1", "radius=3...3", "radius=8...8"],
    "MotionBlur": ["length=5...5,degrees=20...20", "length=13...13,degrees=20...20", "length=41...41,degrees=20...20"],
    "Defocus": ["radius=2...2", "radius=5...5", "radius=14...14"],
    "ZoomBlur": ["factor=1.03...1.03", "factor=1.12...1.12", "factor=1.5...1.5"],
    "GlassBlur": ["reach=1...1", "reach=3...3", "reach=10...10"],
    "AdvancedBlur": ["side=3...3", "side=7...7,sigma=1...2", "side=15...15,sigma=2...6"],
    "Sharpness": ["factor=1.5...1.5", "factor=4...4", "factor=0...0"],
    "Sharpen": [
      "amount=0.15...0.15,lightness=1...1", "amount=0.4...0.4,lightness=1...1", "amount=1...1,lightness=1...1",
    ],
    "UnsharpMask": ["amount=0.4...0.4", "amount=1.5...1.5", "amount=5...5"],
    "Emboss": ["amount=0.2...0.2", "amount=0.5...0.5", "amount=1...1,strength=2...2"],
    "Enhance": ["amount=0.3...0.3", "amount=1...1", "kind=detail,amount=1...1"],
    "EdgeDetect": ["amount=0.2...0.2", "amount=0.5...0.5", "amount=1...1"],
    "RingingOvershoot": ["cutoff=1.8...1.8", "cutoff=1.1...1.1", "cutoff=0.6...0.6"],
    "Halftone": ["dot=4...4,blend=0.6...0.6", "dot=5...5,blend=0.2...0.2", "dot=12...12,blend=0...0"],
    "Dithering": ["levels=8...8", "levels=4...4", "levels=2...2"],
    "GaussianNoise": ["deviation=8...8", "deviation=25...25", "deviation=70...70"],
    "AdditiveNoise": ["deviation=8...8", "deviation=25...25,shape=laplace", "deviation=70...70"],
    "SpeckleNoise": ["deviation=0.05...0.05", "deviation=0.2...0.2", "deviation=0.6...0.6"],
    "ShotNoise": ["scale=0.01...0.01", "scale=0.08...0.08", "scale=0.5...0.5"],
    "ISONoise": ["light=6...6,color=3...3", "light=20...20,color=8...8", "light=60...60,color=30...30"],
    "SaltAndPepper": ["amount=0.01...0.01", "amount=0.05...0.05,perChannel=true", "amount=0.2...0.2,grain=3"],
    "FilmGrain": ["strength=0.04...0.04", "strength=0.12...0.12", "strength=0.35...0.35,grain=3...3"],
    "JPEG": ["quality=50...50", "quality=15...15", "quality=3...3"],
    "Downscale": ["factor=0.6...0.6", "factor=0.3...0.3", "factor=0.1...0.1"],
    "Superpixels": [
      "segments=300...300,chance=0.5...0.5", "segments=120...120,chance=0.8...0.8", "segments=40...40,chance=1...1",
    ],
    "Fog": ["density=0.4...0.4", "density=1...1", "density=3...3"],
    "Rain": ["drops=1...1", "drops=3...3", "drops=8...8,length=0.1...0.2"],
    "Snow": ["point=0.3...0.3,flakes=0.5...0.5", "point=0.45...0.45,flakes=2...2", "point=0.7...0.7,flakes=6...6"],
    "Shadow": ["strength=0.25...0.25", "strength=0.5...0.5", "strength=0.8...0.8,count=3...3"],
    "SunFlare": ["radius=0.15...0.15", "radius=0.3...0.3", "radius=0.6...0.6"],
    "Spatter": ["coverage=0.05...0.05", "coverage=0.15...0.15,liquid=mud", "coverage=0.4...0.4,liquid=rain"],
    "Gravel": ["count=1...1", "count=4...4", "count=12...12"],
    "Erase": ["area=0.05...0.05", "area=0.2...0.2,filling=color", "area=0.4...0.4,filling=noise"],
    "CoarseDropout": ["count=3...3", "count=10...10,filling=gray", "count=30...30,filling=noise"],
    "ChannelDropout": ["count=1...1", "count=1...1,level=128", "count=2...2"],
    "GridDropout": ["hole=0.2...0.2", "hole=0.45...0.45", "hole=0.7...0.7"],
    "StripeDropout": ["across=1...1,down=1...1", "across=2...2,down=2...2", "across=5...5,down=5...5"],
    "PixelDropout": ["chance=0.02...0.02", "chance=0.1...0.1", "chance=0.4...0.4,grain=4"],
    "GridShuffle": ["rows=2...2,columns=2...2", "rows=4...4,columns=4...4", "rows=10...10,columns=10...10"],
    "RandAugment": ["magnitude=5", "magnitude=15", "count=3,magnitude=30"],
    "AutoAugment": ["policy=imageNet", "policy=cifar10", "policy=svhn"],
    "AugMix": ["severity=1", "severity=4", "severity=10"],
    "ThreeAugment": ["jitter=0.1", "jitter=0.3", "jitter=0.8"],
    "UniformAugment": ["count=1", "count=2", "count=4"],
    "Blended": [
      "{steps: [GaussianBlur: {sigma: [6, 6]}], weight: [0.3, 0.3]}",
      "{steps: [GaussianBlur: {sigma: [6, 6]}], weight: [0.6, 0.6]}", "{steps: [Equalize], weight: [1, 1]}",
    ],
  ]
}
