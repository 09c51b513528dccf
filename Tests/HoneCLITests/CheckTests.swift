import Foundation
import Testing

@Suite struct `hone check` {
  @Test func `names what is wrong and says whether training can begin`() throws {
    let pictures = try Pictures(perClass: 3)
    try FileManager.default.copyItem(
      atPath: pictures.photos + "/round/0.png", toPath: pictures.photos + "/striped 🦓/copy.png")
    try "no picture".write(toFile: pictures.photos + "/round/broken.png", atomically: true, encoding: .utf8)
    let check = try Command("check", "photos", in: pictures.folder)
    #expect(check.code == 0, "\(check.errors)")
    #expect(check.output.contains("broken.png"))
    #expect(check.output.contains("copy.png"))
    #expect(try Command("check", "photos", "--strict", in: pictures.folder).code == 2)

    let json = try Command("check", "photos", "--json", in: pictures.folder)
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((report["duplicates"] as? [Any])?.isEmpty == false)
  }

  @Test func `ends with 2 when a class has nothing to learn from`() throws {
    let pictures = try Pictures(perClass: 2)
    try FileManager.default.createDirectory(atPath: pictures.photos + "/empty", withIntermediateDirectories: true)
    let check = try Command("check", "photos", in: pictures.folder)
    #expect(check.code == 2)
    #expect(check.errors.contains("empty"))
  }
}
