import Foundation
import Hone

extension DataReport {
  /// The look at every picture, with a moving line while it lasts.
  static func scanning(_ dataset: Dataset, line: StatusLine) -> DataReport {
    let began = Date()
    defer { line.clear() }
    return DataReport(dataset) { done, count in
      let speed = Double(done) / max(1e-3, Date().timeIntervalSince(began))
      line.show(
        ProgressText(
          title: "looking at the pictures", fraction: Double(done) / Double(max(1, count)),
          rate: "\(Int(speed)) pictures/s", secondsLeft: Double(count - done) / max(1e-3, speed)))
    }
  }

  /// Says which pictures training leaves out.
  func announceProblems(on line: StatusLine) {
    let lost = problems.filter { [.broken, .missing, .notAPicture, .badRow].contains($0.kind) }
    guard !lost.isEmpty else { return }
    line.say("left out, \(lost.count) that cannot be read:")
    for problem in lost.prefix(8) { line.say("  \(problem)") }
    if lost.count > 8 { line.say("  … and \(lost.count - 8) more; `hone check` lists them") }
  }
}
