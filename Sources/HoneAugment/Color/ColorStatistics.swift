import HoneImage

/// Mean and covariance of the first three channels.
struct ColorStatistics {
  let means: [Double]
  let covariance: [[Double]]

  init(_ image: Image<UInt8>) {
    var (sums, products) = ([0, 0, 0], [0, 0, 0, 0, 0, 0])
    image.elements.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: image.channels) {
        let (r, g, b) = (Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]))
        sums[0] += r
        sums[1] += g
        sums[2] += b
        products[0] += r * r
        products[1] += r * g
        products[2] += r * b
        products[3] += g * g
        products[4] += g * b
        products[5] += b * b
      }
    }
    let count = Double(image.height * image.width)
    let means = sums.map { Double($0) / count }
    let places = [[0, 1, 2], [1, 3, 4], [2, 4, 5]]
    self.means = means
    covariance = (0..<3).map { a in (0..<3).map { b in Double(products[places[a][b]]) / count - means[a] * means[b] } }
  }

  /// Mean and standard deviation of each channel.
  var spans: [(place: Double, length: Double)] {
    (0..<3).map { (means[$0], max(0, covariance[$0][$0]).squareRoot()) }
  }

  /// Unit vectors along which colours vary, most first, each pointing to the brighter side (Jacobi's turns).
  var directions: [[Double]] {
    var matrix = covariance
    var vectors: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<24 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(matrix[p][q]) > 1e-12 {
        let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        Self.turn(&matrix, &vectors, p, q, c, t * c)
      }
    }
    return (0..<3).sorted { matrix[$0][$0] > matrix[$1][$1] }.map { axis in
      let vector = (0..<3).map { vectors[$0][axis] }
      return vector.reduce(0, +) < 0 ? vector.map { -$0 } : vector
    }
  }

  private static func turn(
    _ matrix: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int, _ c: Double, _ s: Double
  ) {
    for k in 0..<3 {
      (matrix[k][p], matrix[k][q]) = (c * matrix[k][p] - s * matrix[k][q], s * matrix[k][p] + c * matrix[k][q])
    }
    for k in 0..<3 {
      (matrix[p][k], matrix[q][k]) = (c * matrix[p][k] - s * matrix[q][k], s * matrix[p][k] + c * matrix[q][k])
    }
    for k in 0..<3 {
      (vectors[k][p], vectors[k][q]) = (c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q])
    }
  }
}
