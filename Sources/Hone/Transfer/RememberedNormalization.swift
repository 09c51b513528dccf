import Foundation
import HoneAugment
import HoneTensor

// Weights do not say how their pictures were normalized, and features suffer badly from the wrong guess. But a network
// with batch norm remembers the mean and spread of its first layer's outputs. What photographs would give there can be
// worked out for each usual normalization: natural pictures have known means and spreads, and neighbours in place and
// colour are strongly correlated. The normalization that fits the memory best is the one the weights were trained with.

extension Preprocessing {
  /// What is customary for the model's structure, with the normalization that its weights remember.
  ///
  /// - Source: none: ours; the statistics of photographs are ImageNet's.
  public static func remembered(by model: Model) throws -> Preprocessing {
    var preprocessing = Preprocessing(for: model.structure)
    if let memory = try FirstLayerMemory(of: model) {
      let usual: [Normalization] = [.imageNet, .half, .identity]
      preprocessing.normalization = usual.min { memory.misfit($0) < memory.misfit($1) } ?? preprocessing.normalization
    }
    return preprocessing
  }
}

/// The first convolution of a model, and the statistics that the norm behind it has kept.
struct FirstLayerMemory {
  private let filters: [[Double]]
  private let side: Int
  private let means: [Double]
  private let variances: [Double]

  /// Nil when the model does not begin with a convolution of three channels and a norm.
  init?(of model: Model) throws {
    let layers = model.layers.lazy.map(\.layer)
    guard let convolution = layers.compactMap({ $0 as? ConvolutionLayer }).first,
      let norm = layers.compactMap({ $0 as? BatchNormLayer }).first, convolution.plan.channels == 3,
      convolution.plan.filters == norm.plan.channels
    else { return nil }
    let weights = try convolution.weight.value.contiguous().doubles()
    let size = weights.count / convolution.plan.filters
    filters = stride(from: 0, to: weights.count, by: size).map { Array(weights[$0..<$0 + size]) }
    side = convolution.plan.kernel
    means = try norm.mean.value.doubles()
    variances = try norm.variance.value.doubles()
  }

  private static let colour = [[1, 0.95, 0.88], [0.95, 1, 0.95], [0.88, 0.95, 1]]
  /// Correlation of neighbouring pixels.
  private static let neighbour = 0.93

  /// The median, over the filters, of the divergence between remembered and expected outputs.
  func misfit(_ normalization: Normalization) -> Double {
    let covariance = covariance(normalization)
    let divergences = filters.indices.compactMap { divergence(of: $0, normalization, covariance) }.sorted()
    return divergences.isEmpty ? .infinity : divergences[divergences.count / 2]
  }

  /// Kullback–Leibler divergence of two normal distributions; nil for a filter that is off.
  private func divergence(of filter: Int, _ normalization: Normalization, _ covariance: [[Double]]) -> Double? {
    let weights = filters[filter]
    let expected = zip(weights, covariance).map { weight, row in weight * zip(weights, row).map(*).reduce(0, +) }
      .reduce(0, +)
    let mean = weights.indices.map { weights[$0] * self.mean(normalization, $0 / (side * side)) }.reduce(0, +)
    guard expected > 1e-12, variances[filter] > 1e-12 else { return nil }
    let distance = means[filter] - mean
    return log(variances[filter] / expected) / 2 + (expected + distance * distance) / (2 * variances[filter]) - 0.5
  }

  /// Between the pixels under the filter, all channels, after normalization.
  private func covariance(_ normalization: Normalization) -> [[Double]] {
    let area = side * side
    return (0..<3 * area).map { a in
      (0..<3 * area).map { b in
        let rows = Double(a % area / side - b % area / side)
        let columns = Double(a % side - b % side)
        let distance = (rows * rows + columns * columns).squareRoot()
        return Self.colour[a / area][b / area] * spread(normalization, a / area) * spread(normalization, b / area)
          * pow(Self.neighbour, distance)
      }
    }
  }

  /// Mean and spread of a photograph's channel after normalization.
  private func mean(_ normalization: Normalization, _ channel: Int) -> Double {
    Double(Normalization.imageNet.mean[channel] - Self.value(normalization.mean, channel))
      / Double(Self.value(normalization.standardDeviation, channel))
  }
  private func spread(_ normalization: Normalization, _ channel: Int) -> Double {
    Double(Normalization.imageNet.standardDeviation[channel] / Self.value(normalization.standardDeviation, channel))
  }
  private static func value(_ values: [Float], _ channel: Int) -> Float { values[min(channel, values.count - 1)] }
}
