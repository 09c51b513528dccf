import Foundation

/// Paths as text; no file is touched.
enum Paths {
  static func join(_ folder: String, _ name: String) -> String {
    name.hasPrefix("/") ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  static func relative(_ path: String, to root: String) -> String {
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }

  /// The last part, without the slashes around it.
  static func last(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// What a path leads to, symbolic links followed.
enum FileKind: Equatable {
  /// Device and number tell one folder from another, whatever the path that led there.
  struct Identity: Hashable {
    let device: UInt64
    let number: UInt64
  }

  case folder(Identity)
  case file(bytes: Int)
  /// A pipe, a socket, a device: never opened, because opening can wait for ever.
  case special
  case brokenLink
  case absent

  init(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = lstat(path, &status) == 0 ? .brokenLink : .absent
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      self = .folder(
        Identity(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino)))
    case S_IFREG: self = .file(bytes: Int(status.st_size))
    default: self = .special
    }
  }

  var isFolder: Bool { if case .folder = self { true } else { false } }
}

/// One folder's entries, sorted by the bytes of their names.
struct FolderListing {
  struct Entry {
    let name: String
    let path: String
    let kind: FileKind
    /// Hidden files and the folders that macOS leaves in archives.
    var isHidden: Bool { name.hasPrefix(".") || name == "__MACOSX" }
  }

  let entries: [Entry]
  /// Entries whose names are not UTF-8, repaired for printing; they cannot be opened.
  let unnameable: [String]

  init(of path: String) throws(HoneError) {
    guard let folder = opendir(path) else {
      let code: HoneError.Code = errno == ENOENT ? .notFound : .unreadable
      throw HoneError(
        code, "cannot list the folder '\(path)' (\(String(cString: strerror(errno)))); check the path and your rights",
        file: path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    var unnameable: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { (String(validatingCString: $0), String(cString: $0)) }
      }
      if let valid = name.0 { names.append(valid) } else { unnameable.append(name.1) }
    }
    self.unnameable = unnameable.sorted()
    entries = names.filter { $0 != "." && $0 != ".." }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .map { name in
        let full = Paths.join(path, name)
        return Entry(name: name, path: full, kind: FileKind(of: full))
      }
  }
}

/// Reads files into a buffer that is kept from one file to the next.
struct FileReader: ~Copyable {
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  deinit { buffer.deallocate() }

  /// The first `count` bytes of a file, or all of it where it is shorter. Not kept: good until the next call.
  mutating func read(_ path: String, upTo count: Int = .max) throws(HoneError) -> UnsafeRawBufferPointer {
    let file = try Self.open(path)
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw HoneError(.unreadable, "'\(path)' is not a file", file: path)
    }
    let wanted = min(count, Int(status.st_size))
    return try fill(from: file, offset: 0, count: wanted, path: path)
  }

  /// `count` bytes at `offset`; fewer are an error.
  mutating func read(_ path: String, offset: Int, count: Int) throws(HoneError) -> UnsafeRawBufferPointer {
    let file = try Self.open(path)
    defer { close(file) }
    let bytes = try fill(from: file, offset: offset, count: count, path: path)
    guard bytes.count == count else {
      throw HoneError(.malformed, "'\(path)' ends before byte \(offset + count); it was cut short", file: path)
    }
    return bytes
  }

  private static func open(_ path: String) throws(HoneError) -> Int32 {
    let file = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      let code: HoneError.Code = errno == ENOENT ? .notFound : .unreadable
      throw HoneError(code, "cannot open '\(path)': \(String(cString: strerror(errno)))", file: path)
    }
    return file
  }

  private mutating func fill(
    from file: Int32, offset: Int, count: Int, path: String
  ) throws(HoneError) -> UnsafeRawBufferPointer {
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(byteCount: count + count / 4, alignment: 16)
    }
    var done = 0
    while done < count, let base = buffer.baseAddress {
      let got = pread(file, base + done, count - done, off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw HoneError(.unreadable, "cannot read '\(path)': \(String(cString: strerror(errno)))", file: path)
      }
      if got == 0 { break }
      done += got
    }
    return UnsafeRawBufferPointer(rebasing: buffer[..<done])
  }
}
