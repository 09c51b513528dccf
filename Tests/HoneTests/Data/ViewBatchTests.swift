import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// Several views of each picture in one batch.
@Suite("Batches of views")
struct ViewBatchTests {
  private let folder: TemporaryFolder
  private let data: Dataset

  init() throws {
    folder = try TemporaryFolder()
    for number in 0..<10 {
      let picture = TestPicture.noise(height: 50, width: 60 + number, seed: UInt64(number))
      try folder.write("\(number % 2 == 0 ? "even" : "odd")/\(number)", picture.pngEncoded())
    }
    data = try Dataset(at: folder.path)
  }

  private static let plain = Pipeline {
    RandomResizedCrop(height: 24, width: 32)
    Flip(.horizontal).applied(0.5)
  }

  private func batches(
    _ policy: (any Transform)?, views: Int, workers: Int = 2, mixing: Mixing? = nil
  ) throws -> [BatchCopy] {
    let pipeline = Pipeline(Self.plain.steps + (policy.map { [Step($0)] } ?? []))
    let options = Loader.Options(
      pipeline: pipeline, inputSize: Size(height: 24, width: 32), normalization: .imageNet, batchSize: 4,
      shuffles: true, seed: 3, mixing: mixing, views: views, workers: workers)
    return try LoaderTests.batches(Loader(data, options: options).epoch(1))
  }

  private func parts(_ batch: BatchCopy, _ views: Int) -> [[UInt8]] {
    let length = batch.pixels.count / views
    return (0..<views).map { Array(batch.pixels[$0 * length..<($0 + 1) * length]) }
  }

  @Test("The first view is without the policy, the second the ordinary one, the third another", arguments: [0, 1])
  func views(which: Int) throws {
    let policy: any Transform = which == 0 ? AugMix() : RandAugment()
    let (three, ordinary) = (try batches(policy, views: 3), try batches(policy, views: 1))
    let without = try batches(nil, views: 1)
    #expect(three.count == 3)
    for number in three.indices {
      let views = parts(three[number], 3)
      #expect(views[0] == without[number].pixels)
      #expect(views[1] == ordinary[number].pixels)
      #expect(views[2] != views[1] && views[2] != views[0])
      #expect(three[number].indices == ordinary[number].indices + ordinary[number].indices + ordinary[number].indices)
      #expect(three[number].labels == ordinary[number].labels + ordinary[number].labels + ordinary[number].labels)
    }
  }

  @Test("They are the same for any number of workers")
  func workers() throws {
    let one = try batches(AugMix(), views: 3, workers: 1)
    for workers in [2, 8] { #expect(try batches(AugMix(), views: 3, workers: workers) == one) }
  }

  @Test("A picture that cannot be read is missing from every view")
  func lost() throws {
    let whole = try batches(AugMix(), views: 2)
    let gone = whole[0].indices[1]
    try FileManager.default.removeItem(atPath: data.samples[gone].file)
    let rest = try batches(AugMix(), views: 2)
    #expect(rest[0].indices == whole[0].indices.filter { $0 != gone })
    let length = whole[0].pixels.count / 8
    let kept = whole[0].pixels.indices.filter { $0 / length % 4 != 1 }.map { whole[0].pixels[$0] }
    #expect(rest[0].pixels == kept)
    #expect(Array(rest.dropFirst()) == Array(whole.dropFirst()))
  }

  @Test("Views and mixing exclude each other")
  func mixed() throws {
    let error = #expect(throws: HoneError.self) { try batches(AugMix(), views: 3, mixing: Mixing()) }
    #expect(error?.message.contains("mixing") == true)
  }
}
