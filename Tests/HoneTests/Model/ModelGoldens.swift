import Foundation

/// The reference values beside the tests; the script that made each lies next to it.
enum ModelGoldens {
  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).appending(path: "../../Goldens/\(name)").standardized
  }

  static func decode<T: Decodable>(_ type: T.Type, from name: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }
}
