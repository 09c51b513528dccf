#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The bytes of a collection without a copy where it has them in one piece.
func withRawBytes<Result>(
  of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
) throws(ImageError) -> Result {
  let outcome = bytes.withContiguousStorageIfAvailable { storage in
    attempt { () throws(ImageError) in try body(UnsafeRawBufferPointer(storage)) }
  }
  if let outcome { return try outcome.get() }
  return try Array(bytes).withUnsafeBytes { raw in
    attempt { () throws(ImageError) in try body(raw) }
  }.get()
}

private func attempt<T>(_ body: () throws(ImageError) -> T) -> Swift.Result<T, ImageError> {
  do throws(ImageError) { return .success(try body()) } catch { return .failure(error) }
}

/// Reads a file whole and hands its bytes on; errors name the file.
func withFile<Result>(
  _ path: String, _ body: (UnsafeRawBufferPointer) throws(ImageError) -> Result
) throws(ImageError) -> Result {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw unreadable(path) }
  defer { close(file) }
  do throws(ImageError) {
    let bytes = try readAll(file, path)
    defer { free(bytes.baseAddress) }
    return try body(UnsafeRawBufferPointer(bytes))
  } catch {
    throw error.at(path)
  }
}

private func unreadable(_ path: String) -> ImageError {
  ImageError(.unreadable, "cannot be read: \(systemReason()); check the name and the permissions", path: path)
}

func systemReason() -> String { String(cString: strerror(errno)) }

/// No picture file is longer; an endless device is not read for ever.
private let longestFile = 1 << 31

/// Everything up to the end of the file, in memory for `free`. One read is enough for a file that does not change.
private func readAll(_ file: Int32, _ path: String) throws(ImageError) -> UnsafeMutableRawBufferPointer {
  var status = stat()
  let expected = fstat(file, &status) == 0 && status.st_size > 0 ? Int(status.st_size) : 1 << 16
  var capacity = expected + 1
  guard expected <= longestFile, var memory = malloc(capacity) else {
    throw ImageError(.tooLarge, "\(expected) bytes are too long for a picture; is this one?")
  }
  var length = 0
  while true {
    let count = read(file, memory + length, capacity - length)
    if count == 0 { return UnsafeMutableRawBufferPointer(start: memory, count: length) }
    if count < 0 {
      if errno == EINTR { continue }
      let failure = unreadable(path)
      free(memory)
      throw failure
    }
    length += count
    guard length == capacity else { continue }
    capacity *= 2
    guard length <= longestFile, let larger = realloc(memory, capacity) else {
      free(memory)
      throw length > longestFile
        ? ImageError(.tooLarge, "longer than \(longestFile) bytes; is this a picture?")
        : ImageError(.outOfMemory, "no memory for \(capacity) bytes; free some")
    }
    memory = larger
  }
}
