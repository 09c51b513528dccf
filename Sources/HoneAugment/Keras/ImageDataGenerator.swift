public import HoneImage

/// Keras's `ImageDataGenerator` as a value: its arguments by their names, and what each becomes in Hone.
///
/// ```swift
/// let generator = ImageDataGenerator(
///   rotationRange: 20, widthShiftRange: 0.1, zoomRange: 0.2, horizontalFlip: true, rescale: 1.0 / 255)
/// let pipeline = generator.pipeline(targetSize: Size(height: 224, width: 224))
/// ```
///
/// What it leaves to other values: `preprocessing_function` is a transform of one's own, `validation_split` is
/// `data.validation` of a recipe, `flow_from_directory` and `flow_from_dataframe` are `Dataset`s of a folder and of a table,
/// `save_to_dir` is `hone augment --write`, and `seed` is the recipe's.
///
/// - Units: as in Keras: degrees; shifts as fractions of a side below 1, as pixels from 1 on; levels.
/// - Source: Keras 3's `ImageDataGenerator`, to half a level for moved pictures. Differs: as `KerasAffine`; a channel shift is cut off at 0 and 255, not at the picture's own extremes.
public struct ImageDataGenerator: Sendable, Hashable, Codable {
  public var featurewiseCenter: Bool
  public var samplewiseCenter: Bool
  public var featurewiseStdNormalization: Bool
  public var samplewiseStdNormalization: Bool
  public var zcaWhitening: Bool
  public var zcaEpsilon: Double
  public var rotationRange: Double
  public var widthShiftRange: ShiftRange
  public var heightShiftRange: ShiftRange
  public var brightnessRange: ClosedRange<Double>?
  public var shearRange: Double
  public var zoomRange: ZoomRange
  public var channelShiftRange: Double
  public var fillMode: FillMode
  public var cval: UInt8
  public var horizontalFlip: Bool
  public var verticalFlip: Bool
  public var rescale: Double
  public var interpolationOrder: Int

  /// What lies beyond the edges.
  public enum FillMode: String, Sendable, Hashable, Codable, CaseIterable {
    case constant, nearest, reflect, wrap
  }

  public init(
    featurewiseCenter: Bool = false, samplewiseCenter: Bool = false, featurewiseStdNormalization: Bool = false,
    samplewiseStdNormalization: Bool = false, zcaWhitening: Bool = false, zcaEpsilon: Double = 1e-6,
    rotationRange: Double = 0, widthShiftRange: ShiftRange = 0.0, heightShiftRange: ShiftRange = 0.0,
    brightnessRange: ClosedRange<Double>? = nil, shearRange: Double = 0, zoomRange: ZoomRange = 0.0,
    channelShiftRange: Double = 0, fillMode: FillMode = .nearest, cval: UInt8 = 0, horizontalFlip: Bool = false,
    verticalFlip: Bool = false, rescale: Double = 1, interpolationOrder: Int = 1
  ) {
    self.featurewiseCenter = featurewiseCenter || featurewiseStdNormalization || zcaWhitening
    self.samplewiseCenter = samplewiseCenter || samplewiseStdNormalization
    self.featurewiseStdNormalization = featurewiseStdNormalization && !zcaWhitening
    self.samplewiseStdNormalization = samplewiseStdNormalization
    self.zcaWhitening = zcaWhitening
    self.zcaEpsilon = zcaEpsilon
    self.rotationRange = rotationRange
    self.widthShiftRange = widthShiftRange
    self.heightShiftRange = heightShiftRange
    self.brightnessRange = brightnessRange
    self.shearRange = shearRange
    self.zoomRange = zoomRange
    self.channelShiftRange = channelShiftRange
    self.fillMode = fillMode
    self.cval = cval
    self.horizontalFlip = horizontalFlip
    self.verticalFlip = verticalFlip
    self.rescale = rescale
    self.interpolationOrder = interpolationOrder
  }

  /// The random changes, in Keras's order; after a resize where a size is given.
  public func pipeline(targetSize: Size? = nil) -> Pipeline {
    Pipeline {
      if let targetSize { Resize(height: targetSize.height, width: targetSize.width) }
      if moves { affine }
      if channelShiftRange != 0 {
        ChannelShift(levels: -abs(channelShiftRange)...abs(channelShiftRange), together: true)
      }
      if horizontalFlip { Flip(.horizontal).applied(0.5) }
      if verticalFlip { Flip(.vertical).applied(0.5) }
      if let brightnessRange { Brightness(factor: brightnessRange) }
    }
  }

  /// The turn, shift, slant and zoom, in one resampling.
  public var affine: KerasAffine {
    KerasAffine(
      rotationRange: rotationRange, widthShiftRange: widthShiftRange, heightShiftRange: heightShiftRange,
      shearRange: shearRange, zoomRange: zoomRange, border: border, interpolation: interpolation)
  }

  private var moves: Bool {
    rotationRange != 0 || widthShiftRange != 0.0 || heightShiftRange != 0.0 || shearRange != 0
      || zoomRange != ZoomRange(1...1)
  }

  private var border: Border {
    switch fillMode {
    case .constant: .constant([cval])
    case .nearest: .edge
    case .reflect: .reflect
    case .wrap: .wrap
    }
  }

  private var interpolation: Interpolation {
    switch interpolationOrder {
    case ...0: .nearest
    case 1: .bilinear
    default: .bicubic
    }
  }
}
