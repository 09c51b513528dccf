import Foundation

/// Where the system's loader found a library of this process.
enum LoadedLibrary {
  static func path(named name: String) -> String? {
    #if os(Linux)
      // Its size reads as zero, so it is read to its end rather than by its size.
      guard let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return nil }
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").lazy
        .compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
        .first { $0.contains("/\(name).") }
    #else
      return (0..<_dyld_image_count()).lazy
        .compactMap { _dyld_get_image_name($0).map { String(cString: $0) } }
        .first { $0.contains("/\(name).") }
    #endif
  }
}
