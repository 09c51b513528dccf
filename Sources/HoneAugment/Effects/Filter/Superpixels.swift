import Foundation
public import HoneImage

/// Paints some patches of like colour in their mean colour.
///
/// - Shape: kept. Labels unchanged.
/// - Units: `segments` is the number of patches; `chance` the part of them that is painted.
/// - Randomness: two draws per image, then one per patch.
/// - Throws: nothing.
/// - Source: Achanta et al., PAMI 2012 (SLIC), in RGB; imgaug's and Albumentations' `Superpixels`. Differs: patches are
///   found on a copy of at most 256 pixels a side, painted at full size.
public struct Superpixels: Transform {
  public static let standard = Superpixels()
  public var segments: ClosedRange<Int>
  public var chance: ClosedRange<Double>

  public init(segments: ClosedRange<Int> = 60...200, chance: ClosedRange<Double> = 0.2...0.8) {
    self.segments = segments
    self.chance = chance
  }

  public var problem: String? {
    rangeProblem("segments", segments, within: 1...4096) ?? rangeProblem("chance", chance, within: 0...1)
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let patches = Segmentation(
      segments: stream.integer(segments), chance: stream.uniform(chance), seed: stream.next())
    return [.effect(AnyEffect(patches))]
  }
}

/// `Superpixels` with its numbers drawn.
public struct Segmentation: Effect, CustomStringConvertible {
  public var segments: Int
  public var chance: Double
  public var seed: UInt64
  public var description: String { "\(Int((chance * 100).rounded()))% of \(segments) superpixels" }

  public func apply(to image: inout Image<UInt8>) {
    let scale = min(1, 256 / Double(max(image.height, image.width)))
    let size = Size(
      height: max(1, Int(Double(image.height) * scale)), width: max(1, Int(Double(image.width) * scale)))
    let labels = Clusters(image.resized(to: size, filter: .box), segments: segments).labels
    let (height, width, channels) = (image.height, image.width, image.channels)
    let columns = (0..<width).map { $0 * size.width / width }
    func forEachPixel(_ body: (_ label: Int, _ start: Int) -> Void) {
      for y in 0..<height {
        let row = y * size.height / height * size.width
        for x in 0..<width { body(labels[row + columns[x]], (y * width + x) * channels) }
      }
    }
    let count = (labels.max() ?? 0) + 1
    var (sums, counts) = ([Int](repeating: 0, count: count * channels), [Int](repeating: 0, count: count))
    forEachPixel { label, start in
      counts[label] += 1
      for channel in 0..<channels { sums[label * channels + channel] += Int(image.elements[start + channel]) }
    }
    var stream = RandomStream(seed: seed)
    let painted = (0..<count).map { _ in stream.chance(chance) }
    let means = sums.indices.map { UInt8((sums[$0] + counts[$0 / channels] / 2) / max(1, counts[$0 / channels])) }
    image.elements.withUnsafeMutableBufferPointer { pixels in
      forEachPixel { label, start in
        guard painted[label] else { return }
        for channel in 0..<channels { pixels[start + channel] = means[label * channels + channel] }
      }
    }
  }
}

/// Pixels gathered about centres on a grid, by colour and place; each centre looks twice its share of the picture around.
private struct Clusters {
  private struct Center {
    var y: Float
    var x: Float
    var color: [Float]
  }
  private(set) var labels: [Int]

  init(_ image: Image<UInt8>, segments: Int) {
    let (height, width, channels) = (image.height, image.width, min(3, image.channels))
    let step = max(1, (Float(height * width) / Float(max(1, segments))).squareRoot())
    let rows = max(1, Int((Float(height) / step).rounded()))
    let columns = max(1, Int((Float(width) / step).rounded()))
    var centers = (0..<rows * columns).map { index -> Center in
      let y = (Float(index / columns) + 0.5) * Float(height) / Float(rows)
      let x = (Float(index % columns) + 0.5) * Float(width) / Float(columns)
      return Center(y: y, x: x, color: (0..<channels).map { Float(image[Int(y), Int(x), $0]) })
    }
    labels = [Int](repeating: 0, count: height * width)
    // Ten levels weigh as much as a step; five rounds settle all but a few pixels.
    let near = 400 / (step * step)
    for _ in 0..<5 {
      assign(image, centers, channels, reach: Int(step.rounded(.up)), near: near)
      centers = moved(centers, image, channels)
    }
  }

  private mutating func assign(_ image: Image<UInt8>, _ centers: [Center], _ channels: Int, reach: Int, near: Float) {
    var distances = [Float](repeating: .infinity, count: labels.count)
    image.elements.withUnsafeBufferPointer { pixels in
      for (label, center) in centers.enumerated() {
        let (cy, cx) = (Int(center.y), Int(center.x))
        for y in max(0, cy - 2 * reach)..<min(image.height, cy + 2 * reach + 1) {
          for x in max(0, cx - 2 * reach)..<min(image.width, cx + 2 * reach + 1) {
            let (dy, dx) = (Float(y) - center.y, Float(x) - center.x)
            var distance = near * (dy * dy + dx * dx)
            let start = (y * image.width + x) * image.channels
            for channel in 0..<channels {
              let difference = Float(pixels[start + channel]) - center.color[channel]
              distance += difference * difference
            }
            if distance < distances[y * image.width + x] {
              (distances[y * image.width + x], labels[y * image.width + x]) = (distance, label)
            }
          }
        }
      }
    }
  }

  private func moved(_ centers: [Center], _ image: Image<UInt8>, _ channels: Int) -> [Center] {
    var sums = [Center](repeating: Center(y: 0, x: 0, color: [0, 0, 0]), count: centers.count)
    var counts = [Float](repeating: 0, count: centers.count)
    for (index, label) in labels.enumerated() {
      counts[label] += 1
      sums[label].y += Float(index / image.width)
      sums[label].x += Float(index % image.width)
      for channel in 0..<channels {
        sums[label].color[channel] += Float(image.elements[index * image.channels + channel])
      }
    }
    return centers.indices.map { label in
      guard counts[label] > 0 else { return centers[label] }
      let (sum, count) = (sums[label], counts[label])
      return Center(y: sum.y / count, x: sum.x / count, color: sum.color.map { $0 / count })
    }
  }
}
