import Foundation
import Testing

@Suite struct `hone bench` {
  private static let small = ["bench", "--model", "resnet20-cifar", "--size", "32", "--batch", "4", "--seconds", "0"]

  @Test func `prints pace, machine and profile as tables`() throws {
    let bench = try Command(Self.small + ["--profile"])
    #expect(bench.code == 0, "\(bench.errors)")
    let lines = bench.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("resnet20-cifar, pictures of 32×32") == true)
    for start in ["training step", "inference", "machine: ", "conv2d 3×3", "batch_norm", "optimizer: adam", "the step"]
    {
      #expect(lines.contains { $0.hasPrefix(start) }, "\(start): \(bench.output)")
    }
  }

  @Test func `prints JSON for machines`() throws {
    let bench = try Command(Self.small + ["--json"])
    let report = try #require(try JSONSerialization.jsonObject(with: Data(bench.output.utf8)) as? [String: Any])
    let training = try #require(report["training"] as? [String: Any])
    #expect(training["batch"] as? Int == 4)
    #expect((training["median"] as? Double).map { $0 > 0 } == true)
    #expect(report["profile"] == nil)
  }

  @Test func `ends with 64 when it is misused`() throws {
    #expect(try Command("bench", "--model", "resnet20", "--classes", "1").code == 64)
    #expect(try Command("bench", "--model", "resnot").code == 64)
  }
}
