import Foundation
import Hone
import Testing

/// What a recipe can name says what it does, in which units, and where it comes from.
@Suite struct DocumentationTests {
  static let sources = URL(filePath: #filePath).appending(path: "../../../../Sources/Hone").standardized.path

  @Test("Every optimizer, schedule, loss, regularizer and metric states shape, units, errors and source, in this order")
  func contract() throws {
    let wanted =
      /public struct \w+: (UpdateRule|ScheduleKind|LossKind|ConstraintKind)|public struct (Penalty|Constraint|Regularization|GradientNoise|Sparsity|Consistency|Distillation|StochasticAveraging|Keeping|Schedules|Averaging|Clipping|EarlyStopping)\b/
    let metric =
      /public (var|func) (accuracy|topAccuracy|negative\w+|calibrationError|confusion|perClass|macroF1|balancedAccuracy)\b/
    var found = 0
    for folder in ["Train", "Regularize"] {
      let files = try #require(FileManager.default.enumerator(atPath: "\(Self.sources)/\(folder)"))
      for case let file as String in files where file.hasSuffix(".swift") {
        let lines = try String(contentsOfFile: "\(Self.sources)/\(folder)/\(file)", encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where line.contains(wanted) || line.contains(metric) {
          found += 1
          let comment = lines[..<number].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("///") }.reversed()
          let marks = comment.compactMap { $0.firstMatch(of: /- (Shape|Units|Throws|Source):/)?.1 }
          #expect(marks == ["Shape", "Units", "Throws", "Source"], "\(file):\(number + 1)")
        }
      }
    }
    #expect(found >= 20)
  }

  @Test(
    "Every recipe of a page is one, and says something",
    arguments: [("augmentation", 7), ("losses", 14), ("optimizers-and-schedules", 9), ("regularization", 7)])
  func page(_ name: String, _ count: Int) throws {
    let blocks = try Self.page(name).components(separatedBy: "```yaml\n").dropFirst()
    #expect(blocks.count == count)
    for block in blocks {
      #expect(try Recipe(text: block.components(separatedBy: "```")[0]) != Recipe())
    }
  }

  @Test("Every optimizer and every schedule that a recipe can name is on their page")
  func names() throws {
    let page = try Self.page("optimizers-and-schedules")
    for name in OptimizerChoice.Rule.known.map({ $0.name }) + Schedule.Shape.known.map({ $0.name }) {
      #expect(page.contains("`\(name)`"), "\(name)")
    }
  }

  private static func page(_ name: String) throws -> String {
    try String(
      contentsOf: URL(filePath: #filePath).appending(path: "../../../../docs/\(name).md").standardized, encoding: .utf8)
  }
}
