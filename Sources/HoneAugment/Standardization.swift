/// Changes a picture's numbers by themselves: centred, scaled to unit spread, whitened; the last thing before a model.
///
/// - Shape: kept.
/// - Units: none; the spread gets 10⁻⁶ more, so that flat pictures stay finite.
/// - Throws: nothing.
/// - Source: Keras's `ImageDataGenerator.standardize`.
public struct Standardization: Sendable, Hashable, Codable {
  public var centers: Bool
  public var scales: Bool
  public var whitening: Whitening?

  public init(centers: Bool = true, scales: Bool = true, whitening: Whitening? = nil) {
    self.centers = centers
    self.scales = scales
    self.whitening = whitening
  }

  /// Changes one picture of a batch of planar float32 numbers in place; other batches stay as they are.
  public func apply(to batch: borrowing Batch, slot: Int) {
    guard batch.precision == .float32, batch.layout == .planar, (0..<batch.count).contains(slot) else { return }
    let numbers = UnsafeMutableBufferPointer(
      start: batch.slot(slot).assumingMemoryBound(to: Float.self), count: batch.stride / batch.precision.bytes)
    if centers || scales { standardize(numbers) }
    whitening?.apply(to: numbers)
  }

  private func standardize(_ numbers: UnsafeMutableBufferPointer<Float>) {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0) { $0 + Double($1) } / count
    let square = numbers.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let (shift, scale) = (centers ? mean : 0, scales ? 1 / (square.squareRoot() + 1e-6) : 1)
    for index in numbers.indices { numbers[index] = Float((Double(numbers[index]) - shift) * scale) }
  }
}

/// A matrix that makes the numbers of a picture uncorrelated while changing the picture least.
///
/// - Shape: `size × size` numbers for pictures of `size` numbers, planes one after another.
public struct Whitening: Sendable, Hashable, Codable {
  /// The most numbers that a picture may have: the matrix takes their square, and a picture that many multiplications.
  public static let limit = 4096
  public let size: Int
  /// Row by row.
  public let matrix: [Float]

  /// - Throws: `PipelineError`, `badValue` where the matrix is not square or too large, with what to do instead.
  public init(size: Int, matrix: [Float]) throws(PipelineError) {
    try Self.check(size)
    guard matrix.count == size * size else {
      throw PipelineError(
        .badValue, "A whitening of \(size) numbers needs \(size * size) entries; there are \(matrix.count).")
    }
    self.size = size
    self.matrix = matrix
  }

  /// - Throws: `PipelineError`, `badValue` for pictures that are too large to be whitened.
  package static func check(_ size: Int) throws(PipelineError) {
    guard size > limit else { return }
    throw PipelineError(
      .badValue,
      "ZCA whitening of pictures of \(size) numbers would need a matrix of \(size) × \(size); the limit is \(limit). "
        + "Resize to at most 36 × 36 colour pixels first, or use featurewise or samplewise normalization, which does most of it."
    )
  }

  func apply(to numbers: UnsafeMutableBufferPointer<Float>) {
    guard numbers.count == size else { return }
    var white = [Float](repeating: 0, count: size)
    matrix.withUnsafeBufferPointer { matrix in
      for (row, number) in numbers.enumerated() {
        for column in 0..<size { white[column] += number * matrix[row * size + column] }
      }
    }
    for index in 0..<size { numbers[index] = white[index] }
  }
}
