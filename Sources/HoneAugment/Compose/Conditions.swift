public import HoneImage

/// Does other steps to each class: another strength, other chances, or nothing at all.
///
/// What turns a 6 into a 9 must not be done to digits; what is rare may be varied more.
///
/// - Shape: as the steps. Labels unchanged.
/// - Units: classes by their number in the data set, from 0; a class without steps of its own, or an unknown one, takes
///   `otherwise`.
/// - Randomness: the steps' own.
/// - Throws: nothing.
/// - Source: none: ours.
public struct PerClass: Composite {
  public static let standard = PerClass([:])
  public var classes: [Int: [Step]]
  public var otherwise: [Step]

  public init(_ classes: [Int: [Step]], otherwise: [Step] = []) {
    self.classes = classes
    self.otherwise = otherwise
  }

  public var branches: [Branch] {
    classes.sorted { $0.key < $1.key }.map { Branch($0.value, title: "class \($0.key)") }
      + [Branch(otherwise, title: "otherwise")]
  }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    scene.draw(scene.label.flatMap { classes[$0] } ?? otherwise, from: &stream)
  }
}

/// Does its steps to pictures whose sides lie within limits, and others to the rest.
///
/// - Shape: as the steps. Labels unchanged.
/// - Units: sides in pixels; `aspect` is width ÷ height.
/// - Randomness: the steps' own.
/// - Throws: nothing.
/// - Source: none: ours.
public struct OnSize: Composite {
  public static let standard = OnSize([])
  public var shorterSide: ClosedRange<Int>
  public var longerSide: ClosedRange<Int>
  public var aspect: ClosedRange<Double>
  public var steps: [Step]
  public var otherwise: [Step]

  public init(
    shorterSide: ClosedRange<Int> = 1...1_000_000, longerSide: ClosedRange<Int> = 1...1_000_000,
    aspect: ClosedRange<Double> = 0...1e6, _ steps: [Step], otherwise: [Step] = []
  ) {
    self.shorterSide = shorterSide
    self.longerSide = longerSide
    self.aspect = aspect
    self.steps = steps
    self.otherwise = otherwise
  }

  public var branches: [Branch] { [Branch(steps, title: "if so"), Branch(otherwise, title: "otherwise")] }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let (h, w) = (scene.size.height, scene.size.width)
    let holds =
      shorterSide.contains(min(h, w)) && longerSide.contains(max(h, w)) && aspect.contains(Double(w) / Double(h))
    return scene.draw(holds ? steps : otherwise, from: &stream)
  }
}

/// Does its steps to some channels only.
///
/// - Shape: kept; channels of another size are resized back. Channels that a picture lacks are passed over.
/// - Units: channels by number, from 0.
/// - Randomness: the steps' own.
/// - Throws: nothing.
/// - Source: none: customary; Albumentations' `SelectiveChannelTransform`, imgaug's `WithChannels`.
public struct OnChannels: Composite {
  public static let standard = OnChannels([0], [])
  public var channels: [Int]
  public var steps: [Step]

  public init(_ channels: [Int], _ steps: [Step]) {
    self.channels = channels
    self.steps = steps
  }

  public var problem: String? {
    channels.allSatisfy { (0..<16).contains($0) } ? nil : "channels must lie between 0 and 15; they are \(channels)."
  }

  public var branches: [Branch] { [Branch(steps)] }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    let present = channels.filter { $0 < scene.channels }
    guard !present.isEmpty else { return [] }
    let inner = Scene(size: scene.size, channels: present.count, label: scene.label, key: scene.key)
    let drawn = inner.draw(steps, from: &stream)
    return drawn.isEmpty ? [] : [.effect(AnyEffect(PartOfChannels(channels: present, actions: drawn)))]
  }
}

/// Actions done to some channels.
public struct PartOfChannels: Effect, CustomStringConvertible {
  public var channels: [Int]
  public var actions: [Action]
  public var description: String {
    "channels \(channels.map(String.init).joined(separator: ",")): \(actions.map(\.description).joined(separator: ", "))"
  }

  public func apply(to image: inout Image<UInt8>) {
    let (all, channels) = (image.channels, channels.filter { (0..<image.channels).contains($0) })
    guard !channels.isEmpty else { return }
    let pixels = image.height * image.width
    let picked = (0..<pixels).flatMap { pixel in channels.map { image.elements[pixel * all + $0] } }
    let part = Image(height: image.height, width: image.width, channels: channels.count, elements: picked)
    var changed = Plan(sourceSize: part.size, channels: part.channels, actions: actions).applied(to: part)
    if changed.size != part.size { changed = changed.resized(to: part.size) }
    for pixel in 0..<pixels {
      for (slot, channel) in channels.enumerated() {
        image.elements[pixel * all + channel] = changed.elements[pixel * channels.count + slot]
      }
    }
  }
}
