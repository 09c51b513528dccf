import Foundation
import HoneAugment
import Testing

@Suite("docs/augmentation.md")
struct DocumentationTests {
  private func page() throws -> String {
    try String(
      contentsOf: URL(filePath: #filePath).appending(path: "../../../docs/augmentation.md").standardized,
      encoding: .utf8)
  }

  @Test("it names every transform")
  func catalogue() throws {
    let page = try page()
    for type in Catalogue.transforms { #expect(page.contains("`\(type.name)`"), "\(type.name)") }
  }

  @Test("its pipelines can be read")
  func examples() throws {
    let blocks = try page().components(separatedBy: "```json\n").dropFirst()
    #expect(!blocks.isEmpty)
    for block in blocks {
      let json = block.components(separatedBy: "```")[0]
      #expect(throws: Never.self) { try JSONDecoder().decode(Pipeline.self, from: Data(json.utf8)) }
    }
  }
}
