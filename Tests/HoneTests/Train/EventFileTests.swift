import Foundation
import Hone
import Testing

@Suite struct EventFileTests {
  static func epoch(_ number: Int) -> EpochMetrics {
    EpochMetrics(
      epoch: number, trainLoss: 1 / Double(number), trainAccuracy: 0.5, validationLoss: 0.75, validationAccuracy: 0.25,
      learningRate: 0.001, seconds: 2, imagesPerSecond: 300)
  }

  @Test("The checksum is CRC-32C")
  func checksum() {
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xe306_9283)
    #expect(CRC32C.of([]) == 0)
  }

  @Test("A record is what TensorFlow's own writer makes of the same event")
  func bytes() throws {
    let expected = try Golden("event.json", as: [String: [UInt8]].self).content
    #expect(EventFile.record(EventFile.versionEvent(at: 1234.5)) == expected["version"])
    let event = EventFile.event(step: 300, at: 1235.25, scalars: [("train/loss", 0.125), ("validation/accuracy", -3)])
    #expect(EventFile.record(event) == expected["event"])
  }

  @Test("A resumed file keeps the epochs that count, whatever a kill left behind them")
  func resume() async throws {
    try await withFolder { folder in
      let file = try EventFile(folder: folder, keepingEpochs: 0)
      for number in 1...3 { try file.append(Self.epoch(number), at: Double(number)) }
      let whole = try [UInt8](Data(contentsOf: URL(filePath: file.path)))
      #expect(EventFile.whole(whole, records: 99) == whole)
      #expect(EventFile.whole(Array(whole.dropLast(5)), records: 99) == EventFile.whole(whole, records: 3))
      let again = try EventFile(folder: folder, keepingEpochs: 2)
      #expect(again.path == file.path)
      let kept = try [UInt8](Data(contentsOf: URL(filePath: file.path)))
      #expect(kept == EventFile.whole(whole, records: 3) && kept.count < whole.count)
    }
  }
}
