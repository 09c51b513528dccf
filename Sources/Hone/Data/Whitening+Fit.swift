public import HoneAugment
internal import HoneImage
internal import HoneTensor

extension Whitening {
  /// Fitted to a loader's pictures, as its options make their numbers; on the engine's thread.
  ///
  /// They should be centred: `ImageDataGenerator.normalization(_:)` with statistics does that.
  ///
  /// - Units: `epsilon` is added to each direction's spread before it is divided by it.
  /// - Throws: `PipelineError`, `badValue` above 4096 numbers a picture, with advice; `HoneError` and `EngineError` from loading
  ///   and computing.
  /// - Source: ZCA as in Keras's `ImageDataGenerator.fit`. Differs: directions that no picture varies in, where Keras divides
  ///   by `epsilon`, are left out.
  public init(fittedTo loader: Loader, epsilon: Double = 1e-6) throws {
    let (side, channels) = (loader.options.inputSize, loader.options.channels)
    let size = channels * side.height * side.width
    try Self.check(size)
    let (products, count) = try Self.products(loader, size)
    let (squares, directions) = try Linalg.eigh(products)
    let weights = Self.weights(try squares.doubles(), count: count, epsilon: epsilon)
    let scaled = try directions.mul(Tensor(weights, shape: [1, size]))
    try self.init(size: size, matrix: scaled.matmul(directions.transpose(0, 1)).to(.float32).floats())
  }

  /// The sum of all pictures' outer products, and how many there are.
  private static func products(_ loader: Loader, _ size: Int) throws -> (Tensor, Int) {
    let run = loader.epoch(0)
    var sum = try Tensor.zeros([size, size], dtype: .float64)
    var count = 0
    while let batch = try run.nextTensors() {
      let rows = try batch.input.to(.float64).reshape([batch.indices.count, size])
      sum = try sum.add(rows.transpose(0, 1).matmul(rows))
      count += batch.indices.count
    }
    return (sum, count)
  }

  private static func weights(_ squares: [Double], count: Int, epsilon: Double) -> [Double] {
    let spreads = squares.map { max(0, $0).squareRoot() }
    let least = (spreads.max() ?? 0) * 1e-6
    return spreads.map { $0 > least ? Double(count).squareRoot() / ($0 + epsilon) : 0 }
  }
}
