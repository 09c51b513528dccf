/// Which class was taken for which: rows are what pictures show, columns what the model said.
struct ConfusionTable {
  var predictions: Predictions

  /// With more classes than this, cells carry colour only, and the commonest confusions are listed.
  private let written = 14

  var markup: Markup {
    let matrix = predictions.confusion
    let names = predictions.classes
    let few = names.count <= written
    let head: [Markup] = names.map { "<th scope=\"col\" title=\"\($0)\">\(few ? $0 : "")</th>" }
    let rows: [Markup] = matrix.enumerated().map { label, row in
      let total = row.reduce(0, +)
      let cells: [Markup] = row.enumerated().map { cell(label, $0, count: $1, of: total) }
      return "<tr><th scope=\"row\" title=\"\(names[label])\">\(names[label])</th>\(cells)</tr>"
    }
    return """
      <div class="card"><div class="scroll"><table class="confusion\(few ? "" : " small")"><thead><tr><th></th>\(head)</tr></thead>\
      <tbody>\(rows)</tbody></table></div>\(commonest(matrix))</div>
      """
  }

  private func cell(_ label: Int, _ guess: Int, count: Int, of total: Int) -> Markup {
    let share = total == 0 ? 0 : Double(count) / Double(total)
    let color = label == guess ? "--heat" : "--miss"
    let strength = count == 0 ? 0 : 0.12 + 0.62 * (label == guess ? share : min(1, 2.5 * share))
    let title = "\(predictions.classes[label]) taken for \(predictions.classes[guess]): \(count) of \(total)"
    return """
      <td\(count == 0 ? " class=\"zero\"" : "" as Markup) title="\(title)" style="background:rgba(var(\(color)),\(strength))">\(count)</td>
      """
  }

  private func commonest(_ matrix: [[Int]]) -> Markup? {
    let names = predictions.classes
    let wrong = matrix.indices.flatMap { label in
      matrix[label].indices.filter { $0 != label && matrix[label][$0] > 0 }.map { (label, $0, matrix[label][$0]) }
    }.sorted { $0.2 > $1.2 }.prefix(5)
    guard names.count > 2, !wrong.isEmpty else { return nil }
    let items: [Markup] = wrong.map { label, guess, count in
      "<li><b>\(names[label])</b> taken for <b>\(names[guess])</b>: \(Numbers.count(count, "time"))</li>"
    }
    return "<h3>Most often confused</h3><ul>\(items)</ul>"
  }
}

/// Precision, recall and F1 of each class.
struct ClassTable {
  var predictions: Predictions

  var markup: Markup {
    let rows: [Markup] = predictions.perClass.map { score in
      """
      <tr><td>\(score.name)</td><td>\(score.support)</td><td>\(Numbers.percent(score.precision))</td>\
      <td>\(Numbers.percent(score.recall))</td><td>\(Numbers.percent(score.f1))</td></tr>
      """
    }
    return """
      <div class="card scroll"><table class="plain"><thead><tr><th>class</th><th>pictures</th><th>of those called so, right</th>\
      <th>of those in it, found</th><th>F1</th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }
}
