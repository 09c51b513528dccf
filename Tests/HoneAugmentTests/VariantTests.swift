import CHoneKernels
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// Every instruction set gives the same bytes; on a machine that has only one, this compares it with itself.
@Suite("Kernel variants", .serialized)
struct VariantTests {
  private func onEveryLevel<Result>(_ body: () -> Result) -> [Result] {
    defer { hk_use_level(hk_best_level()) }
    return (0...hk_best_level()).map { level in
      hk_use_level(level)
      return body()
    }
  }

  private func bytes(of plan: Plan, _ image: Image<UInt8>, _ precision: BatchPrecision, _ layout: BatchLayout)
    -> [UInt8]
  {
    let size = plan.outputSize
    let batch = Batch(
      count: 1, channels: image.channels, height: size.height, width: size.width, classes: 1, precision: precision,
      layout: layout)
    plan.write(image, normalization: .imageNet, into: batch, slot: 0)
    return Array(UnsafeRawBufferPointer(start: batch.slot(0), count: batch.stride))
  }

  @Test("every transform, into pictures and batches", arguments: Catalogue.transforms.map { $0.name })
  func transforms(name: String) throws {
    let type = try #require(Registry.transforms.first { $0.name == name })
    for (size, channels) in [
      (Size(height: 61, width: 83), 3), (Size(height: 5, width: 130), 3), (Size(height: 40, width: 33), 1),
    ] {
      let image = TestPicture.noise(height: size.height, width: size.width, channels: channels)
      for position in 0..<6 {
        let plan = Pipeline([Step(type.standard)])
          .plan(for: size, channels: channels, key: SampleKey(seed: 9, epoch: 0, position: position))
        let pictures = onEveryLevel { plan.applied(to: image) }
        #expect(pictures.allSatisfy { $0 == pictures[0] }, "\(plan)")
        for precision in [BatchPrecision.float32, .bfloat16, .uint8] {
          for layout in [BatchLayout.planar, .interleaved] {
            let batches = onEveryLevel { bytes(of: plan, image, precision, layout) }
            #expect(batches.allSatisfy { $0 == batches[0] }, "\(plan)")
          }
        }
      }
    }
  }

  @Test("every border, interpolation and resize filter")
  func geometry() {
    let image = TestPicture.noise(height: 57, width: 75)
    let matrix = Matrix3.rotation(degrees: 21).about(x: 30, y: 20) * .scaling(x: 0.8, y: 1.3)
    var tilted = matrix
    tilted.m[6] = 0.003
    for border in [Border.black, .edge, .reflect, .reflect101, .wrap] {
      for interpolation in [Interpolation.nearest, .bilinear, .bicubic] {
        for map in [matrix, tilted] {
          let warp = Warp(matrix: map, size: Size(height: 61, width: 79), border: border, interpolation: interpolation)
          let pictures = onEveryLevel { changed(image, .warp(warp)) }
          #expect(pictures.allSatisfy { $0 == pictures[0] })
        }
      }
    }
    for filter in ResizeFilter.allCases {
      for size in [Size(height: 20, width: 31), Size(height: 111, width: 140)] {
        let box = Box(y: 1.3, x: 2.7, height: 50.2, width: 70.9)
        for channels in [1, 3, 4, 5] {
          let image = TestPicture.noise(height: 57, width: 75, channels: channels)
          let pictures = onEveryLevel { changed(image, .resize(box, size, filter)) }
          #expect(pictures.allSatisfy { $0 == pictures[0] }, "\(filter), \(channels) channels")
        }
      }
    }
  }

  @Test("mixing", arguments: [BatchPrecision.float32, .bfloat16, .uint8])
  func mixing(precision: BatchPrecision) {
    let results = onEveryLevel {
      let batch = Batch(count: 2, channels: 3, height: 9, width: 11, classes: 2, precision: precision)
      for slot in 0..<2 {
        let image = TestPicture.noise(height: 9, width: 11, seed: UInt64(slot + 5))
        Plan(image, []).write(image, normalization: .imageNet, into: batch, slot: slot)
      }
      MixStep(slots: [0, 1], how: .blend(0.3)).apply(to: batch)
      return Array(UnsafeRawBufferPointer(start: batch.pixels, count: 2 * batch.stride))
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
