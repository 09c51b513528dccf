import Foundation
public import HoneImage

/// Gives the picture another one's broad light and colour: the strength of its lowest frequencies, not their places.
///
/// - Shape: kept. Without references pictures pass unchanged.
/// - Units: `references` are paths; `beta` is the highest frequency taken, in cycles per pixel of the shorter side.
/// - Randomness: two draws per image.
/// - Throws: nothing; a pipeline from a file is refused where a reference cannot be read.
/// - Source: Yang & Soatto, 2020, arXiv:2004.05498 (FDA), eq. 2; Albumentations' `FDA`. Differs: found on a copy of at most
///   160 pixels a side, where those frequencies lie in full.
public struct FourierAdaptation: Transform {
  public static let standard = FourierAdaptation()
  public var references: [String]
  public var beta: ClosedRange<Double>

  public init(references: [String] = [], beta: ClosedRange<Double> = 0.002...0.015) {
    self.references = references
    self.beta = beta
  }

  public var problem: String? { rangeProblem("beta", beta, within: 0...0.5) ?? References.problem(references) }

  public func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] {
    guard let path = References.pick(references, &stream) else { return [] }
    return [.effect(AnyEffect(SpectrumSwap(path: path, beta: stream.uniform(beta))))]
  }
}

/// `FourierAdaptation` with its reference drawn.
public struct SpectrumSwap: Effect, CustomStringConvertible {
  public var path: String
  public var beta: Double
  public var description: String {
    "spectrum of \(path.split(separator: "/").last ?? "") up to \((beta * 1000).rounded() / 1000)"
  }

  public func apply(to image: inout Image<UInt8>) {
    guard let reference = References.picture(path) else { return }
    let scale = min(1, 160 / Double(max(image.height, image.width)))
    let size = Size(
      height: max(1, Int((Double(image.height) * scale).rounded())),
      width: max(1, Int((Double(image.width) * scale).rounded())))
    let (small, other) = (image.resized(to: size, filter: .box), reference.resized(to: size, filter: .box))
    let reach = Int(Double(min(image.height, image.width)) * beta)
    let waves = Spectrum(size, reach: min(reach, (min(size.height, size.width) - 1) / 2))
    for channel in 0..<min(3, image.channels) {
      let change = waves.change(of: small, channel, strengthsOf: other, image.channels < 3 ? 1 : channel)
      add(change, size, to: &image, channel)
    }
  }

  /// Enlarges the change, at half its height so that it fits a level, and adds it.
  private func add(_ change: [Double], _ size: Size, to image: inout Image<UInt8>, _ channel: Int) {
    let halves = change.map { clamped(128 + $0 / 2) }
    let whole = Image(height: size.height, width: size.width, channels: 1, elements: halves)
      .resized(to: image.size, filter: .bicubic)
    for (index, half) in whole.elements.enumerated() {
      let place = index * image.channels + channel
      image.elements[place] = UInt8(min(255, max(0, Int(image.elements[place]) + 2 * (Int(half) - 128))))
    }
  }
}

/// The lowest frequencies of pictures of one size: −reach…reach down, 0…reach across (the rest mirrors them).
private struct Spectrum {
  private let size: Size
  private let reach: Int
  private let across: [(c: Double, s: Double)]
  private let down: [(c: Double, s: Double)]

  init(_ size: Size, reach: Int) {
    func circle(_ count: Int) -> [(c: Double, s: Double)] {
      (0..<count).map { (cos(2 * .pi * Double($0) / Double(count)), sin(2 * .pi * Double($0) / Double(count))) }
    }
    (self.size, self.reach) = (size, max(0, reach))
    (across, down) = (circle(size.width), circle(size.height))
  }

  /// What is to be added so that these frequencies have the other's strengths and keep their phases.
  func change(of image: Image<UInt8>, _ channel: Int, strengthsOf other: Image<UInt8>, _ otherChannel: Int) -> [Double]
  {
    let (own, target) = (frequencies(image, channel), frequencies(other, otherChannel))
    let differences = zip(own, target).map { own, target -> (re: Double, im: Double) in
      let (strength, wanted) = (hypot(own.re, own.im), hypot(target.re, target.im))
      guard strength > 1e-9 else { return (wanted, 0) }
      return (own.re * (wanted / strength - 1), own.im * (wanted / strength - 1))
    }
    return inverse(differences)
  }

  private var high: Int { 2 * reach + 1 }

  private func frequencies(_ image: Image<UInt8>, _ channel: Int) -> [(re: Double, im: Double)] {
    var sums = [(re: Double, im: Double)](repeating: (0, 0), count: high * (reach + 1))
    for y in 0..<size.height {
      for v in 0...reach {
        var row = (re: 0.0, im: 0.0)
        for x in 0..<size.width {
          let (level, wave) = (Double(image[y, x, channel]), across[v * x % size.width])
          row.re += level * wave.c
          row.im -= level * wave.s
        }
        for u in -reach...reach {
          let wave = down[((u * y) % size.height + size.height) % size.height]
          let at = (u + reach) * (reach + 1) + v
          sums[at].re += row.re * wave.c + row.im * wave.s
          sums[at].im += row.im * wave.c - row.re * wave.s
        }
      }
    }
    return sums
  }

  private func inverse(_ frequencies: [(re: Double, im: Double)]) -> [Double] {
    let scale = 1 / Double(size.height * size.width)
    var out = [Double](repeating: 0, count: size.height * size.width)
    for y in 0..<size.height {
      for v in 0...reach {
        var row = (re: 0.0, im: 0.0)
        for u in -reach...reach {
          let (part, wave) = (
            frequencies[(u + reach) * (reach + 1) + v], down[((u * y) % size.height + size.height) % size.height]
          )
          row.re += part.re * wave.c - part.im * wave.s
          row.im += part.re * wave.s + part.im * wave.c
        }
        let weight = scale * (v == 0 ? 1 : 2)
        for x in 0..<size.width {
          let wave = across[v * x % size.width]
          out[y * size.width + x] += weight * (row.re * wave.c - row.im * wave.s)
        }
      }
    }
    return out
  }
}
