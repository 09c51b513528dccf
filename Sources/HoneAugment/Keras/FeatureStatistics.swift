public import HoneImage

/// Mean and spread of each channel over a data set, of values 0 … 1.
///
/// - Source: Keras's `ImageDataGenerator.fit`; sums are exact, so the order of the pictures does not matter.
public struct FeatureStatistics: Sendable, Hashable, Codable {
  public let mean: [Double]
  public let standardDeviation: [Double]

  public init(mean: [Double], standardDeviation: [Double]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// Of all pixels of some pictures, which must have the same number of channels; nil without any.
  public init?(of pictures: some Sequence<Image<UInt8>>) {
    var sums: [(count: Int, levels: Int, squares: Int)] = []
    for picture in pictures {
      if sums.isEmpty { sums = Array(repeating: (0, 0, 0), count: picture.channels) }
      guard sums.count == picture.channels else { return nil }
      for (index, level) in picture.elements.enumerated() {
        let channel = index % picture.channels
        sums[channel].count += 1
        sums[channel].levels += Int(level)
        sums[channel].squares += Int(level) * Int(level)
      }
    }
    guard !sums.isEmpty else { return nil }
    let means = sums.map { Double($0.levels) / Double($0.count) }
    mean = means.map { $0 / 255 }
    standardDeviation = zip(sums, means).map { sum, mean in
      max(0, Double(sum.squares) / Double(sum.count) - mean * mean).squareRoot() / 255
    }
  }
}

extension ImageDataGenerator {
  /// Levels to numbers: `rescale`, and the feature-wise mean and spread where they are asked for.
  ///
  /// - Throws: `PipelineError`, `badValue` where statistics are needed and not given.
  public func normalization(_ statistics: FeatureStatistics? = nil) throws(PipelineError) -> Normalization {
    let unit = 255 * rescale
    guard featurewiseCenter else { return Normalization(mean: [0], standardDeviation: [Float(1 / unit)]) }
    guard let statistics else {
      throw PipelineError(
        .badValue,
        "Feature-wise centring and scaling need statistics of the pictures; make them with FeatureStatistics(of:).")
    }
    let spreads = statistics.standardDeviation.map { deviation in
      featurewiseStdNormalization ? (deviation * unit + 1e-6) / unit : 1 / unit
    }
    return Normalization(mean: statistics.mean.map { Float($0) }, standardDeviation: spreads.map { Float($0) })
  }

  /// What is done to each picture's numbers after that; nil where nothing is.
  ///
  /// - Throws: `PipelineError`, `badValue` where a whitening is needed and not given.
  public func standardization(_ whitening: Whitening? = nil) throws(PipelineError) -> Standardization? {
    if zcaWhitening && whitening == nil {
      throw PipelineError(
        .badValue, "ZCA whitening needs a matrix fitted on the pictures; make it with Whitening(fittedTo:).")
    }
    guard samplewiseCenter || zcaWhitening else { return nil }
    return Standardization(
      centers: samplewiseCenter, scales: samplewiseStdNormalization, whitening: zcaWhitening ? whitening : nil)
  }
}
