/// A line chart of one or two series over epochs, labelled at the lines.
struct CurveChart {
  struct Series {
    var name: String
    var points: [(x: Double, y: Double)]
  }

  var title: String
  var series: [Series]
  /// How a value on the vertical axis is written.
  var label: (Double) -> String
  /// The vertical range holds at least this.
  var includes: ClosedRange<Double>?
  /// Marked with a dot and a dashed line: the epoch whose weights were kept.
  var best: Double?

  private let width = 360.0
  private let height = 210.0
  private let left = 42.0
  private let right = 68.0
  private let top = 10.0
  private let bottom = 28.0

  init(
    title: String, series: [Series], includes: ClosedRange<Double>? = nil, best: Double? = nil,
    label: @escaping (Double) -> String
  ) {
    self.title = title
    self.series = series.map { line in
      Series(name: line.name, points: line.points.filter { $0.x.isFinite && $0.y.isFinite })
    }.filter { !$0.points.isEmpty }
    self.includes = includes
    self.best = best
    self.label = label
  }

  private var xRange: (Double, Double) {
    let values = series.flatMap { $0.points.map(\.x) }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    return low == high ? (low - 0.5, high + 0.5) : (low, high)
  }

  private var yRange: (Double, Double) {
    let values = series.flatMap { $0.points.map(\.y) }
    let low = min(values.min() ?? 0, includes?.lowerBound ?? .infinity)
    let high = max(values.max() ?? 1, includes?.upperBound ?? -.infinity)
    return low == high ? (low - 0.5, high + 0.5) : (low, high)
  }

  private func x(_ value: Double) -> Double {
    left + (value - xRange.0) / (xRange.1 - xRange.0) * (width - left - right)
  }

  private func y(_ value: Double) -> Double {
    height - bottom - (value - yRange.0) / (yRange.1 - yRange.0) * (height - top - bottom)
  }

  var markup: Markup? {
    guard !series.isEmpty else { return nil }
    return """
      <figure class="card"><figcaption>\(title)</figcaption><svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(title)">\
      \(horizontal)\(vertical)\(marker)\(lines)\(names)</svg></figure>
      """
  }

  private var horizontal: [Markup] {
    Numbers.ticks(yRange.0, yRange.1, about: 4).map { tick in
      """
      <line class="gridline" x1="\(left)" x2="\(width - right)" y1="\(y(tick))" y2="\(y(tick))"/>\
      <text x="\(left - 6)" y="\(y(tick) + 4)" text-anchor="end">\(label(tick))</text>
      """
    }
  }

  private var vertical: [Markup] {
    let ticks = Numbers.ticks(xRange.0, xRange.1, about: 5).filter { $0 == $0.rounded() }
    let labels: [Markup] = ticks.map {
      "<text x=\"\(x($0))\" y=\"\(height - bottom + 15)\" text-anchor=\"middle\">\(Int($0))</text>"
    }
    return labels + [
      "<text x=\"\(width)\" y=\"\(height - bottom + 15)\" text-anchor=\"end\">epoch</text>",
      "<line class=\"axisline\" x1=\"\(left)\" x2=\"\(width - right)\" y1=\"\(height - bottom)\" y2=\"\(height - bottom)\"/>",
    ]
  }

  private var marker: Markup? {
    best.map {
      "<line class=\"axisline\" stroke-dasharray=\"3 3\" x1=\"\(x($0))\" x2=\"\(x($0))\" y1=\"\(top)\" y2=\"\(height - bottom)\"/>"
    }
  }

  private static let styles = ["first", "second"]

  private var lines: [Markup] {
    series.enumerated().map { index, line in
      let style = Self.styles[index % 2]
      guard line.points.count > 1 else {
        return "<circle class=\"\(style)\" r=\"3\" cx=\"\(x(line.points[0].x))\" cy=\"\(y(line.points[0].y))\"/>"
      }
      let path = line.points.enumerated().map { step, point -> String in
        let place = "\(Numbers.plain(x(point.x), decimals: 1)) \(Numbers.plain(y(point.y), decimals: 1))"
        return (step == 0 ? "M" : "L") + place
      }
      return "<path class=\"\(style)\" d=\"\(path.joined())\"/>"
    }
  }

  /// Names at the ends of the lines, pushed apart where they would touch.
  private var names: [Markup] {
    var ends = series.enumerated().map { (index: $0, y: $1.points.last.map { y($0.y) } ?? 0) }.sorted { $0.y < $1.y }
    for position in ends.indices.dropFirst() where ends[position].y - ends[position - 1].y < 14 {
      let middle = (ends[position].y + ends[position - 1].y) / 2
      (ends[position - 1].y, ends[position].y) = (middle - 7, middle + 7)
    }
    return ends.map { end in
      "<text class=\"\(Self.styles[end.index % 2])\" x=\"\(width - right + 8)\" y=\"\(end.y + 4)\">\(series[end.index].name)</text>"
    }
  }
}

extension CurveChart {
  /// Accuracy and loss of a training, each with its validation beside it.
  static func charts(_ history: [EpochMetrics], of name: String) -> [Markup] {
    func line(_ title: String, _ value: (EpochMetrics) -> Double?) -> Series {
      Series(name: title, points: history.compactMap { epoch in value(epoch).map { (Double(epoch.epoch), $0) } })
    }
    let accuracy = CurveChart(
      title: "Accuracy, \(name)",
      series: [line("training", \.trainAccuracy), line("validation", \.validationAccuracy)],
      includes: 0.5...1
    ) { Numbers.percent($0, decimals: 0) }
    let loss = CurveChart(
      title: "Loss, \(name)", series: [line("training", \.trainLoss), line("validation", \.validationLoss)],
      includes: 0...0.1
    ) { Numbers.plain($0, decimals: 2) }
    return [accuracy.markup, loss.markup].compactMap { $0 }
  }
}
