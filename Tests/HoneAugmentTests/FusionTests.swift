import Foundation
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// A compiled plan gives what its actions give one by one.
@Suite("Fusion")
struct FusionTests {
  private func difference(_ a: Image<UInt8>, _ b: Image<UInt8>) -> Double {
    Double(zip(a.elements, b.elements).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.elements.count)
  }

  @Test("colour steps, crops and symmetries together: equal bytes", arguments: 0..<30)
  func exact(position: Int) {
    let image = texture(height: 61, width: 47, seed: UInt64(position))
    let pipeline = Pipeline {
      SomeOf(count: 1...4, shuffles: true) {
        D4()
        Crop(height: 30, width: 25)
        Crop(height: 50, width: 60, border: .reflect)
        PadCrop(padding: 5)
      }
      SomeOf(count: 2...6, shuffles: true) {
        ColorJitter()
        Gamma()
        Posterize()
        Solarize()
        Invert()
        Saturation(factor: 0...3)
        Equalize()
        AutoContrast()
        ChannelShift()
        Hue(turns: -0.5...0.5)
        CoarseDropout()
      }
      D4()
    }
    let plan = pipeline.plan(for: image.size, key: SampleKey(seed: 6, epoch: 0, position: position))
    #expect(plan.applied(to: image).largestDifference(from: stepwise(image, plan.actions)) == 0, "\(plan)")
  }

  @Test("a window of a resized or turned picture is that part of it: equal bytes", arguments: 0..<20)
  func windows(position: Int) {
    let image = texture(height: 83, width: 71, seed: UInt64(position))
    let pipeline = Pipeline {
      OneOf {
        Resize(height: 40, width: 52)
        Resize(height: 100, width: 120, filter: .bicubic)
        Rotate(degrees: -80...80, grows: true, border: .reflect)
        Perspective()
      }
      Crop(height: 20, width: 30)
    }
    let plan = pipeline.plan(for: image.size, key: SampleKey(seed: 8, epoch: 0, position: position))
    #expect(plan.applied(to: image).largestDifference(from: stepwise(image, plan.actions)) <= 1)
  }

  /// The composed map in float64 with the same kernel, where it stays well inside all canvases.
  private func exact(_ image: Image<UInt8>, _ map: Matrix3, _ size: Size) -> [Double?] {
    (0..<size.height * size.width).flatMap { index -> [Double?] in
      guard let point = map(x: Double(index % size.width), y: Double(index / size.width)),
        point.x >= 0, point.y >= 0, point.x < Double(image.width - 1), point.y < Double(image.height - 1)
      else { return [nil, nil, nil] }
      let (x, y) = (Int(point.x), Int(point.y))
      let (fx, fy) = (point.x - Double(x), point.y - Double(y))
      return (0..<3).map { c in
        let top = Double(image[y, x, c]) * (1 - fx) + Double(image[y, x + 1, c]) * fx
        let bottom = Double(image[y + 1, x, c]) * (1 - fx) + Double(image[y + 1, x + 1, c]) * fx
        return top * (1 - fy) + bottom * fy
      }
    }
  }

  @Test("two warps as one are nearer to the exact composed map than one after the other", arguments: 0..<12)
  func warps(position: Int) {
    let image = texture(height: 90, width: 110, seed: UInt64(position))
    let pipeline = Pipeline {
      Rotate(degrees: -40...40)
      Affine()
    }
    let plan = pipeline.plan(for: image.size, key: SampleKey(seed: 3, epoch: 0, position: position))
    guard case .warp(let first) = plan.actions[0], case .warp(let second) = plan.actions[1] else {
      Issue.record("both are warps")
      return
    }
    let (fused, apart) = (plan.applied(to: image), stepwise(image, plan.actions))
    let reference = exact(image, first.matrix * second.matrix, image.size)
    let inside = reference.indices.filter { index in
      let pixel = index / 3
      guard let point = second.matrix(x: Double(pixel % 110), y: Double(pixel / 110)) else { return false }
      return reference[index] != nil && point.x >= 1 && point.y >= 1 && point.x <= 108 && point.y <= 88
    }
    func error(_ result: Image<UInt8>) -> Double {
      inside.reduce(0) { $0 + abs(Double(result.elements[$1]) - (reference[$1] ?? 0)) } / Double(inside.count)
    }
    #expect(inside.count > 3000)
    #expect(error(fused) <= error(apart))
    #expect(error(fused) < 1)
    // Corners that the first warp cut off stay cut off.
    let black = { (image: Image<UInt8>) in
      Double(image.elements.filter { $0 == 0 }.count) / Double(image.elements.count)
    }
    #expect(abs(black(fused) - black(apart)) < 0.02)
  }

  @Test("a plan's matrix says which source pixel an output pixel shows", arguments: 0..<12)
  func matrix(position: Int) {
    var image = Image<UInt8>(height: 60, width: 80, channels: 3)
    for y in 0..<60 {
      for x in 0..<80 { (image[y, x, 0], image[y, x, 1]) = (UInt8(2 * x), UInt8(2 * y)) }
    }
    let pipeline = Pipeline {
      Crop(height: 50, width: 60)
      D4()
      Resize(height: 70, width: 90)
      Rotate(degrees: -30...30, border: .constant([255]))
      ShorterSide(pixels: 40)
    }
    let plan = pipeline.plan(for: image.size, key: SampleKey(seed: 2, epoch: 0, position: position))
    let result = plan.applied(to: image)
    let (y, x) = (result.height / 2, result.width / 2 + 3)
    let point = plan.matrix(x: Double(x), y: Double(y))
    #expect(abs(Double(result[y, x, 0]) / 2 - (point?.x ?? 0)) < 1)
    #expect(abs(Double(result[y, x, 1]) / 2 - (point?.y ?? 0)) < 1)
  }

  @Test("an enlarged crop that is turned: one resampling, close to two", arguments: 0..<12)
  func enlargedAndTurned(position: Int) {
    let image = texture(height: 60, width: 60, seed: 2).resized(to: Size(height: 240, width: 240))
    let pipeline = Pipeline {
      RandomResizedCrop(height: 224, width: 224, area: 0.1...0.5)
      Flip().applied(0.5)
      Rotate(degrees: 5...15)
    }
    let plan = pipeline.plan(for: image.size, key: SampleKey(seed: 5, epoch: 0, position: position))
    #expect(difference(plan.applied(to: image), stepwise(image, plan.actions)) < 2)
  }
}

@Suite("Doc comments")
struct DocumentationTests {
  /// The contract of a public transform's doc comment, read from the sources.
  @Test("every transform says its shape, units, randomness, errors and source")
  func contract() throws {
    let sources = URL(filePath: #filePath).appending(path: "../../../Sources/HoneAugment").standardized
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var checked = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated()
      where line.hasPrefix("public struct ")
        && [": Transform {", ": Composite {"].contains(where: { line.contains($0) })
      {
        let comment = lines[..<number].reversed().prefix { $0.hasPrefix("///") }.joined(separator: "\n")
        for part in ["- Shape:", "- Units:", "- Randomness:", "- Throws:", "- Source:"] {
          #expect(comment.contains(part), "\(file.lastPathComponent):\(number + 1) lacks \(part)")
        }
        checked += 1
      }
    }
    #expect(checked == Catalogue.transforms.count)
  }
}
