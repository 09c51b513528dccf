import Foundation
import Hone

extension SpeedReport {
  /// What `hone bench` prints for a person.
  var text: String {
    [heading, paces.text, machineText, profile.map { $0.table.text }].compactMap(\.self).joined(separator: "\n\n")
  }

  private var heading: String {
    "\(structure.name), pictures of \(structure.input), \(precision.rawValue), \(threads) \(threads == 1 ? "thread" : "threads")"
  }

  private var paces: TextTable {
    var table = TextTable([
      ("", .left), ("batch", .right), ("pictures/s", .right), ("time", .right), ("fastest", .right),
      ("slowest", .right),
      ("runs", .right), ("of arithmetic", .right),
    ])
    for (name, pace) in [("training step", training), ("inference", inference), ("inference", onePicture)] {
      table.add(
        [
          name, "\(pace.batch)", String(format: "%.1f", pace.picturesPerSecond),
        ] + [pace.median, pace.fastest, pace.slowest].map(Figures.milliseconds) + [
          "\(pace.runs)", Figures.percent(pace.share(of: machine.arithmetic(precision))),
        ])
    }
    return table
  }

  private var machineText: String {
    let rates = [("float32", machine.float32), ("bfloat16", machine.bfloat16)].map { name, rate in
      String(format: "%.0f GFLOP/s in %@", rate * 1e-9, name)
    }
    return "machine: "
      + (rates + [String(format: "%.1f GB/s of memory", machine.memory * 1e-9)]).joined(separator: ", ")
  }
}

extension StepProfile {
  fileprivate var table: TextTable {
    var table = TextTable([
      ("operation of a training step", .left), ("calls", .right), ("forward", .right), ("backward", .right),
      ("of the step", .right), ("of the roofline", .right),
    ])
    for row in rows where row.seconds >= Self.leastShown * seconds {
      table.add([
        row.operation, "\(row.calls)", Figures.milliseconds(row.forward),
        row.backward > 0 ? Figures.milliseconds(row.backward) : "", Figures.percent(row.seconds / seconds),
        row.share.map(Figures.percent) ?? "",
      ])
    }
    table.add(["all else", "", Figures.milliseconds(unlisted), "", Figures.percent(unlisted / seconds), ""])
    table.add(["the step", "", Figures.milliseconds(seconds), "", "", Figures.percent(least / seconds)])
    return table
  }

  /// Seconds of rows too short for the table, and of what belongs to none.
  private var unlisted: Double {
    rest + rows.filter { $0.seconds < Self.leastShown * seconds }.reduce(0) { $0 + $1.seconds }
  }

  /// The part of the step below which a row is not worth a line.
  private static var leastShown: Double { 0.002 }
}
