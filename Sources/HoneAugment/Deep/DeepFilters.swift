import Foundation
public import HoneImage

extension Image where Element == Float {
  /// The picture with a margin by a border rule.
  func surrounded(rows: Int, columns: Int, border: Border) -> Image {
    let frame = Rect(y: -rows, x: -columns, height: height + 2 * rows, width: width + 2 * columns)
    let whole = GeometryPass.gather(Rect(size), .identity)
    return whole.followed(by: .window(frame, border))?.run(on: self) ?? self
  }

  /// The weighted sum of the pixels around each pixel, `weights` being rows of a rectangle of odd sides.
  func convolved(_ weights: [[Double]], border: Border = .reflect101) -> Image {
    let (rows, columns) = (weights.count / 2, (weights.first?.count ?? 0) / 2)
    let around = surrounded(rows: rows, columns: columns, border: border)
    let (height, length, channels) = (height, width * channels, channels)
    return around.remade(size) { from, to in
      for (dy, row) in weights.enumerated() {
        for (dx, weight) in row.enumerated() where weight != 0 {
          for y in 0..<height {
            let (out, line) = (to + y * length, from + ((y + dy) * around.width + dx) * channels)
            for index in 0..<length { out[index] += Float(weight) * line[index] }
          }
        }
      }
    }
  }

  /// A convolution by the same weights across and down; they are brought to a sum of one.
  func convolved(bothWays heights: [Double]) -> Image {
    let sum = heights.reduce(0, +)
    let weights = heights.map { $0 / sum }
    return convolved([weights]).convolved(weights.map { [$0] })
  }

  func blurred(sigma: Double) -> Image {
    guard sigma > 0.05 else { return self }
    let radius = Gaussian.radius(sigma)
    return convolved(bothWays: (-radius...radius).map { Gaussian.height(Double($0), sigma) })
  }

  /// Each element made from those of a square around it.
  fileprivate func gathered(radius: Int, _ make: (inout [Float]) -> Float) -> Image {
    let around = surrounded(rows: radius, columns: radius, border: .edge)
    let side = 2 * radius + 1
    var seen = [Float](repeating: 0, count: side * side)
    var made = self
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          for place in seen.indices { seen[place] = around[y + place / side, x + place % side, channel] }
          made[y, x, channel] = make(&seen)
        }
      }
    }
    return made
  }
}

extension Convolution: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    if weights.joined().contains(where: { $0 != 0 }) { image = image.convolved(weights) }
  }
}

extension Blurring: DeepEffect {
  public func apply(to image: inout Image<Float>) { image = image.blurred(sigma: sigma) }
}

extension BoxBlurring: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    if radius > 0 { image = image.convolved(bothWays: [Double](repeating: 1, count: 2 * radius + 1)) }
  }
}

extension Median: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    image = image.gathered(radius: radius) { seen in
      seen.sort()
      return seen[seen.count / 2]
    }
  }
}

extension Extremes: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    image = image.gathered(radius: radius) { seen in (largest ? seen.max() : seen.min()) ?? 0 }
  }
}

extension Sharpening: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    let smooth = image.convolved([[1, 1, 1], [1, 5, 1], [1, 1, 1]].map { $0.map { Double($0) / 13 } })
    guard image.height > 2, image.width > 2 else { return }
    for y in 1..<image.height - 1 {
      for x in 1..<image.width - 1 {
        for channel in 0..<image.channels {
          image[y, x, channel] += Float(1 - factor) * (smooth[y, x, channel] - image[y, x, channel])
        }
      }
    }
  }
}

extension Unsharpening: DeepEffect {
  public func apply(to image: inout Image<Float>) {
    let smooth = image.blurred(sigma: sigma)
    var places = smooth
    for index in image.elements.indices {
      let apart = abs(smooth.elements[index] - image.elements[index])
      places.elements[index] = apart * 255 > Float(threshold) ? 1 : 0
    }
    places = places.blurred(sigma: sigma)
    for index in image.elements.indices {
      let own = image.elements[index]
      let sharp = min(1, max(0, own + Float(amount) * (own - smooth.elements[index])))
      image.elements[index] = own + (sharp - own) * places.elements[index]
    }
  }
}
