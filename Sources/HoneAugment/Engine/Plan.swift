import CHoneKernels
public import HoneImage

/// Everything decided about one picture: what a pipeline drew. A value that can be saved, shown and applied again.
public struct Plan: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The size that the plan was made for. A picture decoded smaller (see `decodeHint`) is taken as the same picture.
  public let sourceSize: Size
  public let channels: Int
  public let actions: [Action]

  public init(sourceSize: Size, channels: Int = 3, actions: [Action]) {
    self.sourceSize = sourceSize
    self.channels = channels
    self.actions = actions
  }

  /// The size of the picture that comes out.
  public var outputSize: Size { actions.reduce(sourceSize) { $1.outputSize(of: $0) } }

  /// The smallest size that the source may be decoded at without losing anything the plan would keep; nil where all
  /// pixels count.
  public var decodeHint: Size? {
    guard case .geometry(.resample(let resample)) = passes.first else { return nil }
    let (y, x) = resample.reduction
    guard y > 1 && x > 1 else { return nil }
    return Size(
      height: Int((Double(sourceSize.height) / y).rounded(.up)), width: Int((Double(sourceSize.width) / x).rounded(.up))
    )
  }

  /// Output pixel to source pixel: all geometric steps but fields as one map, pixel centres at whole numbers.
  public var matrix: Matrix3 {
    passes.reduce(.identity) { map, pass in
      guard case .geometry(let geometry) = pass else { return map }
      return map * geometry.matrix
    }
  }

  /// The part that the plan reads of its source decoded at some size.
  public func region(of decoded: Size) -> Rect {
    switch Self.entry(of: passes, reading: decoded, insteadOf: sourceSize) {
    case .gather(let rect, _): rect
    case .resample(let resample): resample.needed
    case .warp(let warp): warp.valid
    }
  }

  /// The pass that reads the source, for a source decoded at some size.
  static func entry(of passes: [Pass], reading decoded: Size, insteadOf source: Size) -> GeometryPass {
    guard case .geometry(let geometry) = passes.first else { return .gather(Rect(decoded), .identity) }
    return geometry.reading(decoded, insteadOf: source)
  }

  var passes: [Pass] { Compiler.passes(for: actions, source: sourceSize) }

  /// The changed picture.
  public func applied(to image: Image<UInt8>) -> Image<UInt8> {
    let passes = passes
    var work = Self.run(passes, Self.entry(of: passes, reading: image.size, insteadOf: sourceSize), on: image)
    return work.takeImage()
  }

  /// Writes the changed picture, normalized, into a batch: the last pass over its pixels.
  ///
  /// It resizes nothing: `outputSize` and the picture's channels must be the batch's. Where only a region of the source
  /// was decoded, `region` says which, and of which decoded size.
  public func write(
    _ image: Image<UInt8>, region: (place: Rect, decoded: Size)? = nil, normalization: Normalization,
    into batch: borrowing Batch, slot: Int
  ) {
    let passes = passes
    var entry = Self.entry(of: passes, reading: region?.decoded ?? image.size, insteadOf: sourceSize)
    if let place = region?.place { entry = entry.moved(y: -place.y, x: -place.x) }
    var work = Self.run(passes, entry, on: image)
    switch batch.layout {
    case .planar:
      let planes = work.takePlanes()
      batch.demand(planes.height, planes.width, planes.channels, slot)
      batch.fill(slot, with: planes.levels, by: normalization)
    case .interleaved:
      let image = work.takeImage()
      batch.demand(image.height, image.width, image.channels, slot)
      batch.fill(slot, with: image.elements, by: normalization)
    }
  }

  /// Done once, before the first picture is changed.
  private static let keepsMemory: Void = hk_keep_memory()

  private static func run(_ passes: [Pass], _ entry: GeometryPass, on image: Image<UInt8>) -> Work {
    _ = keepsMemory
    var work = Work(image)
    work.run(.geometry(entry))
    for pass in passes.dropFirst() { work.run(pass) }
    return work
  }

  public var description: String { actions.isEmpty ? "nothing" : actions.map(\.description).joined(separator: ", ") }
}

/// A picture on its way through the passes: interleaved for geometry and effects, planar for colour, with the colour
/// passes that wait for their turn. Every step takes the pixels out, changes them in place, and puts them back.
private struct Work {
  private enum Form {
    case interleaved(Image<UInt8>)
    case planar(Planes)
    case taken
  }
  private var form: Form
  private var waiting: [PointPass] = []

  init(_ image: Image<UInt8>) { form = .interleaved(image) }

  mutating func run(_ pass: Pass) {
    switch pass {
    case .geometry(let geometry): form = .interleaved(geometry.run(on: takeImage()))
    case .point(let point): wait(for: point)
    case .tone(let tone): wait(for: .table(table(for: tone)))
    case .effect(let effect):
      var image = takeImage()
      effect.effect.apply(to: &image)
      form = .interleaved(image)
    }
  }

  /// Pixels that nothing waits for are looked at as they lie.
  private mutating func table(for tone: Tone) -> ColorTable {
    if case .interleaved(let image) = form, waiting.isEmpty { return image.table(for: tone) }
    let planes = takePlanes()
    form = .planar(planes)
    return planes.table(for: tone)
  }

  private mutating func wait(for point: PointPass) {
    if case .table(let next) = point, case .table(let last) = waiting.last {
      waiting[waiting.count - 1] = .table(last.then(next))
    } else {
      waiting.append(point)
    }
  }

  /// The planes, with nothing waiting.
  mutating func takePlanes() -> Planes {
    var planes =
      switch form {
      case .interleaved(let image): Planes(image)
      case .planar(let planes): planes
      case .taken: preconditionFailure("pixels that were taken are put back before the next step")
      }
    form = .taken
    planes.apply(waiting)
    waiting = []
    return planes
  }

  /// The picture, with nothing waiting.
  mutating func takeImage() -> Image<UInt8> {
    guard case .interleaved(let image) = form else { return takePlanes().image }
    form = .taken
    guard !waiting.isEmpty else { return image }
    defer { waiting = [] }
    return image.changed(by: waiting)
  }
}
