import Hone

/// One line of the list of structures.
struct ModelEntry: Encodable, Sendable {
  var name: String
  var family: String
  var title: String
  var source: String
  var input: InputSpec
  var parameters: Int
  var multiplyAdds: Int
  /// What can be chosen about it in a recipe.
  var options: [String]
  var latency: Latency?

  init(_ structure: Structure, measuring: Bool) async throws {
    let table = try structure.summary()
    name = structure.name
    family = structure.family
    title = structure.title
    source = structure.source
    input = structure.input
    options = structure.optionNames
    parameters = table.parameters
    multiplyAdds = table.multiplyAdds
    latency = measuring ? try await structure.latency() : nil
  }

  /// The list by family; the titles only where there is room for them.
  static func table(_ entries: [ModelEntry], width: Int) -> String {
    let isMeasured = entries.contains { $0.latency != nil }
    let whole = table(entries, titled: true, isMeasured: isMeasured)
    let fits = whole.split(separator: "\n").allSatisfy { $0.count <= width }
    return fits ? whole : table(entries, titled: false, isMeasured: isMeasured)
  }

  private static func table(_ entries: [ModelEntry], titled: Bool, isMeasured: Bool) -> String {
    var table = TextTable(
      [("structure", .left), ("input", .right), ("parameters", .right), ("multiply-adds", .right)]
        + (isMeasured ? [("latency", .right)] : []) + (titled ? [("", .left)] : []))
    var family = ""
    for entry in entries {
      if entry.family != family { table.add([entry.family]) }
      family = entry.family
      table.add(entry.cells(titled: titled, isMeasured: isMeasured))
    }
    return table.text
  }

  private func cells(titled: Bool, isMeasured: Bool) -> [String] {
    [
      "  " + name, "\(input.height)×\(input.width)", Figures.count(parameters), Figures.count(multiplyAdds),
    ] + (isMeasured ? [latency.map { Figures.milliseconds($0.median) } ?? ""] : []) + (titled ? [title] : [])
  }
}

/// A structure's layer table.
struct ModelLayers: Encodable {
  var model: ModelEntry
  var layers: [Trace.Row]

  init(model: ModelEntry, layers: [Trace.Row]) {
    self.model = model
    self.layers = layers
  }

  /// Long names of layers lose their beginning where the terminal is narrow.
  func text(width: Int) -> String {
    let whole = table(nameLimit: .max)
    let excess = (whole.split(separator: "\n").map(\.count).max() ?? 0) - width
    guard excess > 0 else { return whole + "\n\n" + totals }
    let longest = layers.map(\.name.count).max() ?? 0
    return table(nameLimit: max(12, longest - excess)) + "\n\n" + totals
  }

  private func table(nameLimit: Int) -> String {
    var table = TextTable([
      ("layer", .left), ("kind", .left), ("output", .right), ("parameters", .right), ("multiply-adds", .right),
    ])
    table.add(["input", "", shape(model.input.shape), "", ""])
    for row in layers {
      table.add([
        shortened(row.name, nameLimit), row.kind.rawValue, shape(row.output),
        row.parameters == 0 ? "" : "\(row.parameters)",
        row.multiplyAdds == 0 ? "" : Figures.count(row.multiplyAdds),
      ])
    }
    return table.text
  }

  private func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "×") }

  private func shortened(_ name: String, _ limit: Int) -> String {
    guard name.count > limit else { return name }
    let end = name.suffix(limit - 1)
    return "…" + end[(end.firstIndex(of: ".") ?? end.startIndex)...]
  }

  private var totals: String {
    let latency = model.latency.map { "\nlatency        \(Figures.milliseconds($0.median)) for one picture" } ?? ""
    return """
      \(model.title) (\(model.source)), pictures of \(model.input)
      parameters     \(model.parameters)
      multiply-adds  \(model.multiplyAdds)\(latency)
      options        \((model.options + ["activation", "norm", "dropPath", "until"]).joined(separator: ", "))
      """
  }
}
