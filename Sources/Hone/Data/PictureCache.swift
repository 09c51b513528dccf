import HoneImage
import Synchronization

/// Keeps decoded pictures up to a limit of bytes, so that small data sets are decoded once.
///
/// What is kept stays: in a loop over all pictures, throwing out the oldest would never find any. May be shared by the
/// loaders of several trainings on the same files; files that change meanwhile are not noticed.
///
/// - Units: bytes of pixels.
public final class PictureCache: Sendable {
  public let byteLimit: Int
  private let state = Mutex(State())

  public init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Bytes kept now.
  public var bytes: Int { state.withLock { $0.bytes } }

  private struct Key: Hashable {
    let path: String
    let channels: Int
    let size: Size
  }

  private struct State {
    var infos: [String: ImageInfo] = [:]
    var pictures: [Key: Image<UInt8>] = [:]
    var bytes = 0
  }

  func info(of path: String) -> ImageInfo? { state.withLock { $0.infos[path] } }

  func picture(_ path: String, channels: Int, size: Size) -> Image<UInt8>? {
    state.withLock { $0.pictures[Key(path: path, channels: channels, size: size)] }
  }

  func hasRoom(for bytes: Int) -> Bool { state.withLock { $0.bytes + bytes <= byteLimit } }

  func keep(_ image: Image<UInt8>, _ info: ImageInfo, path: String) {
    let key = Key(path: path, channels: image.channels, size: image.size)
    state.withLock { state in
      guard state.pictures[key] == nil, state.bytes + image.elements.count <= byteLimit else { return }
      state.infos[path] = info
      state.pictures[key] = image
      state.bytes += image.elements.count
    }
  }
}
