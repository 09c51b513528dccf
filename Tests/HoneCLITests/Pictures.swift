import Foundation
import HoneImage

/// A folder of pictures made by the test, gone when the value goes.
final class Pictures {
  let folder: String
  /// The folder of class folders inside it.
  let photos: String

  /// - Parameter perClass: pictures of each of the two classes, bright circles and dark stripes.
  init(perClass: Int = 10, side: Int = 16) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hone-cli-\(UUID().uuidString)").path
    photos = folder + "/photos"
    for (name, draw) in [("round", Self.circle), ("striped 🦓", Self.stripe)] {
      try FileManager.default.createDirectory(atPath: "\(photos)/\(name)", withIntermediateDirectories: true)
      for number in 0..<perClass {
        var picture = Image<UInt8>(height: side, width: side, channels: 3)
        for index in picture.elements.indices {
          let (y, x) = (index / 3 / side, index / 3 % side)
          picture.elements[index] = UInt8(draw(y, x, number, side) ? 230 - number : 20 + number)
        }
        try picture.writePNG(to: "\(photos)/\(name)/\(number).png")
      }
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func circle(_ y: Int, _ x: Int, _ number: Int, _ side: Int) -> Bool {
    let (dy, dx) = (y - side / 2 + number % 3, x - side / 2 + number / 3 % 3)
    return dy * dy + dx * dx < side * side / 9
  }

  private static func stripe(_ y: Int, _ x: Int, _ number: Int, _ side: Int) -> Bool { (y + number) % 4 < 2 }

  func contents(of path: String) throws -> String { try String(contentsOfFile: folder + "/" + path, encoding: .utf8) }
}
