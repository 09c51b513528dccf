import Foundation
import Testing

/// The contract of a public layer's doc comment, read from the sources.
@Suite struct `Layer documentation` {
  @Test func `every public layer says shape, units, what it throws, and its source`() throws {
    let folder = URL(filePath: #filePath).appending(path: "../../../../Sources/Hone/Model/Layers").standardized
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    var layers = 0
    for file in files where file.pathExtension == "swift" {
      var comment: [Substring] = []
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      {
        if line.hasPrefix("///") {
          comment.append(line)
        } else {
          let isLayer = ["LeafPlan", "LayerPlan {", ": Disturbance {"].contains { line.contains($0) }
          if line.hasPrefix("public "), isLayer, !line.contains("protocol") {
            layers += 1
            for part in ["- Shape:", "- Units:", "- Throws:", "- Source:"] {
              #expect(
                comment.contains { $0.contains(part) }, "\(part) is missing at \(line) in \(file.lastPathComponent)")
            }
          }
          comment = []
        }
      }
    }
    #expect(layers >= 11)
  }
}
