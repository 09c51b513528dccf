import Foundation

/// Which columns of a table mean what; nil finds the column by its usual names.
public struct TableColumns: Sendable, Hashable {
  public var path: String?
  public var label: String?
  public var group: String?
  public var part: String?

  public init(path: String? = nil, label: String? = nil, group: String? = nil, part: String? = nil) {
    self.path = path
    self.label = label
    self.group = group
    self.part = part
  }
}

extension Dataset {
  /// A CSV or TSV table with a path and a label in each row, and optionally a group and a part (train, val, test).
  ///
  /// - The first line may name the columns (`path`, `file`, `image` …; `label`, `class` …; `group`, `patient` …;
  ///   `split`, `part` …). Without names there must be two columns: the one that leads to files is the path.
  /// - Paths are relative to `root`, or to the table's own folder.
  /// - Class names may be anything but empty. Labels that are all whole numbers are ordered by value.
  /// - Rows that cannot be used are left out and listed in `problems` with their line.
  /// - Throws: `HoneError` when the table cannot be read, has no such columns, or leads to no picture at all.
  public init(table path: String, root: String? = nil, columns: TableColumns = TableColumns()) throws(HoneError) {
    let root = root ?? Paths.parent(path)
    let text = try DelimitedText(
      Self.text(of: path), delimiter: path.lowercased().hasSuffix(".tsv") ? "\t" : nil, file: path)
    let table = try PictureTable(text.rows, file: path, root: root, columns: columns)
    self = try table.dataset(name: Paths.last(path), root: root)
  }

