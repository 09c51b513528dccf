import Foundation
import Hone
import HoneAugment
import HoneImage
import Testing

@Suite struct TransformGalleryTests {
  /// Entries that are shown as one picture each.
  static let shown = Catalogue.entries.filter { $0.family != .mixing && $0.family != .composition }

  @Test func `the page shows every transform that changes one picture, with what others call it`() throws {
    let folder = URL.temporaryDirectory.appending(path: "gallery-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "it's a reference.png").path
    try SampleReport.image(9).writePNG(to: file)
    let page = try TransformGallery((1...3).map { SampleReport.image($0) }, reference: file).html()
    for entry in Self.shown {
      #expect(page.contains("id=\"\(entry.name)\""), "\(entry.name)")
      #expect(page.contains(Self.escaped(entry.summary)), "\(entry.name)")
    }
    #expect(!page.contains("src=\"http"))
    // A range that is one number is written as one, and one about zero is not.
    #expect(page.contains("<figcaption>degrees 8</figcaption>"))
    #expect(page.contains("<figcaption>levels -10...10</figcaption>"))
  }

  @Test func `every setting can be written on a command line`() throws {
    for entry in Catalogue.entries {
      for step in GallerySettings.of(entry.name).steps where entry.family != .mixing && entry.family != .composition {
        #expect(throws: Never.self, "\(step)") { try Step(written: step) }
      }
    }
  }

  /// Settings of strength keep the picture's size; those that resize or are drawn at random have no order.
  @Test(arguments: ["Shift", "GaussianBlur", "GaussianNoise", "Contrast", "JPEG", "Elastic", "Fog", "PixelDropout"])
  func `a stronger setting changes more`(name: String) throws {
    let picture = SampleReport.image(4, side: 128)
    let changes = try GallerySettings.of(name).steps.map { text in
      let plan = Pipeline([try Step(written: text)]).plan(
        for: picture.size, key: SampleKey(seed: 1, epoch: 0, position: 0))
      return Self.difference(plan.applied(to: picture), picture)
    }
    #expect(changes == changes.sorted() && changes[0] > 0, "\(changes)")
  }

  private static func difference(_ a: Image<UInt8>, _ b: Image<UInt8>) -> Double {
    zip(a.elements, b.elements).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.elements.count)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("'", with: "&#39;").replacing("\"", with: "&quot;")
  }
}
