public import HoneImage

/// Pictures of 16 bits and of float32, whose levels 0…65535 and 0…1 stand for the light of 0…255.
///
/// Geometry reads between pixels as in 8 bits (places to 1/256 pixel) and keeps whatever numbers it finds. Colour keeps levels
/// within their range after each step; its tables are read between their 256 levels, so that brightness and its like are
/// right to half a level of 255. What knows 8 bits only is refused by name.
extension Plan {
  /// The changed picture, in float32.
  ///
  /// - Throws: `PipelineError`, `unsupported`, for effects of `Catalogue.eightBitOnly`.
  public func applied(to image: Image<Float>) throws(PipelineError) -> Image<Float> {
    let passes = passes
    var picture = Self.entry(of: passes, reading: image.size, insteadOf: sourceSize).run(on: image)
    for pass in passes.dropFirst() { try picture.change(by: pass) }
    return picture
  }

  /// The changed picture, in 16 bits.
  ///
  /// - Throws: as for float32.
  public func applied(to image: Image<UInt16>) throws(PipelineError) -> Image<UInt16> {
    try applied(to: image.map { Float($0) / 65535 }).map { UInt16(65535 * min(1, max(0, $0)) + 0.5) }
  }

  /// Writes the changed picture, normalized, into a batch of float32 numbers.
  ///
  /// - Throws: as for float32.
  public func write(
    _ image: Image<Float>, normalization: Normalization, into batch: borrowing Batch, slot: Int
  ) throws(PipelineError) {
    let picture = try applied(to: image)
    batch.demand(picture.height, picture.width, picture.channels, slot)
    precondition(batch.precision == .float32, "pictures of float32 need a batch of float32")
    let (out, pixels) = (batch.slot(slot).assumingMemoryBound(to: Float.self), picture.height * picture.width)
    for channel in 0..<picture.channels {
      let (scale, bias) = normalization.line(for: channel)
      for pixel in 0..<pixels {
        out[batch.index(channel: channel, pixel: pixel)] =
          picture.elements[pixel * picture.channels + channel] * 255 * scale + bias
      }
    }
  }
}

extension Image {
  /// The same picture of other elements.
  func map<Other: PixelElement>(_ element: (Element) -> Other) -> Image<Other> {
    Image<Other>(
      height: height, width: width, channels: channels, elements: elements.map(element), colorSpace: colorSpace)
  }
}

extension Image where Element == Float {
  fileprivate mutating func change(by pass: Pass) throws(PipelineError) {
    switch pass {
    case .geometry(let geometry): self = geometry.run(on: self)
    case .point(let point): change(by: point)
    case .tone(let tone): change(by: tone)
    case .effect(let effect):
      guard let deep = effect.effect as? any DeepEffect else { throw .eightBitOnly(type(of: effect.effect).name) }
      try deep.apply(to: &self)
      clamp()
    }
  }

  /// Brings every level within 0…1; what is no number becomes 0.
  mutating func clamp() {
    for index in elements.indices { elements[index] = min(1, max(0, elements[index])) }
  }
}

extension Catalogue {
  /// Transforms that know 8-bit pictures only; all others take 16 bits and float32, too.
  public static let eightBitOnly: [String] = transforms.filter { !isDeep($0) }.map { $0.name }

  private static func isDeep<T: Transform>(_ type: T.Type) -> Bool {
    (0..<16).allSatisfy { position in
      var stream = RandomStream(seed: 1, index: position)
      let drawn = type.standard.draw(for: Scene(size: Size(height: 32, width: 32)), from: &stream)
      return drawn.allSatisfy(\.isDeep)
    }
  }
}

extension Action {
  fileprivate var isDeep: Bool {
    guard case .effect(let effect) = self else { return true }
    guard let overlay = effect.effect as? Overlay else { return effect.effect is any DeepEffect }
    return overlay.copies.allSatisfy { $0.actions.allSatisfy(\.isDeep) }
  }
}

extension PipelineError {
  fileprivate static func eightBitOnly(_ effect: String) -> PipelineError {
    PipelineError(
      .unsupported,
      "The effect “\(effect)” changes 8-bit pictures only. So do the transforms "
        + "\(Catalogue.eightBitOnly.joined(separator: ", ")); all others take 16 bits and float32 as well. "
        + "Leave it out, or decode to Image<UInt8>.")
  }
}
