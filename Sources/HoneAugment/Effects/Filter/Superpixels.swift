import CHoneKernels
public import HoneImage

/// Paints some patches of like colour in their mean colour.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `segments` is the number of patches; `chance` the part of them that is painted; `compactness` the levels of
///   colour that weigh as much as a patch's side: above some hundreds patches are squares.
/// - Randomness: two draws per image, then one per patch.
/// - Throws: nothing.
/// - Source: Achanta et al., PAMI 2012 (SLIC), in RGB; imgaug's and Albumentations' `Superpixels` (the latter's compactness
///   of 10 is 800 here). Differs: patches are found on a copy of at most 256 pixels a side, painted at full size.
public struct Superpixels: Transform {
  public static let standard = Superpixels()
  public var segments: ClosedRange<Int>
  public var chance: ClosedRange<Double>
  public var compactness: Double

  public init(
    segments: ClosedRange<Int> = 60...200, chance: ClosedRange<Double> = 0.2...0.8, compactness: Double = 20
  ) {
    self.segments = segments
    self.chance = chance
    self.compactness = compactness
  }

  public var problem: String? {
    rangeProblem("segments", segments, within: 1...4096) ?? rangeProblem("chance", chance, within: 0...1)
      ?? rangeProblem("compactness", compactness, within: 0...100_000)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let patches = Segmentation(
      segments: stream.integer(segments), chance: stream.uniform(chance), compactness: compactness,
      seed: stream.next())
    return [.effect(AnyEffect(patches))]
  }
}

/// `Superpixels` with its numbers drawn.
public struct Segmentation: Effect, CustomStringConvertible {
  public var segments: Int
  public var chance: Double
  public var compactness: Double
  public var seed: UInt64
  public var description: String { "\(Int((chance * 100).rounded()))% of \(segments) superpixels" }

  public func apply(to image: inout Image<UInt8>) {
    let scale = min(1, 256 / Double(max(image.height, image.width)))
    let size = Size(
      height: max(1, Int(Double(image.height) * scale)), width: max(1, Int(Double(image.width) * scale)))
    let clusters = Clusters(image.resized(to: size, filter: .box), segments: segments, compactness: Float(compactness))
    var stream = RandomStream(seed: seed)
    let painted = (0..<clusters.count).map { _ in stream.chance(chance) }
    let columns = (0..<image.width).map { $0 * size.width / image.width }
    let rows = (0..<image.height).map { $0 * size.height / image.height }
    clusters.paint(painted, on: &image, rows: rows, columns: columns)
  }
}

/// Pixels gathered about centres on a grid, by colour and place; each centre looks its share of the picture around.
private struct Clusters {
  private let width: Int
  let count: Int
  private var labels: [Int32]

  init(_ image: Image<UInt8>, segments: Int, compactness: Float) {
    let (height, width) = (image.height, image.width)
    let step = max(1, (Float(height * width) / Float(max(1, segments))).squareRoot())
    let (rows, columns) = (max(1, Int((Float(height) / step).rounded())), max(1, Int((Float(width) / step).rounded())))
    (self.width, count) = (width, rows * columns)
    labels = [Int32](repeating: 0, count: height * width)
    var centers = (0..<count).map { index -> hk_center in
      let y = (Float(index / columns) + 0.5) * Float(height) / Float(rows)
      let x = (Float(index % columns) + 0.5) * Float(width) / Float(columns)
      let color = (0..<3).map { $0 < image.channels ? Float(image[Int(y), Int(x), $0]) : 0 }
      return hk_center(y: y, x: x, color: (color[0], color[1], color[2]))
    }
    var (distances, sums) = ([Float](repeating: 0, count: labels.count), [Int64](repeating: 0, count: 6 * count))
    let near = compactness * compactness / (step * step)
    Planes(image).levels.withUnsafeBufferPointer { levels in
      var picture = hk_planes(
        planes: levels.baseAddress, height: height, width: width, channels: Int32(min(3, image.channels)))
      // Five rounds settle all but a few pixels.
      for _ in 0..<5 {
        hk_assign(&picture, centers, count, Int32(step.rounded(.up)), near, &distances, &labels)
        hk_recenter(&picture, labels, count, &sums, &centers)
      }
    }
  }

  /// Gives those patches that are to be painted their mean colours; each of the picture's rows and columns shows one of
  /// the patches' own.
  func paint(_ painted: [Bool], on image: inout Image<UInt8>, rows: [Int], columns: [Int]) {
    let (channels, length) = (image.channels, image.rowLength)
    var (sums, counts) = ([Int](repeating: 0, count: count * channels), [Int](repeating: 0, count: count))
    func forEachPainted(_ body: (_ label: Int, _ pixel: Int) -> Void) {
      for (y, row) in rows.enumerated() {
        for (x, column) in columns.enumerated() {
          let label = Int(labels[row * width + column])
          if painted[label] { body(label, y * length + x * channels) }
        }
      }
    }
    image.elements.withUnsafeMutableBufferPointer { buffer in
      guard let pixels = buffer.baseAddress else { return }
      forEachPainted { label, pixel in
        counts[label] += 1
        for channel in 0..<channels { sums[label * channels + channel] += Int(pixels[pixel + channel]) }
      }
      let means = sums.indices.map { UInt8((sums[$0] + counts[$0 / channels] / 2) / max(1, counts[$0 / channels])) }
      forEachPainted { label, pixel in
        for channel in 0..<channels { pixels[pixel + channel] = means[label * channels + channel] }
      }
    }
  }
}
