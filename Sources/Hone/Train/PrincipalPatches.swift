package import HoneTensor

/// What the small windows of pictures have in common: the sum of their outer products.
///
/// - Source: Jordan, 2024, arXiv:2404.00498, §3.1: the first layer's filters are the patches' principal directions, each
///   divided by its spread, so that its outputs are uncorrelated and alike in size.
package struct PrincipalPatches {
  private let side: Int
  private var products: Tensor
  private var count = 0

  package init(channels: Int, side: Int) throws {
    self.side = side
    products = try .zeros([channels * side * side, channels * side * side], dtype: .float64)
  }

  /// Takes every window of some pictures in.
  ///
  /// - Shape: `[N, C, H, W]`.
  package mutating func add(_ pictures: Tensor) throws {
    let (height, width) = (pictures.shape[2] - side + 1, pictures.shape[3] - side + 1)
    let shifted = try (0..<side * side).map { place in
      try pictures.narrow(2, start: place / side, length: height).narrow(3, start: place % side, length: width)
    }
    let patches = try Tensor.stack(shifted, axis: 2).permute([1, 2, 0, 3, 4])
    let columns = try patches.reshape([products.shape[0], pictures.shape[0] * height * width])
    products = try products.add(columns.matmul(columns.transpose(0, 1)).to(.float64))
    count += columns.shape[1]
  }

  /// The directions of most variance first, then their negatives, as many as there are filters.
  ///
  /// - Shape: `[filters, C, side, side]`.
  package func filters(_ shape: [Int], epsilon: Double) throws -> Tensor {
    let (variances, directions) = try Linalg.eigh(products.mul(1 / Double(max(1, count))))
    let scaled = try directions.div(variances.clamp(0...Double.infinity).add(epsilon).sqrt().reshape([1, -1]))
    let rows = try scaled.transpose(0, 1).flip([0])
    let both = try Tensor.cat([rows, rows.mul(-1)])
    return try both.narrow(0, start: 0, length: shape[0]).reshape(shape).to(.float32)
  }
}

extension Model {
  /// Fits the kernels that begin as principal patches to some of the pictures.
  func fitPrincipalPatches(_ recipe: Recipe, dataset: Dataset, pictures: [Int], cache: PictureCache?) throws {
    for entry in parameters {
      guard case .principalPatches(let epsilon) = entry.initialization else { continue }
      let shape = entry.parameter.shape
      var patches = try PrincipalPatches(channels: shape[1], side: shape[2])
      let few = dataset.spread(pictures, count: Self.picturesForPatches)
      let next = try Pictures(recipe: recipe, model: self, dataset: dataset, cache: cache).evaluation(few)
        .epoch(0, from: 0)
      while let batch = try next() { try patches.add(batch.on(.cpu).input) }
      try entry.parameter.load(patches.filters(shape, epsilon: epsilon))
    }
  }

  private static let picturesForPatches = 5000
}
