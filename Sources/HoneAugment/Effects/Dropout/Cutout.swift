import HoneImage

/// An object cut out of its picture.
struct Cutout {
  /// Red, green and blue, each times the opacity, and the opacity: so its edges take nothing from what lay around it.
  private var pixels: Image<UInt8>
  var size: Size { pixels.size }

  private static let memory = FileMemory()

  /// The object of a file without its transparent margin; nil where it cannot be read, which `References.problem` has said
  /// before, or where all of it is transparent.
  static func of(_ path: String) -> Cutout? {
    memory.picture(path) { References.small(path, .native).flatMap { $0.opaque.cutToOutline } }.map(Cutout.init)
  }

  /// At its size for a picture of some size, mirrored if it is to be, its edge faded.
  func placed(_ object: PastedObject, in whole: Size, softness: Double) -> Cutout {
    let (height, width) = (Double(size.height), Double(size.width))
    let fit = min(1, Double(whole.height) / height, Double(whole.width) / width)
    let scale = fit * min(1, max(0, object.size))
    let shown = Size(height: max(1, Int(height * scale)), width: max(1, Int(width * scale)))
    let actions =
      [Action.resize(Box(Rect(size)), shown, .bilinear)] + (object.isMirrored ? [.symmetry(.horizontal)] : [])
    return Cutout(pixels: Plan(sourceSize: size, channels: 4, actions: actions).applied(to: pixels)).faded(softness)
  }

  /// Over the picture's first three channels; grey pictures take the green.
  func lay(on image: inout Image<UInt8>, y: Int, x: Int) {
    let channels = min(3, image.channels)
    change(&image, y: y, x: x) { pixel, place in
      let opacity = Int(pixel[3])
      guard opacity > 0 else { return }
      for channel in 0..<channels {
        let shown = Int(pixel[channels < 3 ? 1 : channel])
        place[channel] = UInt8(min(255, shown + (Int(place[channel]) * (255 - opacity) + 127) / 255))
      }
    }
  }

  /// One level wherever it is more than half opaque.
  func mark(_ level: UInt8, on mask: inout Image<UInt8>, y: Int, x: Int) {
    let channels = mask.channels
    change(&mask, y: y, x: x) { pixel, place in
      if pixel[3] > 127 { place.update(repeating: level, count: channels) }
    }
  }

  private func change(
    _ image: inout Image<UInt8>, y: Int, x: Int,
    _ body: (_ pixel: UnsafePointer<UInt8>, _ place: UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let (stride, channels) = (image.rowLength, image.channels)
    image.elements.withUnsafeMutableBufferPointer { places in
      pixels.elements.withUnsafeBufferPointer { own in
        guard let places = places.baseAddress, let own = own.baseAddress else { return }
        for row in 0..<size.height {
          let (from, to) = (own + row * size.width * 4, places + (y + row) * stride + x * channels)
          for column in 0..<size.width { body(from + 4 * column, to + column * channels) }
        }
      }
    }
  }

  /// Fades inwards over about so many pixels.
  private func faded(_ softness: Double) -> Cutout {
    guard softness > 0.05 else { return self }
    let margin = Gaussian.radius(softness)
    let room = Rect(y: -margin, x: -margin, height: size.height + 2 * margin, width: size.width + 2 * margin)
    let outline = Plan(sourceSize: size, channels: 4, actions: [.window(room, .black)]).applied(to: pixels)
      .blurred(sigma: softness)
    var faded = self
    for y in 0..<size.height {
      for x in 0..<size.width {
        let kept = max(0, 2 * Int(outline[y + margin, x + margin, 3]) - 255)
        for channel in 0..<4 { faded.pixels[y, x, channel] = UInt8(Int(pixels[y, x, channel]) * kept / 255) }
      }
    }
    return faded
  }
}

extension Image where Element == UInt8 {
  /// Four channels: colours times opacity, and opacity.
  fileprivate var opaque: Image {
    let isColored = channels > 2
    let levels = (0..<height * width).flatMap { pixel -> [UInt8] in
      let start = pixel * channels
      let opacity = channels % 2 == 0 ? Int(elements[start + channels - 1]) : 255
      let color = (0..<3).map { UInt8((Int(elements[start + (isColored ? $0 : 0)]) * opacity + 127) / 255) }
      return color + [UInt8(opacity)]
    }
    return Image(height: height, width: width, channels: 4, elements: levels)
  }

  /// The smallest rectangle that holds all that is not transparent; nil where everything is.
  fileprivate var cutToOutline: Image? {
    let rows = (0..<height).filter { y in (0..<width).contains { self[y, $0, 3] > 0 } }
    guard let top = rows.first, let bottom = rows.last else { return nil }
    let columns = (0..<width).filter { x in rows.contains { self[$0, x, 3] > 0 } }
    let (left, right) = (columns[0], columns[columns.count - 1])
    let outline = Rect(y: top, x: left, height: bottom - top + 1, width: right - left + 1)
    return Plan(sourceSize: size, channels: 4, actions: [.window(outline, .black)]).applied(to: self)
  }
}
