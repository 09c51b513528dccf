internal import Foundation
public import HoneTensor

/// What `auto` settings are chosen by.
public struct Circumstances: Sendable, Hashable {
  public var device: Device
  public var cores: Int
  public var hasFastBFloat16: Bool
  public var pictures: Int
  /// The shorter side of the input, in pixels.
  public var side: Int

  public init(device: Device = .cpu, cores: Int, hasFastBFloat16: Bool, pictures: Int, side: Int) {
    self.device = device
    self.cores = cores
    self.hasFastBFloat16 = hasFastBFloat16
    self.pictures = pictures
    self.side = side
  }
}

extension Recipe {
  /// The recipe with every `auto` replaced by a choice.
  ///
  /// Batches are of 32, of 16 when there are few pictures, of 128 when there are many small ones.
  public func resolved(for circumstances: Circumstances) -> Recipe {
    var recipe = self
    recipe.device = device.resolved(circumstances.device)
    recipe.threads = threads.resolved(max(1, circumstances.cores))
    recipe.workers = workers.resolved(max(1, circumstances.cores))
    let isExact = regularization.gradientPenalty > 0  // small differences drown in bfloat16
    let isFast = [.cpu: circumstances.hasFastBFloat16, .cuda: true][recipe.device.value?.kind] ?? false
    recipe.precision = precision.resolved(isFast && !isExact ? .bfloat16 : .float32)
    recipe.batchSize = batchSize.resolved(Self.usualBatch(circumstances))
    return recipe
  }

  private static func usualBatch(_ circumstances: Circumstances) -> Int {
    if circumstances.pictures < 200 { return 16 }
    return circumstances.side <= 64 && circumstances.pictures >= 5000 ? 128 : 32
  }
}

extension Recipe {
  /// Optimizer steps of an epoch of so many pictures.
  public func steps(of pictures: Int) -> Int {
    let side = model.input.map { min($0.height, $0.width) } ?? InputSpec().height
    let known = resolved(for: Circumstances(cores: 1, hasFastBFloat16: false, pictures: pictures, side: side))
    let batch = known.batchSize.value ?? 1
    let batches = (pictures + batch - 1) / batch
    return max(1, (batches + accumulation - 1) / accumulation)
  }

  /// Where the recipe computes.
  ///
  /// - Throws: `HoneError` `.unsupported` where this machine has no such device.
  func availableDevice() throws(HoneError) -> Device {
    let device = device.value ?? .cpu
    guard !device.isAvailable else { return device }
    let here = Device.all.map(\.description).joined(separator: ", ")
    throw HoneError(
      .unsupported, "there is no device \(device) here, only \(here); take one of these, or see hone doctor",
      file: nil, key: "device")
  }

  /// The recipe with what is still `auto` chosen as another run of it chose.
  func takingChoices(of other: Recipe) -> Recipe {
    var recipe = self
    if recipe.device == .auto, other.device.value?.isAvailable ?? false { recipe.device = other.device }
    if recipe.threads == .auto { recipe.threads = other.threads }
    if recipe.workers == .auto { recipe.workers = other.workers }
    if recipe.precision == .auto { recipe.precision = other.precision }
    if recipe.batchSize == .auto { recipe.batchSize = other.batchSize }
    return recipe
  }
}

extension Circumstances {
  /// This machine's.
  static func here(pictures: Int, input: InputSpec) -> Circumstances {
    Circumstances(
      device: .best, cores: ProcessInfo.processInfo.activeProcessorCount, hasFastBFloat16: Engine.hasFastBFloat16,
      pictures: pictures,
      side: min(input.height, input.width))
  }
}
