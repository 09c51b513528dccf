import HoneAugment
import HoneImage

/// A picture that cannot be had, and why.
struct UnreadablePicture: Error {
  let reason: String
}

/// Reads the pixels of samples, from files or records; one for each thread.
struct PictureReader: ~Copyable {
  private let channels: Int
  private let cache: PictureCache?
  private var files = FileReader()

  init(channels: Int, cache: PictureCache? = nil) {
    self.channels = channels
    self.cache = cache
  }

  /// The picture, decoded no larger than its plan needs.
  ///
  /// How large depends on the plan and the file only, so that a cache changes nothing but the time.
  mutating func read(
    _ source: Sample.Source, plan: (Size) -> Plan
  ) throws(UnreadablePicture) -> (image: Image<UInt8>, plan: Plan) {
    switch source {
    case .file(let path): try readFile(path, plan)
    case .record(let path, let offset, let format): try readRecord(path, offset, format, plan)
    }
  }

  private mutating func readFile(
    _ path: String, _ plan: (Size) -> Plan
  ) throws(UnreadablePicture) -> (image: Image<UInt8>, plan: Plan) {
    if let info = cache?.info(of: path) {
      let plan = plan(info.size)
      let size = info.decodedSize(options(for: plan))
      if let image = cache?.picture(path, channels: channels, size: size) { return (image, plan) }
    }
    do {
      let bytes = try files.read(path)
      let info = try ImageInfo(of: bytes)
      let plan = plan(info.size)
      let image = try Image<UInt8>(decoding: bytes, options: options(for: plan))
      cache?.keep(image, info, path: path)
      return (image, plan)
    } catch { throw UnreadablePicture(error) }
  }

  private func options(for plan: Plan) -> DecodeOptions {
    DecodeOptions(channels: channels == 1 ? .gray : .rgb, atLeast: plan.decodeHint)
  }

  private mutating func readRecord(
    _ path: String, _ offset: Int, _ format: RecordFormat, _ plan: (Size) -> Plan
  ) throws(UnreadablePicture) -> (image: Image<UInt8>, plan: Plan) {
    do {
      let bytes = try files.read(path, offset: offset, count: format.bytes)
      let plan = plan(Size(height: format.height, width: format.width))
      return (Image(bytes, format: format, channels: channels), plan)
    } catch { throw UnreadablePicture(error) }
  }
}

extension UnreadablePicture {
  init(_ error: any Error) {
    reason =
      switch error {
      case let error as ImageError: error.message
      case let error as HoneError: error.message
      default: String(describing: error)
      }
  }
}

extension Image where Element == UInt8 {
  /// A raw record as a picture of 1 or 3 channels: grey is repeated, colour weighed by ITU-R 601; further channels are
  /// passed over.
  init(_ bytes: UnsafeRawBufferPointer, format: RecordFormat, channels: Int) {
    let (pixels, stored) = (format.height * format.width, format.channels)
    let (step, plane) = format.layout == .planar ? (1, pixels) : (stored, 1)
    let elements = [UInt8](unsafeUninitializedCapacity: pixels * channels) { out, count in
      for pixel in 0..<pixels {
        let first = pixel * step
        if channels == 1, stored >= 3 {
          let (red, green, blue) = (Int(bytes[first]), Int(bytes[first + plane]), Int(bytes[first + 2 * plane]))
          out[pixel] = UInt8((red * 19_595 + green * 38_470 + blue * 7_471 + 32_768) >> 16)
        } else {
          for channel in 0..<channels {
            out[pixel * channels + channel] = bytes[first + (stored >= 3 ? channel * plane : 0)]
          }
        }
      }
      count = pixels * channels
    }
    self.init(height: format.height, width: format.width, channels: channels, elements: elements)
  }
}
