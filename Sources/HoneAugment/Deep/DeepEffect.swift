public import HoneImage

/// An effect that changes pictures of more than 8 bits, too.
public protocol DeepEffect: Effect {
  /// Changes a picture of levels 0…1 in place; its size stays. Levels need not be kept within 0…1: that is done after it.
  ///
  /// - Throws: `PipelineError`, `unsupported`, where it holds effects that know 8 bits only.
  func apply(to image: inout Image<Float>) throws(PipelineError)
}

/// An effect that makes of each level a straight line of itself, whatever the others are: paint, shade, mist.
///
/// What it makes of a black picture and of a light one tells what it makes of any, to one level of 255; where it paints, to
/// the bit.
public protocol LinearEffect: DeepEffect {
  /// A level that it does not lift beyond 255.
  var light: UInt8 { get }
}

extension LinearEffect {
  public var light: UInt8 { 255 }

  public func apply(to image: inout Image<Float>) {
    let (dark, lit, unit) = (made(of: 0, like: image), made(of: light, like: image), Float(light))
    for index in image.elements.indices {
      let offset = Float(dark[index])
      image.elements[index] = offset / 255 + image.elements[index] * (Float(lit[index]) - offset) / unit
    }
  }

  /// What it makes of a picture of one level.
  private func made(of level: UInt8, like image: Image<Float>) -> [UInt8] {
    var flat = Image<UInt8>(height: image.height, width: image.width, channels: image.channels, repeating: level)
    apply(to: &flat)
    return flat.elements
  }
}

extension Erasure: LinearEffect {}
extension Lattice: LinearEffect {}
extension Impulses: LinearEffect {}
extension CastShadow: LinearEffect {}
extension Haze: LinearEffect {}
extension Streaks: LinearEffect {
  public var light: UInt8 { look == .light ? 100 : 255 }
}
extension Splashes: LinearEffect {}
extension Flare: LinearEffect {
  public var light: UInt8 { star == nil ? 255 : 100 }
}
extension Pebbles: LinearEffect {}
extension Pasting: LinearEffect {}
extension Glow: LinearEffect {
  public var light: UInt8 { 127 }
}
