import Foundation
import HoneAugment
import Testing

@Suite("The catalogue")
struct CatalogueTests {
  @Test("every transform has a line in the table of notes, and every line a transform")
  func complete() { #expect(Catalogue.incomplete == [], "see Engine/Catalogue+Notes.swift") }

  @Test("names are found whatever their case, Hone's own first, and other libraries' too")
  func search() {
    #expect(Catalogue.entries(named: "randomresizedcrop").map(\.name) == ["RandomResizedCrop"])
    #expect(Catalogue.entries(named: "HueSaturationValue").map(\.name) == ["Saturation", "Hue", "HSVShift"])
    #expect(Catalogue.entries(named: "GaussianBlur").first?.name == "GaussianBlur")
    #expect(Catalogue.entries(named: "nothing such").isEmpty)
  }

  @Test("a synonym is written once per library and transform, and leads back to it")
  func synonyms() {
    for entry in Catalogue.entries {
      for (library, names) in entry.synonyms {
        #expect(Set(names).count == names.count, "\(entry.name), \(library)")
        for name in names { #expect(Catalogue.entries(named: name).contains(entry), "\(name)") }
      }
    }
  }

  @Test("every name of every library leads to a transform or to the reason why there is none", arguments: Peer.allCases)
  func peers(peer: Peer) throws {
    let names = try #require(peerNames[peer]).split(whereSeparator: \.isWhitespace).map(String.init)
    let known = Set(Catalogue.entries.flatMap { $0.names(in: peer) })
    let leftOut = Set(Catalogue.leftOut.filter { $0.peer == peer }.flatMap(\.names))
    #expect(names.filter { !known.contains($0) && !leftOut.contains($0) } == [])
    #expect(leftOut.subtracting(names) == [])
  }

  @Test("parameters come with their defaults and with what the transform itself refuses")
  func parameters() throws {
    func range(_ transform: String, _ parameter: String) throws -> String {
      let entry = try #require(Catalogue.entries(named: transform).first)
      return try #require(entry.parameters.first { $0.name == parameter }).range
    }
    #expect(try range("OneOf", "weights") == "a list of numbers")
    #expect(try range("OneOf", "steps") == "a list of steps")
    #expect(try range("CoarseDropout", "within") == "a list of regions, four fractions each")
    #expect(try range("Colorize", "dark") == "levels, 0 … 255")
    #expect(try range("Crop", "height") == "1 … 65535")
    #expect(try range("Rotate", "degrees") == "a range within −∞ … ∞")
    #expect(try range("Rotate", "interpolation") == "nearest, bilinear, bicubic")
    #expect(try range("Rotate", "grows") == "true or false")
    #expect(try range("RandomResizedCrop", "area") == "a range within 0 … 1")
    #expect(try range("Posterize", "bits") == "a range within 0 … 8")
    #expect(try range("Erase", "filling") == "black, gray, color, noise")
    #expect(try range("HistogramMatching", "references") == "a list of picture files")
    #expect(Catalogue.entries(named: "Flip").first?.parameters.first?.standard == "horizontal")
  }

  @Test("docs/transforms.md is what the catalogue says")
  func page() throws {
    let path = URL(filePath: #filePath).appending(path: "../../../docs/transforms.md").standardized
    if ProcessInfo.processInfo.environment["HONE_WRITE_DOCS"] != nil {
      try Catalogue.markdown.write(to: path, atomically: true, encoding: .utf8)
    }
    let written = try? String(contentsOf: path, encoding: .utf8)
    #expect(written == Catalogue.markdown, "make it anew: HONE_WRITE_DOCS=1 swift test --filter CatalogueTests")
  }
}
