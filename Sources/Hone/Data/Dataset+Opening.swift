extension Dataset {
  /// Whatever is there: a folder of class folders, a table, CIFAR or IDX files, told apart by content.
  ///
  /// - Throws: `HoneError`, code `notFound` or `emptyData` when there is nothing that Hone reads.
  public init(at path: String) throws(HoneError) {
    switch FileKind(of: path) {
    case .absent, .brokenLink, .special:
      throw HoneError(
        .notFound, "'\(path)' is not there; give a folder of class folders, or a table of paths and labels", file: path)
    case .file: try self.init(file: path)
    case .folder: try self.init(anyFolder: path)
    }
  }

  private init(file path: String) throws(HoneError) {
    var reader = FileReader()
    if IDX.Header(try reader.read(path, upTo: 20)) != nil {
      try self.init(idx: path)
    } else if path.lowercased().hasSuffix(".bin") {
      try self.init(cifar: path)
    } else {
      try self.init(table: path)
    }
  }

  private init(anyFolder path: String) throws(HoneError) {
    switch try FolderContent(of: path) {
    case .pictures: try self.init(folder: path)
    case .cifar: try self.init(cifar: path)
    case .idx: try self.init(idx: path)
    case .table(let table): try self.init(table: table)
    }
  }
}

/// The kind of data set that a folder holds. Folders inside it mean class folders.
private enum FolderContent {
  case pictures, cifar, idx
  case table(String)

  init(of path: String) throws(HoneError) {
    let entries = try FolderListing(of: path).entries.filter { !$0.isHidden }
    let tables = entries.filter { $0.name.hasSuffix(".csv") || $0.name.hasSuffix(".tsv") }
    if entries.contains(where: \.kind.isFolder) {
      self = .pictures
    } else if entries.contains(where: { $0.name.hasSuffix(".bin") }) {
      self = .cifar
    } else if try Self.hasIDX(entries) {
      self = .idx
    } else if tables.count == 1 {
      self = .table(tables[0].path)
    } else {
      self = .pictures
    }
  }

  private static func hasIDX(_ entries: [FolderListing.Entry]) throws(HoneError) -> Bool {
    var reader = FileReader()
    for entry in entries where entry.name.contains("images") {
      guard case .file = entry.kind else { continue }
      if IDX.Header(try reader.read(entry.path, upTo: 20)) != nil { return true }
    }
    return false
  }
}
