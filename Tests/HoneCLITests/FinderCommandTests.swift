import Foundation
import Testing

@Suite struct `Commands about rates and batches` {
  static let recipe = """
    epochs: 4
    batchSize: 4
    model: {structure: classic-cnn, input: {height: 32, width: 32}}
    optimizer: {rate: 0.01, rule: muon}
    schedule: {warmup: 1 epochs, shape: {trapezoid: {cooldown: 1 epochs}}}
    """

  @Test func `hone schedule prints and draws the rate of a recipe`() throws {
    let pictures = try Pictures(perClass: 2)
    try Self.recipe.write(toFile: pictures.folder + "/recipe.yaml", atomically: true, encoding: .utf8)
    let shown = try Command(
      "schedule", "recipe.yaml", "--pictures", "40", "--plot", "rate.svg", in: pictures.folder)
    #expect(shown.code == 0, "\(shown.errors)")
    let rows = shown.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.first?.prefix(3) == ["epoch", "step", "rate"])
    #expect(rows.dropFirst().contains { $0.prefix(3) == ["1.6", "16", "0.01"] }, "\(shown.output)")
    #expect(rows.last?[2] == "0.001")
    let plot = try pictures.contents(of: "rate.svg")
    #expect(plot.contains("<svg xmlns") && plot.contains("Learning rate, recipe.yaml"))

    let json = try Command("schedule", "recipe.yaml", "--pictures", "40", "--json", in: pictures.folder)
    #expect(json.output.contains("\"rate\" : 0.01"))
    let moving = Self.recipe + "\nschedules: {weightDecay: {shape: cosine}, size: {warmup: 2 epochs, warmupFrom: 0.5}}"
    try moving.write(toFile: pictures.folder + "/moving.yaml", atomically: true, encoding: .utf8)
    let factors = try Command("schedule", "moving.yaml", "--pictures", "40", "--plot", "all.svg", in: pictures.folder)
    let table = factors.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(table.first?.prefix(5) == ["epoch", "step", "size", "weightDecay", "rate"], "\(factors.output)")
    #expect(
      table.dropFirst().contains { $0.prefix(6) == ["1.6", "16", "×", "0.75", "×", "0.655"] }, "\(factors.output)")
    #expect(try pictures.contents(of: "all.svg").contains("weightDecay"))

    #expect(try Command("schedule", "recipe.yaml", "--plot", "rate.png", in: pictures.folder).code == 64)
    #expect(try Command("schedule", "nowhere.yaml", in: pictures.folder).code == 2)
  }

  @Test func `hone find-rate suggests rates and keeps the curve`() throws {
    let pictures = try Pictures()
    try Self.recipe.write(toFile: pictures.folder + "/recipe.yaml", atomically: true, encoding: .utf8)
    let found = try Command(
      "find-rate", "photos", "--recipe", "recipe.yaml", "--steps", "40", "--csv", "rates.csv", "--plot", "rates.html",
      in: pictures.folder)
    #expect(found.code == 0, "\(found.errors)")
    for rule in ["valley", "steep", "minimum/10", "slide"] { #expect(found.output.contains("\n\(rule)"), "\(rule)") }
    #expect(try pictures.contents(of: "rates.csv").hasPrefix("rate,loss,smoothed\n1e-07,"))
    #expect(try pictures.contents(of: "rates.html").contains("Loss over learning rate, photos"))
    #expect(try Command("find-rate", "photos", "--from", "1", "--to", "0.1", in: pictures.folder).code == 64)
  }

  @Test func `hone find-batch names the largest that fits and the fastest`() throws {
    let pictures = try Pictures(perClass: 2)
    let arguments = ["find-batch", "--model", "resnet20-cifar", "--size", "32", "--largest", "8"]
    let found = try Command(arguments + ["--json"], in: pictures.folder)
    #expect(found.code == 0, "\(found.errors)")
    let answer = try #require(try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
    #expect(answer["largest"] as? Int == 8)
    #expect((answer["trials"] as? [Any])?.count == 3)
    let none = try Command(arguments + ["--memory", "10k"], in: pictures.folder)
    #expect(none.code == 1 && none.errors.contains("--size"))
    #expect(try Command(arguments + ["--memory", "much"], in: pictures.folder).code == 64)
  }
}
