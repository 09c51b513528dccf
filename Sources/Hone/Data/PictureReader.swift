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
  /// Which pixels come out depends on the plan and the file only, so that a cache changes nothing but the time.
  mutating func read(
    _ source: Sample.Source, plan: (Size) -> Plan
  ) throws(UnreadablePicture) -> PlannedPicture {
    switch source {
    case .file(let path): try readFile(path, plan)
    case .record(let path, let offset, let format): try readRecord(path, offset, format, plan)
    }
  }

  private mutating func readFile(_ path: String, _ plan: (Size) -> Plan) throws(UnreadablePicture) -> PlannedPicture {
    if let info = cache?.info(of: path) {
      let view = View(info, plan(info.size), channels: channels)
      if let whole = cache?.picture(path, channels: channels, size: view.decoded) { return view.cut(from: whole) }
    }
    do {
      let bytes = try files.read(path)
      let info = try ImageInfo(of: bytes)
      let view = View(info, plan(info.size), channels: channels)
      let keeps = cache?.hasRoom(for: view.decoded.height * view.decoded.width * channels) ?? false
      guard keeps || Self.mayBreakOff(bytes, info.format) else { return try view.decoded(bytes) }
      let whole = try Image<UInt8>(decoding: bytes, options: view.options)
      cache?.keep(whole, info, path: path)
      return view.cut(from: whole)
    } catch { throw UnreadablePicture(error) }
  }

  /// Whether a JPEG lacks its end: then all of it is decoded, to be refused or taken whatever part the plan reads.
  private static func mayBreakOff(_ bytes: UnsafeRawBufferPointer, _ format: ImageFormat) -> Bool {
    let tail = bytes.suffix(1024)
    return format == .jpeg && !zip(tail, tail.dropFirst()).contains { $0 == 0xff && $1 == 0xd9 }
  }

  private mutating func readRecord(
    _ path: String, _ offset: Int, _ format: RecordFormat, _ plan: (Size) -> Plan
  ) throws(UnreadablePicture) -> PlannedPicture {
    do {
      let bytes = try files.read(path, offset: offset, count: format.bytes)
      let size = Size(height: format.height, width: format.width)
      return PlannedPicture(
        image: Image(bytes, format: format, channels: channels), plan: plan(size),
        place: Rect(size), decoded: size)
    } catch { throw UnreadablePicture(error) }
  }
}

/// The part of a picture that its plan reads.
struct PlannedPicture {
  let image: Image<UInt8>
  let plan: Plan
  /// Where `image` lies in the picture decoded at `decoded`.
  let place: Rect
  let decoded: Size

  /// The same pixels for another plan, where that reads no others.
  func read(by other: Plan) -> PlannedPicture? {
    other.decodeHint == plan.decodeHint && other.region(of: decoded) == place
      ? PlannedPicture(image: image, plan: other, place: place, decoded: decoded) : nil
  }
}

/// What a plan wants to see of a file: at which scale, and which part.
private struct View {
  let plan: Plan
  let options: DecodeOptions
  let decoded: Size
  let place: Rect

  init(_ info: ImageInfo, _ plan: Plan, channels: Int) {
    self.plan = plan
    options = DecodeOptions(channels: channels == 1 ? .gray : .rgb, atLeast: plan.decodeHint)
    decoded = info.decodedSize(options)
    let place = plan.region(of: decoded)
    self.place = place.lies(in: decoded) && !place.isEmpty ? place : Rect(decoded)
  }

  /// Decodes that part and no more.
  func decoded(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> PlannedPicture {
    var options = options
    options.region = place
    return PlannedPicture(
      image: try Image(decoding: bytes, options: options), plan: plan, place: place, decoded: decoded)
  }

  /// The same pixels from the whole picture.
  func cut(from whole: Image<UInt8>) -> PlannedPicture {
    PlannedPicture(image: whole.cut(place), plan: plan, place: place, decoded: decoded)
  }
}

extension Image {
  fileprivate func cut(_ region: Rect) -> Image {
    guard region.size != size else { return self }
    let row = region.width * channels
    let elements = [Element](unsafeUninitializedCapacity: region.height * row) { out, count in
      for y in 0..<region.height {
        let start = ((region.y + y) * width + region.x) * channels
        _ = UnsafeMutableBufferPointer(rebasing: out[y * row..<(y + 1) * row])
          .initialize(fromContentsOf: self.elements[start..<start + row])
      }
      count = region.height * row
    }
    return Image(
      height: region.height, width: region.width, channels: channels, elements: elements,
      colorSpace: colorSpace)
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
