import Foundation
import HoneAugment
import HoneImage
import Testing

/// Fixed point against real numbers of 64 bits: the mean difference of a picture is below one level of 255.
///
/// The definitions: Pillow's antialiased triangle for resizing, pixel centres at whole numbers for warps, OpenCV's width of
/// the bell for blurs, continuous HSV for hue, ITU-R 601 for luma.
@Suite("Quality")
struct QualityTests {
  private let image = texture(height: 90, width: 120)

  /// The mean difference from what real numbers give for each output pixel.
  private func error(
    _ result: Image<UInt8>, _ level: (_ y: Int, _ x: Int, _ channel: Int) -> Double
  ) -> Double {
    var sum = 0.0
    for y in 0..<result.height {
      for x in 0..<result.width {
        for channel in 0..<3 { sum += abs(Double(result[y, x, channel]) - min(255, max(0, level(y, x, channel)))) }
      }
    }
    return sum / Double(result.elements.count)
  }

  /// Weights of a triangle over source pixels for one output pixel.
  private func triangle(_ index: Int, from length: Int, to count: Int) -> [(place: Int, weight: Double)] {
    let scale = Double(length) / Double(count)
    let (center, reach) = ((Double(index) + 0.5) * scale, max(1, scale))
    let weights = (0..<length).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
    let total = weights.reduce(0, +)
    return weights.indices.filter { weights[$0] > 0 }.map { ($0, weights[$0] / total) }
  }

  @Test("antialiased resize", arguments: [(31, 47), (64, 200), (90, 33), (180, 240)])
  func resize(height: Int, width: Int) {
    let (rows, columns) = (
      (0..<height).map { triangle($0, from: 90, to: height) }, (0..<width).map { triangle($0, from: 120, to: width) }
    )
    let result = changed(
      image, .resize(Box(y: 0, x: 0, height: 90, width: 120), Size(height: height, width: width), .bilinear))
    let apart = error(result) { y, x, channel in
      rows[y].reduce(0) { sum, row in
        columns[x].reduce(sum) {
          $0 + row.weight * $1.weight * Double(image[row.place, $1.place, channel])
        }
      }
    }
    #expect(apart < 0.5, "\(apart)")
  }

  @Test("bilinear warp", arguments: [-31.0, 4, 77])
  func warp(degrees: Double) {
    var matrix = Matrix3.rotation(degrees: degrees).about(x: 60, y: 45) * .scaling(x: 0.8, y: 1.1)
    matrix.m[6] = 0.0007
    let result = changed(image, .warp(Warp(matrix: matrix, size: image.size)))
    func source(_ y: Int, _ x: Int, _ channel: Int) -> Double {
      (0..<90).contains(y) && (0..<120).contains(x) ? Double(image[y, x, channel]) : 0
    }
    let apart = error(result) { y, x, channel in
      guard let place = matrix(x: Double(x), y: Double(y)) else { return 0 }
      let (left, top) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
      let (fx, fy) = (place.x - Double(left), place.y - Double(top))
      return (0...1).reduce(0) { sum, dy in
        (0...1).reduce(sum) { sum, dx in
          sum + (dy == 0 ? 1 - fy : fy) * (dx == 0 ? 1 - fx : fx) * source(top + dy, left + dx, channel)
        }
      }
    }
    #expect(apart < 0.5, "\(apart)")
  }

  @Test("bell blur", arguments: [0.6, 1.7, 4.2])
  func blur(sigma: Double) {
    let radius = (Int((sigma * 6 + 1).rounded()) | 1) / 2
    let bell = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = bell.reduce(0, +)
    func mirrored(_ index: Int, _ length: Int) -> Int {
      let place = abs(index)
      return place < length ? place : 2 * length - 2 - place
    }
    let plan = Pipeline([Step(GaussianBlur(sigma: sigma...sigma))])
      .plan(for: image.size, key: SampleKey(seed: 0, epoch: 0, position: 0))
    let across = (0..<90).map { y in
      (0..<120).map { x in
        (0..<3).map { channel in
          (-radius...radius).reduce(0.0) {
            $0 + bell[$1 + radius] / total * Double(image[y, mirrored(x + $1, 120), channel])
          }
        }
      }
    }
    let apart = error(plan.applied(to: image)) { y, x, channel in
      (-radius...radius).reduce(0.0) { $0 + bell[$1 + radius] / total * across[mirrored(y + $1, 90)][x][channel] }
    }
    #expect(apart < 0.5, "\(apart)")
  }

  @Test("hue turned in HSV", arguments: [-0.4, 0.1, 0.33])
  func hue(turns: Double) {
    let apart = error(changed(image, .hue(turns: turns))) { y, x, channel in
      let color = (0..<3).map { Double(image[y, x, $0]) }
      let (high, low) = (color.max() ?? 0, color.min() ?? 0)
      guard high > low else { return high }
      let top = color.firstIndex(of: high) ?? 0
      let sixth = 2 * Double(top) + (color[(top + 1) % 3] - color[(top + 2) % 3]) / (high - low) + 6 * turns
      let place = ([5.0, 3, 1][channel] + sixth + 12).truncatingRemainder(dividingBy: 6)
      return high - (high - low) * max(0, min(place, 4 - place, 1))
    }
    #expect(apart < 0.6, "\(apart)")
  }

  @Test("saturation about luma", arguments: [0.0, 0.5, 1.8])
  func saturation(factor: Double) {
    let apart = error(changed(image, .matrix(.saturation(factor)))) { y, x, channel in
      let luma = zip([0.299, 0.587, 0.114], 0..<3).reduce(0) { $0 + $1.0 * Double(image[y, x, $1.1]) }
      return luma + factor * (Double(image[y, x, channel]) - luma)
    }
    #expect(apart < 0.5, "\(apart)")
  }
}
