import Foundation
import HoneImage
import Testing

@Suite struct `hone augment, looking things up` {
  @Test func `lists every transform by family, for people and for machines`() throws {
    let list = try Command("augment", "--list")
    #expect(list.code == 0)
    #expect(list.output.contains("Policies"))
    #expect(list.output.contains("  RandomResizedCrop"))
    struct Listing: Decodable {
      struct Entry: Decodable { let name: String }
      let transforms: [Entry]
      let leftOut: [Reason]
      struct Reason: Decodable { let reason: String }
    }
    let json = try Command("augment", "--list", "--json")
    let listing = try JSONDecoder().decode(Listing.self, from: Data(json.output.utf8))
    #expect(listing.transforms.count > 55)
    #expect(listing.leftOut.allSatisfy { !$0.reason.isEmpty })
  }

  @Test(arguments: [
    ("RandomResizedCrop", "0 … 1"), ("RandomPosterize", "Posterize: "), ("rotation_range", "KerasAffine"),
    ("mixup", "Blends"),
  ]) func `says what goes by a name, other libraries' names too`(_ name: String, fact: String) throws {
    let found = try Command("augment", "--describe", name)
    #expect(found.code == 0)
    #expect(found.output.contains(fact), "\(found.output)")
  }

  @Test(arguments: [("Rotat", "'Rotate'"), ("CenterCrop3D", "volumes")]) func `says why there is none`(
    _ name: String, fact: String
  ) throws {
    let missing = try Command("augment", "--describe", name)
    #expect(missing.code == 2)
    #expect(missing.errors.contains(fact), "\(missing.errors)")
  }

  @Test func `writes as many copies as there are pictures, whatever their names`() throws {
    let pictures = try Pictures(perClass: 2)
    let round = pictures.folder + "/photos/round/"
    try Image<UInt8>(contentsOf: round + "0.png").writePNG(to: round + "1.extra.png")
    try Image<UInt8>(contentsOf: round + "0.png").writeJPEG(to: round + "0.jpg")
    let run = try Command("augment", "photos", "--only", "Flip", "--write", "out", "--copies", "2", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    let written = try FileManager.default.contentsOfDirectory(atPath: pictures.folder + "/out/round")
    #expect(written.count == 8, "\(written)")
  }

  @Test func `makes a page of every transform that needs nothing else`() throws {
    let pictures = try Pictures(perClass: 2, side: 24)
    let run = try Command("augment", "photos", "--gallery", "page.html", in: pictures.folder)
    #expect(run.code == 0 && run.output.contains("gallery: page.html"), "\(run.errors)")
    let page = try pictures.contents(of: "page.html")
    for name in ["RandomResizedCrop", "CopyPaste", "HistogramMatching", "AugMix"] {
      #expect(page.contains("id=\"\(name)\""))
    }
    #expect(!page.contains("src=\"http"))
  }

  @Test func `shows one step alone, and a pipeline of its own file`() throws {
    let pictures = try Pictures(perClass: 2)
    let alone = try Command(
      "augment", "photos", "--only", "Rotate:degrees=90...90", "--write", "out", "--copies", "1", in: pictures.folder)
    #expect(alone.code == 0, "\(alone.errors)")
    let turned = try Image<UInt8>(contentsOf: pictures.folder + "/out/round/round_1-1.png")
    let text = #"{"formatVersion": 1, "steps": [{"Rotate": {"degrees": [90, 90]}}]}"#
    try Data(text.utf8).write(to: URL(filePath: pictures.folder + "/turn.json"))
    let file = try Command(
      "augment", "photos", "--pipeline", "turn.json", "--write", "same", "--copies", "1", in: pictures.folder)
    #expect(file.code == 0, "\(file.errors)")
    #expect(try Image<UInt8>(contentsOf: pictures.folder + "/same/round/round_1-1.png") == turned)
    let misspelt = try Command(
      "augment", "photos", "--only", "Rotat", "--preview", "grid.png", in: pictures.folder)
    #expect(misspelt.code != 0 && misspelt.errors.contains("Rotate"))
  }
}