  private static func text(of path: String) throws(HoneError) -> String {
    var reader = FileReader()
    let bytes = try reader.read(path)
    guard !bytes.starts(with: [0xff, 0xfe]), !bytes.starts(with: [0xfe, 0xff]) else {
      throw HoneError(.unsupported, "'\(path)' is UTF-16; save it as UTF-8", file: path)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A table whose columns have been understood.
private struct PictureTable {
  private struct Layout {
    var path: Int
    var label: Int
    var group: Int?
    var part: Int?
    var hasHeader: Bool
  }

  private let rows: [DelimitedText.Row]
  private let file: String
  private let root: String
  private let layout: Layout

  init(_ rows: [DelimitedText.Row], file: String, root: String, columns: TableColumns) throws(HoneError) {
    guard let first = rows.first else {
      throw HoneError(.emptyData, "the table '\(file)' is empty; it needs a path and a label in each row", file: file)
    }
    self.file = file
    self.root = root
    layout = try Self.layout(first, rows.dropFirst().first, file: file, root: root, columns: columns)
    self.rows = Array(layout.hasHeader ? rows.dropFirst() : rows[...])
  }

  private enum Usual {
    static let path = [
      "path", "file", "filename", "filepath", "image", "imagepath", "imagefile", "imageid", "img", "picture", "photo",
    ]
    static let label = ["label", "labels", "class", "classname", "category", "target", "species", "y"]
    static let group = ["group", "patient", "patientid", "subject", "subjectid", "burst", "camera"]
    static let part = ["split", "part", "subset", "partition"]
  }

  private static func layout(
    _ first: DelimitedText.Row, _ second: DelimitedText.Row?, file: String, root: String, columns: TableColumns
  ) throws(HoneError) -> Layout {
    let names = first.cells.map { $0.lowercased().filter { !"_- ".contains($0) } }
    func column(_ wanted: String?, _ usual: [String]) throws(HoneError) -> Int? {
      guard let wanted else { return names.firstIndex { usual.contains($0) } }
      if let index = first.cells.firstIndex(of: wanted) { return index }
      throw HoneError.unknown(
        wanted, among: first.cells, noun: "a column of '\(file)'", file: file, line: first.line)
    }
    func leads(_ cell: String) -> Bool {
      if case .file = FileKind(of: resolved(cell, root: root)) { true } else { false }
    }
    if let path = try column(columns.path, Usual.path),
      let label = try column(columns.label, Usual.label), !leads(first.cells[path])
    {
      return Layout(
        path: path, label: label, group: try column(columns.group, Usual.group),
        part: try column(columns.part, Usual.part), hasHeader: true)
    }
    guard first.cells.count == 2 else {
      throw HoneError(
        .malformed,
        "cannot tell which of the \(first.cells.count) columns of '\(file)' are the path and the label; "
          + "name them in a first line, such as path,label", file: file, line: first.line)
    }
    if let path = first.cells.firstIndex(where: leads) {
      return Layout(path: path, label: 1 - path, hasHeader: false)
    }
    let path = second?.cells.firstIndex(where: leads)
    return Layout(path: path ?? 0, label: 1 - (path ?? 0), hasHeader: path != nil)
  }

  /// The file that a cell means; backslashes of a table made on Windows count as slashes.
  private static func resolved(_ cell: String, root: String) -> String {
    let path = Paths.join(root, cell)
    guard cell.contains("\\"), FileKind(of: path) == .absent else { return path }
    return Paths.join(root, cell.replacing("\\", with: "/"))
  }

  private struct Entry {
    let line: Int
    let path: String
    let label: String
    let group: String?
    let part: Dataset.Part?
  }

  func dataset(name: String, root: String) throws(HoneError) -> Dataset {
    var problems: [DataProblem] = []
    let entries = usableEntries(&problems)
    let classes = classOrder(entries.map(\.label), numbersByValue: true)
    let number = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
    var groups: [String: Int] = [:]
    var split: [Dataset.Part: [Int]] = [:]
    var samples: [Sample] = []
    for (entry, reason) in zip(entries, PictureSignature.problems(of: entries.map(\.path))) {
      if let reason {
        let relative = Paths.relative(entry.path, to: root)
        problems.append(DataProblem(.notAPicture, path: relative, reason: reason, line: entry.line))
        continue
      }
      let group = entry.group.map { key in
        let number = groups[key] ?? groups.count
        groups[key] = number
        return number
      }
      if let part = entry.part { split[part, default: []].append(samples.count) }
      samples.append(Sample(source: .file(entry.path), label: number[entry.label] ?? 0, group: group))
    }
    guard !samples.isEmpty else {
      let example = problems.first.map { " (for example, \($0))" } ?? ""
      throw HoneError(
        .emptyData, "no row of '\(file)' leads to a picture\(example); paths are relative to '\(root)'", file: file)
    }
    return Dataset(
      name: name, root: root, classes: classes, samples: samples, problems: problems,
      predefinedSplit: split.isEmpty ? nil : split)
  }

  private func usableEntries(_ problems: inout [DataProblem]) -> [Entry] {
    var entries: [Entry] = []
    for row in rows {
      switch entry(row) {
      case .success(let entry): entries.append(entry)
      case .failure(let problem): problems.append(problem.value)
      }
    }
    return entries
  }

  private struct RowProblem: Error { let value: DataProblem }

  private func entry(_ row: DelimitedText.Row) -> Result<Entry, RowProblem> {
    func failure(_ kind: DataProblem.Kind, _ path: String, _ reason: String) -> Result<Entry, RowProblem> {
      .failure(RowProblem(value: DataProblem(kind, path: path, reason: reason, line: row.line)))
    }
    let cells = row.cells
    guard cells.count > max(layout.path, layout.label) else {
      return failure(.badRow, Paths.last(file), "\(cells.count) cells; too few")
    }
    let (cell, label) = (cells[layout.path], cells[layout.label])
    guard !cell.isEmpty, !label.isEmpty else { return failure(.badRow, cell, "no \(cell.isEmpty ? "path" : "label")") }
    let path = Self.resolved(cell, root: root)
    switch FileKind(of: path) {
    case .absent, .brokenLink: return failure(.missing, cell, "no such file")
    case .folder, .special: return failure(.badRow, cell, "not a file")
    case .file: break
    }
    let group = layout.group.flatMap { $0 < cells.count && !cells[$0].isEmpty ? cells[$0] : nil }
    let part = layout.part.flatMap { $0 < cells.count ? cells[$0] : nil }
    if let part, !part.isEmpty, Dataset.Part(named: part) == nil {
      return failure(.badRow, cell, "'\(part)' is no part; use train, validation or test")
    }
    return .success(
      Entry(line: row.line, path: path, label: label, group: group, part: part.flatMap(Dataset.Part.init(named:))))
  }
}
