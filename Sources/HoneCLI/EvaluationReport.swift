import Hone

/// What `hone evaluate` prints, for a person and for a machine.
struct EvaluationReport: Encodable {
  let pictures: Int
  let accuracy: Double
  /// The ends of the 95 % interval (Wilson) of the accuracy.
  let accuracyInterval: [Double]
  let top5Accuracy: Double?
  let balancedAccuracy: Double
  let macroF1: Double
  let calibrationError: Double
  let negativeLogLikelihood: Double
  let classes: [Predictions.ClassScore]
  /// Rows are true classes, columns the guesses.
  let confusion: [[Int]]

  init(_ predictions: Predictions) {
    pictures = predictions.count
    accuracy = predictions.accuracy
    let interval = predictions.accuracyInterval()
    accuracyInterval = [interval.lower, interval.upper]
    top5Accuracy = predictions.classes.count > 5 ? predictions.topAccuracy(5) : nil
    balancedAccuracy = predictions.balancedAccuracy
    macroF1 = predictions.macroF1
    calibrationError = predictions.calibrationError()
    negativeLogLikelihood = predictions.negativeLogLikelihood
    classes = predictions.perClass
    confusion = predictions.confusion
  }

  var text: String { [summary, classTable.text, confusionText].compactMap(\.self).joined(separator: "\n\n") }

  private var summary: String {
    let interval = accuracyInterval.map(Figures.percent).joined(separator: " to ")
    let top5 = top5Accuracy.map { "\ntop-5              \(Figures.percent($0))" } ?? ""
    return """
      accuracy           \(Figures.percent(accuracy)) of \(pictures) pictures (95 % interval \(interval))\(top5)
      balanced accuracy  \(Figures.percent(balancedAccuracy))
      mean F1            \(Figures.percent(macroF1))
      calibration error  \(Figures.percent(calibrationError))
      """
  }

  private var classTable: TextTable {
    var table = TextTable([
      ("class", .left), ("pictures", .right), ("precision", .right), ("recall", .right), ("F1", .right),
    ])
    for score in classes {
      table.add(
        [score.name, "\(score.support)"] + [score.precision, score.recall, score.f1].map(Figures.percent))
    }
    return table
  }

  /// Nil when there are too many classes for a terminal; JSON has it all.
  private var confusionText: String? {
    guard classes.count <= 12 else { return nil }
    let short = classes.map { String($0.name.prefix(10)) }
    var table = TextTable([("is \\ taken for", .left)] + short.map { ($0, .right) })
    for (score, row) in zip(classes, confusion) { table.add([score.name] + row.map(String.init)) }
    return table.text
  }
}
