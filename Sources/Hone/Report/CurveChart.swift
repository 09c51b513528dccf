internal import HoneImage

/// A line chart of one or two series, over epochs unless told otherwise, labelled at the lines.
package struct CurveChart {
  package struct Series {
    package var name: String
    package var points: [(x: Double, y: Double)]

    package init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  /// What lies along the bottom.
  package struct Axis {
    package var name: String
    /// How a place is written; nil leaves it unmarked.
    package var label: (Double) -> String?

    package static var epochs: Axis { Axis(name: "epoch") { $0 == $0.rounded() ? "\(Int($0))" : nil } }

    /// Places are powers of ten.
    package static func powers(_ name: String) -> Axis {
      Axis(name: name) { $0 == $0.rounded() ? "1e\(Int($0))" : nil }
    }
  }

  var title: String
  var series: [Series]
  /// How a value on the vertical axis is written.
  var label: (Double) -> String
  /// The vertical range holds at least this.
  var includes: ClosedRange<Double>?
  /// Marked with dashed lines: such as the epoch whose weights were kept.
  var marks: [(x: Double, name: String)]
  var axis: Axis

  private let width = 360.0
  private let height = 210.0
  private let left = 42.0
  private let right = 68.0
  private let top = 10.0
  private let bottom = 28.0

  package init(
    title: String, series: [Series], includes: ClosedRange<Double>? = nil, marks: [(x: Double, name: String)] = [],
    axis: Axis = .epochs, label: @escaping (Double) -> String
  ) {
    self.title = title
    self.series = series.map { line in
      Series(name: line.name, points: line.points.filter { $0.x.isFinite && $0.y.isFinite })
    }.filter { !$0.points.isEmpty }
    self.includes = includes
    self.marks = marks
    self.axis = axis
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
      \(content)</svg></figure>
      """
  }

  /// Everything inside the frame.
  private var content: Markup { "\(horizontal)\(vertical)\(markers)\(lines)\(names)" }

  /// The chart as a picture of its own.
  private var picture: Markup {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -26 \(width + 16) \(height + 34)" width="\(2 * width)" role="img">
    <title>\(title)</title><style>\(Markup(html: Stylesheet.css))</style>
    <rect x="-8" y="-26" width="100%" height="100%" style="fill:var(--page)"/>
    <text x="0" y="-10" style="font-weight:600;fill:var(--ink)">\(title)</text>\(content)</svg>

    """
  }

  /// Writes the chart into a file: a page where its name ends in `.html`, else an SVG picture.
  package func write(to path: String) throws {
    let page = path.hasSuffix(".html") ? Page.html(title: title, body: markup ?? "") : picture.html
    try AtomicFile.write(Array(page.utf8), to: path)
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
    let labels: [Markup] = Numbers.ticks(xRange.0, xRange.1, about: 5).compactMap { tick in
      axis.label(tick).map {
        "<text x=\"\(x(tick))\" y=\"\(height - bottom + 15)\" text-anchor=\"middle\">\($0)</text>"
      }
    }
    return labels + [
      "<text x=\"\(width)\" y=\"\(height - bottom + 15)\" text-anchor=\"end\">\(axis.name)</text>",
      "<line class=\"axisline\" x1=\"\(left)\" x2=\"\(width - right)\" y1=\"\(height - bottom)\" y2=\"\(height - bottom)\"/>",
    ]
  }

  private var markers: [Markup] {
    marks.enumerated().map { index, mark in
      """
      <line class="axisline" stroke-dasharray="3 3" x1="\(x(mark.x))" x2="\(x(mark.x))" y1="\(top)" y2="\(height - bottom)"/>\
      <text x="\(x(mark.x) + 4)" y="\(top + 10 + 13 * Double(index))">\(mark.name)</text>
      """
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
