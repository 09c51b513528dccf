import CHoneKernels

/// How pixels are weighed when a picture changes its size.
///
/// The support of every filter but `nearest` grows with the reduction, so that each pixel counts (antialiasing).
public enum ResizeFilter: String, Sendable, Hashable, Codable, CaseIterable {
  case nearest, box, bilinear, hamming, bicubic, lanczos
}

extension Image where Element == UInt8 {
  /// The picture at another size, to the byte as Pillow's `Image.resize`.
  ///
  /// - Shape: `[H, W, C]` → `[size.height, size.width, C]`.
  /// - Units: `region` is in pixels of this picture, edges not centres, and must lie inside it.
  /// - Throws: nothing.
  /// - Source: Pillow 13, `Resample.c`: two passes with weights of 22 fraction bits, rounded to bytes between them.
  public func resized(to size: Size, filter: ResizeFilter = .bilinear, region: ResizeRegion? = nil) -> Image {
    precondition(size.height > 0 && size.width > 0, "a picture has no empty side")
    let region = region ?? ResizeRegion(height: self.size.height, width: self.size.width)
    let whole = region == ResizeRegion(height: height, width: width)
    if whole && size == self.size { return self }
    guard let kernel = ResampleKernel(filter) else { return picked(size, region) }
    let columns = ResampleWeights(kernel, length: width, from: region.left, to: region.right, count: size.width)
    let rows = ResampleWeights(kernel, length: height, from: region.top, to: region.bottom, count: size.height)
    let narrow = columns.isIdentity(for: width) ? self : resampled(columns, rows: rows.used)
    let lifted = columns.isIdentity(for: width) ? rows : rows.lifted(by: rows.used.lowerBound)
    return lifted.isIdentity(for: narrow.height) ? narrow : narrow.resampledDown(lifted)
  }

  /// Horizontal pass over those rows that the vertical pass will read.
  private func resampled(_ columns: ResampleWeights, rows: Range<Int>) -> Image {
    let outRow = columns.count * channels
    let out = [UInt8](unsafeUninitializedCapacity: rows.count * outRow) { buffer, count in
      elements.withUnsafeBufferPointer { pixels in
        guard let source = pixels.baseAddress, let target = buffer.baseAddress else { return }
        let start = rows.lowerBound * width * channels
        columns.resample(
          source + start, stride: width * channels, rows: rows.count, readable: pixels.count - start,
          channels: channels, to: target)
      }
      count = rows.count * outRow
    }
    return Image(height: rows.count, width: columns.count, channels: channels, elements: out, colorSpace: colorSpace)
  }

  private func resampledDown(_ rows: ResampleWeights) -> Image {
    let rowLength = width * channels
    let out = [UInt8](unsafeUninitializedCapacity: rows.count * rowLength) { buffer, count in
      elements.withUnsafeBufferPointer { pixels in
        guard let source = pixels.baseAddress, let target = buffer.baseAddress else { return }
        var taken = [UnsafePointer<UInt8>?](repeating: nil, count: rows.taps)
        for y in 0..<rows.count {
          let taps = Int(rows.counts[y])
          for tap in 0..<taps { taken[tap] = source + (Int(rows.starts[y]) + tap) * rowLength }
          rows.weights.withUnsafeBufferPointer { weights in
            hk_weighted_rows(
              taken, weights.baseAddress.map { $0 + y * rows.taps }, Int32(taps), rowLength, target + y * rowLength)
          }
        }
      }
      count = rows.count * rowLength
    }
    return Image(height: rows.count, width: width, channels: channels, elements: out, colorSpace: colorSpace)
  }

  /// The pixel under each centre.
  private func picked(_ size: Size, _ region: ResizeRegion) -> Image {
    let xs = centres(size.width, from: region.left, to: region.right, length: width)
    let ys = centres(size.height, from: region.top, to: region.bottom, length: height)
    let out = [UInt8](unsafeUninitializedCapacity: size.height * size.width * channels) { buffer, count in
      elements.withUnsafeBufferPointer { pixels in
        var at = 0
        for y in ys {
          for x in xs {
            let from = (y * width + x) * channels
            for channel in 0..<channels { buffer[at + channel] = pixels[from + channel] }
            at += channels
          }
        }
      }
      count = size.height * size.width * channels
    }
    return Image(height: size.height, width: size.width, channels: channels, elements: out, colorSpace: colorSpace)
  }

  private func centres(_ count: Int, from: Double, to: Double, length: Int) -> [Int] {
    let step = (to - from) / Double(count)
    return (0..<count).map { min(max(Int(from + (Double($0) + 0.5) * step), 0), length - 1) }
  }
}

/// The part of a picture that is resized, with fractions of pixels; `right` and `bottom` are excluded.
public struct ResizeRegion: Sendable, Hashable, Codable {
  public var top: Double
  public var left: Double
  public var bottom: Double
  public var right: Double

  public init(top: Double, left: Double, bottom: Double, right: Double) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  init(height: Int, width: Int) {
    self.init(top: 0, left: 0, bottom: Double(height), right: Double(width))
  }
}
