import HoneImage
import Synchronization

/// Pictures made from files, each once, and kept for the process.
final class FileMemory: Sendable {
  private static let most = 256
  private let kept = Mutex<[String: Image<UInt8>]>([:])

  /// What is kept for a path, or else made; nil is not kept.
  func picture(_ path: String, make: () -> Image<UInt8>?) -> Image<UInt8>? {
    if let picture = kept.withLock({ $0[path] }) { return picture }
    guard let made = make() else { return nil }
    kept.withLock { kept in
      if kept.count >= Self.most { kept.removeAll() }
      kept[path] = made
    }
    return made
  }
}

/// Pictures that others are made to look like: decoded once, small, and kept for the process.
enum References {
  /// Longest side that is kept; statistics and low frequencies need no more.
  private static let side = 512
  private static let memory = FileMemory()

  /// The picture of a file; nil where it cannot be read, which `problem` has said before.
  static func picture(_ path: String) -> Image<UInt8>? { memory.picture(path) { small(path, .rgb) } }

  /// The picture of a file, shrunk to at most 512 pixels a side.
  static func small(_ path: String, _ channels: ChannelLayout) -> Image<UInt8>? {
    let options = DecodeOptions(channels: channels, atLeast: Size(height: side, width: side))
    guard let whole = try? Image<UInt8>(contentsOf: path, options: options) else { return nil }
    let scale = min(1, Double(side) / Double(max(whole.height, whole.width)))
    return whole.resized(
      to: Size(
        height: max(1, Int(Double(whole.height) * scale)), width: max(1, Int(Double(whole.width) * scale))))
  }

  /// What is wrong with a list of files.
  static func problem(_ paths: [String]) -> String? {
    for path in paths {
      do { _ = try ImageInfo(contentsOf: path) } catch {
        return "the reference \(path) cannot be read: \(error.message)"
      }
    }
    return nil
  }

  /// One of the files, evenly; nil where there is none.
  static func pick(_ paths: [String], _ stream: inout RandomStream) -> String? {
    paths.isEmpty ? nil : paths[stream.integer(0...paths.count - 1)]
  }
}

extension Image where Element == UInt8 {
  /// How often each level occurs in one channel.
  func histogram(_ channel: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: 256)
    for index in stride(from: channel, to: elements.count, by: channels) { counts[Int(elements[index])] += 1 }
    return counts
  }

  /// Each of the first channels through its own table.
  mutating func map(_ tables: [[UInt8]]) {
    let channels = channels
    elements.withUnsafeMutableBufferPointer { pixels in
      for (channel, table) in tables.enumerated() where channel < channels {
        for index in stride(from: channel, to: pixels.count, by: channels) {
          pixels[index] = table[Int(pixels[index])]
        }
      }
    }
  }
}
