import Foundation

extension Dataset {
  /// A folder with one folder of pictures per class; or `train`, `val` and `test` folders that each hold such folders.
  ///
  /// - Classes are the names of the class folders, sorted by bytes; a class folder is searched to any depth.
  /// - A file counts as a picture by its content, not by its name.
  /// - Parts: `train` beside at least one of `val`, `valid`, `validation`, `dev`, `test`, or alone, when `train` holds
  ///   folders and no pictures of its own; else the data set comes in one piece.
  /// - A folder that holds one folder of folders, as archives often unpack, means that inner folder.
  /// - Hidden entries, `__MACOSX`, special files and files outside class folders are passed over and listed in
  ///   `problems`. Symbolic links are followed; no folder is entered twice for one class, so loops end.
  /// - Throws: `HoneError` when the folder cannot be listed or holds no class folder with a picture.
  public init(folder path: String) throws(HoneError) {
    let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    var tree = ClassTree(root: root)
    let top = try tree.list(root)
    let parts = try tree.parts(in: top)
    if parts == nil, let inner = try tree.onlyFolderOfFolders(in: top) {
      self = try Dataset(folder: inner)
      return
    }
    if let parts {
      for (part, entry) in parts { tree.collectClasses(in: try tree.list(entry.path), part: part) }
    } else {
      tree.collectClasses(in: top, part: nil)
    }
    self = try tree.dataset(inParts: parts != nil)
  }
}

/// Collects the pictures of a folder of class folders.
private struct ClassTree {
  let root: String
  var found: [(path: String, label: String, part: Dataset.Part?)] = []
  var classNames: Set<String> = []
  var problems: [DataProblem] = []

  init(root: String) { self.root = root }

  mutating func note(_ kind: DataProblem.Kind, _ path: String, _ reason: String) {
    problems.append(DataProblem(kind, path: Paths.relative(path, to: root), reason: reason))
  }

  /// A folder's entries without those to pass over, which are noted.
  mutating func list(_ path: String) throws(HoneError) -> [FolderListing.Entry] {
    let listing = try FolderListing(of: path)
    for name in listing.unnameable { note(.skipped, Paths.join(path, name), "its name is not UTF-8; rename it") }
    var kept: [FolderListing.Entry] = []
    for entry in listing.entries {
      switch entry.kind {
      case _ where entry.isHidden: note(.skipped, entry.path, "hidden")
      case .special: note(.skipped, entry.path, "neither a file nor a folder")
      case .brokenLink: note(.missing, entry.path, "a link to something that is not there")
      case .absent: note(.missing, entry.path, "gone while the folder was listed")
      case .file, .folder: kept.append(entry)
      }
    }
    return kept
  }

  /// The folders that stand for parts, when this is a data set in parts.
  mutating func parts(
    in top: [FolderListing.Entry]
  ) throws(HoneError) -> [(part: Dataset.Part, folder: FolderListing.Entry)]? {
    let folders = top.filter(\.kind.isFolder)
    let named = folders.compactMap { entry in Dataset.Part(named: entry.name).map { (part: $0, folder: entry) } }
    guard let train = named.first(where: { $0.part == .train }), named.count > 1 || folders.count == 1,
      try holdsOnlyFolders(train.folder.path)
    else { return nil }
    let others = Set(top.map(\.path)).subtracting(named.map(\.folder.path)).sorted()
    for path in others { note(.skipped, path, "beside the train folder, and no part of the data") }
    return named
  }

  /// The one folder among the entries, when it holds folders and no pictures.
  func onlyFolderOfFolders(in top: [FolderListing.Entry]) throws(HoneError) -> String? {
    let folders = top.filter(\.kind.isFolder)
    guard folders.count == 1, try holdsOnlyFolders(folders[0].path) else { return nil }
    return folders[0].path
  }

  private func holdsOnlyFolders(_ path: String) throws(HoneError) -> Bool {
    let entries = try FolderListing(of: path).entries.filter { !$0.isHidden }
    return entries.contains(where: \.kind.isFolder)
      && !entries.contains { if case .file = $0.kind { PictureSignature.problem(of: $0.path) == nil } else { false } }
  }

  /// Takes every folder as a class.
  mutating func collectClasses(in entries: [FolderListing.Entry], part: Dataset.Part?) {
    for entry in entries {
      guard case .folder(let identity) = entry.kind else {
        note(.skipped, entry.path, "not inside a class folder")
        continue
      }
      classNames.insert(entry.name)
      var seen: Set = [identity]
      collectPictures(in: entry.path, label: entry.name, part: part, seen: &seen)
    }
  }

  private mutating func collectPictures(
    in folder: String, label: String, part: Dataset.Part?, seen: inout Set<FileKind.Identity>
  ) {
    let entries: [FolderListing.Entry]
    do { entries = try list(folder) } catch { return note(.skipped, folder, error.message) }
    for entry in entries {
      switch entry.kind {
      case .folder(let identity) where seen.insert(identity).inserted:
        collectPictures(in: entry.path, label: label, part: part, seen: &seen)
      case .folder: note(.skipped, entry.path, "a link back to a folder that was already entered")
      default: found.append((entry.path, label, part))
      }
    }
  }

  /// The data set, once the content of every file has been looked at.
  mutating func dataset(inParts: Bool) throws(HoneError) -> Dataset {
    let classes = classOrder(classNames, numbersByValue: false)
    let number = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
    let reasons = PictureSignature.problems(of: found.map(\.path))
    var samples: [Sample] = []
    var split: [Dataset.Part: [Int]] = [:]
    for ((path, label, part), reason) in zip(found, reasons) {
      if let reason {
        note(.notAPicture, path, reason)
      } else {
        if let part { split[part, default: []].append(samples.count) }
        samples.append(Sample(source: .file(path), label: number[label] ?? 0))
      }
    }
    guard !samples.isEmpty else {
      throw HoneError(
        .emptyData, "no class folder with a picture in '\(root)'; it should hold one folder of pictures per class",
        context: ["file": root])
    }
    return Dataset(
      name: Paths.last(root), root: root, classes: classes, samples: samples, problems: problems,
      predefinedSplit: inParts ? split : nil)
  }
}
