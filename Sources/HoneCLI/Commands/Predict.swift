import ArgumentParser
import Foundation
import Hone

struct Predict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what pictures show.",
    discussion: """
      Example:
        hone predict runs/photos/model.safetensors holiday/ portrait.jpg
        find . -name '*.jpg' | hone predict runs/photos/model.safetensors -

      One row per picture. A picture that cannot be read is a row with an error, and the exit code is then 2.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

  @Argument(help: "A model file that `hone train` or `hone improve` wrote.")
  var model: String

  @Argument(help: "Pictures, folders of pictures, or - for paths on standard input, one per line.")
  var pictures: [String]

  @OptionGroup var choices: AskingChoices

  @Option(help: "table, csv (one column per class) or json.")
  var format = Format.table

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(help: "Classes to name for each picture in the table.")
  var top = 1

  func validate() throws {
    guard !pictures.isEmpty else { throw ValidationError("name at least one picture, folder, or -") }
    guard top > 0 else { throw ValidationError("--top begins at 1") }
  }

  func run() async throws {
    try await Outcome.of {
      let files = try PictureList.files(pictures)
      let (classes, predictions) = try await predict(modelAt: model, files: files, options: choices.options)
      let rows = PredictionRows(classes: classes, predictions: predictions)
      switch json ? .json : format {
      case .table: Terminal.result(rows.table(top: top))
      case .csv: Terminal.result(rows.csv)
      case .json: try Terminal.json(rows.entries)
      }
      if predictions.contains(where: { $0.error != nil }) { throw Outcome.wrongData }
    }
  }
}

/// The picture files that arguments name.
enum PictureList {
  private static let endings: Set = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]

  static func files(_ arguments: [String]) throws -> [String] {
    let files = try arguments.flatMap { argument in
      argument == "-" ? standardInput() : try expanded(argument)
    }
    guard !files.isEmpty else {
      throw HoneError(.emptyData, "\(arguments.joined(separator: ", ")): no pictures in there")
    }
    return files
  }

  private static func standardInput() -> [String] {
    var lines: [String] = []
    while let line = readLine() { if !line.isEmpty { lines.append(line) } }
    return lines
  }

  /// A file as it is, present or not (its row will say so); a folder as the pictures below it, sorted.
  private static func expanded(_ path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    let below = try FileManager.default.subpathsOfDirectory(atPath: path)
    return below.filter { isPicture($0) }.sorted().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  private static func isPicture(_ path: String) -> Bool {
    let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
    return !isHidden && endings.contains(path.split(separator: ".").last.map { $0.lowercased() } ?? "")
  }
}

/// What `hone predict` prints.
struct PredictionRows {
  let classes: [String]
  let predictions: [Prediction]

  struct Entry: Encodable {
    let path: String
    let label: String?
    let probabilities: [String: Float]?
    let error: String?
  }

  var entries: [Entry] {
    predictions.map { prediction in
      guard prediction.error == nil else {
        return Entry(path: prediction.path, label: nil, probabilities: nil, error: prediction.error)
      }
      let pairs = zip(classes, prediction.probabilities).map { ($0, $1) }
      return Entry(
        path: prediction.path, label: prediction.best(of: classes)?.name,
        probabilities: Dictionary(pairs) { first, _ in first }, error: nil)
    }
  }

  func table(top: Int) -> String {
    let ranks = min(top, classes.count)
    let columns = (1...ranks).flatMap { rank -> [(title: String, alignment: TextTable.Alignment)] in
      [(rank == 1 ? "label" : "or", .left), ("", .right)]
    }
    var table = TextTable([("picture", .left)] + columns)
    for prediction in predictions {
      table.add([prediction.path] + (prediction.error.map { ["error: \($0)"] } ?? best(prediction, ranks)))
    }
    return table.text
  }

  private func best(_ prediction: Prediction, _ count: Int) -> [String] {
    let ranked = zip(classes, prediction.probabilities).sorted { $0.1 > $1.1 }
    return ranked.prefix(count).flatMap { [$0.0, Figures.percent(Double($0.1))] }
  }

  /// RFC 4180: path, label, error, then a probability per class.
  var csv: String {
    let header = ["path", "label", "error"] + classes
    let rows = predictions.map { prediction in
      [prediction.path, prediction.best(of: classes)?.name ?? "", prediction.error ?? ""]
        + (prediction.error == nil ? prediction.probabilities.map { "\($0)" } : classes.map { _ in "" })
    }
    return ([header] + rows).map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\n")
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { "\",\n\r".contains($0) }) else { return cell }
    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
