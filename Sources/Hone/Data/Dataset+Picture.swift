internal import HoneAugment
public import HoneImage

extension Dataset {
  /// The pixels of one sample at full size, as red, green and blue.
  ///
  /// For looking at single pictures; training reads through a ``Loader``.
  ///
  /// - Throws: `HoneError`, `unreadable` with the reason.
  public func picture(at index: Int) throws(HoneError) -> Image<UInt8> {
    var reader = PictureReader(channels: 3)
    do {
      return try reader.read(samples[index].source) { Plan(sourceSize: $0, actions: []) }.image
    } catch {
      throw HoneError(.unreadable, "\(title(of: index)) cannot be read: \(error.reason)", file: samples[index].file)
    }
  }
}
