#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes files whole or not at all.
///
/// The bytes go to a temporary name in the same folder, are synced, renamed over the target, and the folder is synced:
/// after a crash at any moment the target is either the old file or the new one.
///
/// - Throws: `ImageError.writeFailed`, naming the file; nothing is left behind.
/// - Source: none: ours.
public enum AtomicFile {
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws(ImageError) {
    let (file, temporary) = try create(beside: path)
    do throws(ImageError) {
      do throws(ImageError) {
        try writeAll(bytes, to: file, path)
        guard fsync(file) == 0 else { throw failure(path) }
      } catch {
        close(file)
        throw error
      }
      guard close(file) == 0, rename(temporary, path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(of: path)
  }

  public static func write(_ bytes: some Collection<UInt8>, to path: String) throws(ImageError) {
    try withRawBytes(of: bytes) { raw throws(ImageError) in try write(raw, to: path) }
  }

  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws(ImageError) {
    try write(Array(text.utf8), to: path)
  }

  private static func failure(_ path: String) -> ImageError {
    ImageError(
      .writeFailed, "cannot be written: \(systemReason()); check the folder, its permissions and free space", path: path
    )
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.index(after: slash)...])
  }

  /// A new file in the folder of `path`, with the permissions that a plain new file would get.
  private static func create(beside path: String) throws(ImageError) -> (file: Int32, name: String) {
    let (folder, name) = split(path)
    for _ in 0..<100 {
      let candidate = "\(folder)/.\(name.prefix(60)).\(UInt64.random(in: 0...UInt64.max)).tmp"
      let file = open(candidate, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if file >= 0 { return (file, candidate) }
      guard errno == EEXIST else { break }
    }
    throw failure(path)
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: String
  ) throws(ImageError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest))
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes the rename itself last; a folder that cannot be synced (some network file systems) is no failure.
  private static func syncFolder(of path: String) {
    let folder = open(split(path).folder, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}

/// The system call, whose name the methods above would hide.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
