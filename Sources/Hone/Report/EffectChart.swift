/// What was worth what: a bar for each arm, its interval across it, grouped by family.
struct EffectChart {
  var findings: [Finding]
  var seeds: Int

  /// The range of the axis: all intervals, zero, and a little air.
  private var range: (lower: Double, upper: Double) {
    let shown = findings.filter { $0.verdict != .notMeasured }
    let lower = min(-0.01, shown.map { max(-1, $0.interval.lower) }.min() ?? 0)
    let upper = max(0.01, shown.map { min(1, $0.interval.upper) }.max() ?? 0)
    let air = 0.04 * (upper - lower)
    return (lower - air, upper + air)
  }

  private func position(_ value: Double) -> Double {
    let range = range
    return min(100, max(0, 100 * (value - range.lower) / (range.upper - range.lower)))
  }

  private var ticks: [Double] { Numbers.ticks(range.lower, range.upper, about: 5) }

  var markup: Markup {
    """
    <div class="card"><div class="effects">\(axis)\(groups)\(axis)</div></div>
    """
  }

  private var axis: Markup {
    let labels: [Markup] = ticks.map { "<span style=\"left:\(position($0))%\">\(Self.label($0))</span>" }
    return """
      <div class="axisrow"><div class="side">points of accuracy against the baseline</div><div class="axis">\(labels)</div></div>
      """
  }

  private static func label(_ tick: Double) -> String {
    let value = tick * 100
    let text = Numbers.plain(abs(value), decimals: abs(value - value.rounded()) < 1e-6 ? 0 : 1)
    return abs(value) < 1e-9 ? "0" : (value < 0 ? "−" : "+") + text
  }

  private var groups: [Markup] {
    let families: [Markup] = Family.allCases.compactMap { family in
      group(family.title, findings.filter { $0.arm.family == family })
    }
    return families + [group("Together", findings.filter { $0.arm.family == nil })].compactMap { $0 }
  }

  private func group(_ title: String, _ members: [Finding]) -> Markup? {
    guard !members.isEmpty else { return nil }
    return "<div class=\"family\">\(title)</div>\(members.map(row))"
  }

  private func row(_ finding: Finding) -> Markup {
    let summary = finding.arm.family == nil ? nil : finding.arm.summary
    return """
      <div class="row \(finding.verdict.rawValue)"><div class="name"><span\(finding.isInWinner ? " class=\"kept\"" : "" as Markup)>\(finding.arm.name)</span>\
      \(summary.map { "<small>\($0)</small>" as Markup })</div>\(bar(finding))\(value(finding))</div>
      """
  }

  private func bar(_ finding: Finding) -> Markup {
    guard finding.verdict != .notMeasured else { return "<div class=\"bar none\"></div>" }
    let zero = position(0)
    let mean = position(finding.difference)
    let (low, high) = (position(finding.interval.lower), position(finding.interval.upper))
    let grid: [Markup] = ticks.map { "<i class=\"grid\" style=\"left:\(position($0))%\"></i>" }
    return """
      <div class="bar" role="img" aria-label="\(Numbers.points(finding.difference)) points, interval \(Numbers.points(finding.interval))">\(grid)\
      <i class="zero" style="left:\(zero)%"></i><i class="fill" style="left:\(min(zero, mean))%;width:\(abs(mean - zero))%"></i>\
      <i class="span" style="left:\(low)%;width:\(high - low)%"></i><i class="end" style="left:\(low)%"></i><i class="end" style="left:\(high)%"></i></div>
      """
  }

  private func value(_ finding: Finding) -> Markup {
    guard finding.verdict != .notMeasured else {
      return """
        <div class="value"><b></b><div class="what"><span class="tag notMeasured">not measured</span> <small>\(finding.note ?? "")</small></div></div>
        """
    }
    var details = ["\(Numbers.points(finding.interval)), \(Numbers.duration(finding.seconds)) each"]
    if finding.seeds != seeds { details.append(Numbers.count(finding.seeds, "seed")) }
    return """
      <div class="value"><b>\(Numbers.points(finding.difference))</b><div class="what"><span class="tag \(finding.verdict.rawValue)">\(finding.verdict.words)</span><br>\
      <small>\(details.joined(separator: ", "))</small></div></div>
      """
  }
}
