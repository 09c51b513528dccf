import Foundation
import HoneImage
import Testing

@Suite struct `The road from pictures to predictions` {
  static let small = ["--size", "32", "--batch", "4"]

  @Test func `trains, evaluates and predicts`() throws {
    let pictures = try Pictures()
    let train = try Command(
      ["train", "photos", "--epochs", "4", "--out", "run", "--json"] + Self.small, in: pictures.folder)
    #expect(train.code == 0, "\(train.errors)")
    #expect(train.errors.contains("epoch 4/4"))
    let summary = try #require(try json(train.output) as? [String: Any])
    #expect(summary["model"] as? String == "run/model.safetensors")
    #expect(summary["epochs"] as? Int == 4)
    #expect(try pictures.contents(of: "run/metrics.csv").split(separator: "\n").count == 5)

    let evaluate = try Command("evaluate", "run/model.safetensors", "photos", "--json", in: pictures.folder)
    #expect(evaluate.code == 0, "\(evaluate.errors)")
    let measured = try #require(try json(evaluate.output) as? [String: Any])
    #expect(measured["pictures"] as? Int == 20)
    #expect((measured["accuracy"] as? Double ?? 0) >= 0.5)
    let table = try Command("evaluate", "run/model.safetensors", "photos", in: pictures.folder)
    #expect(table.output.contains("striped 🦓"))
    #expect(table.output.contains("95 % interval"))

    try "not a picture".write(toFile: pictures.folder + "/broken.png", atomically: true, encoding: .utf8)
    let predict = try Command(
      "predict", "run/model.safetensors", "-", "broken.png", "--json", in: pictures.folder,
      input: "photos/round/1.png\n")
    #expect(predict.code == 2)
    let rows = try #require(try json(predict.output) as? [[String: Any]])
    #expect(rows.map { $0["path"] as? String } == ["photos/round/1.png", "broken.png"])
    #expect(rows[0]["label"] is String && rows[0]["error"] == nil)
    #expect(rows[1]["error"] is String && rows[1]["label"] == nil)

    let csv = try Command("predict", "run/model.safetensors", "photos", "--format", "csv", in: pictures.folder)
    #expect(csv.code == 0)
    #expect(csv.output.hasPrefix("path,label,error,round,striped 🦓\n"))
    #expect(csv.output.split(separator: "\n").count == 21)
  }

  @Test func `looks at pictures as often as it is asked to`() throws {
    let pictures = try Pictures()
    try "formatVersion: 1\nflipsWhenTesting: true\n".write(
      toFile: pictures.folder + "/twice.yaml", atomically: true, encoding: .utf8)
    let train = try Command(
      ["train", "photos", "--recipe", "twice.yaml", "--epochs", "3", "--out", "run"] + Self.small, in: pictures.folder)
    #expect(train.code == 0, "\(train.errors)")
    var picture = try Image<UInt8>(contentsOf: pictures.folder + "/photos/round/1.png")
    for y in 0..<picture.height { for x in 0..<picture.width / 2 { picture[y, x, 0] = 255 } }  // not its mirror image
    try picture.writePNG(to: pictures.folder + "/it.png")
    try picture.oriented(2).writePNG(to: pictures.folder + "/mirrored.png")
    func answers(_ views: String...) throws -> [Double] {
      let run = try Command(
        ["predict", "run/model.safetensors", "it.png", "mirrored.png", "--format", "csv"] + views, in: pictures.folder)
      #expect(run.code == 0, "\(run.errors)")
      return run.output.split(separator: "\n").dropFirst().compactMap { line in
        line.split(separator: ",").last.flatMap { Double($0) }
      }
    }
    let (twice, once, flipped) = (try answers(), try answers("--views", "once"), try answers("--views", "flips"))
    try #require(twice.count == 2 && once.count == 2 && flipped.count == 2 && abs(once[0] - once[1]) > 4e-3)
    for answer in twice + flipped { #expect(abs(answer - (once[0] + once[1]) / 2) < 1e-3, "\(once) \(flipped)") }
    for views in ["turns", "fiveCrop", "tenCrop", "scales", "flips,scales"] {
      #expect(try answers("--views", views).allSatisfy { (0...1).contains($0) }, "\(views)")
    }
    let evaluate = try Command(
      "evaluate", "run/model.safetensors", "photos", "--views", "tenCrop", "--json", in: pictures.folder)
    #expect(evaluate.code == 0, "\(evaluate.errors)")
    #expect((try json(evaluate.output) as? [String: Any])?["pictures"] as? Int == 20)
    let unknown = try Command("predict", "run/model.safetensors", "it.png", "--views", "flip", in: pictures.folder)
    #expect(unknown.code == 64 && unknown.errors.contains("flips"))
  }

  @Test func `says in a dry run what a run will take, and leaves nothing behind`() throws {
    let pictures = try Pictures()
    let arguments = ["train", "photos", "--epochs", "2", "--out", "run", "--json"] + Self.small
    let dry = try Command(arguments + ["--dry-run"], in: pictures.folder)
    #expect(dry.code == 0, "\(dry.errors)")
    #expect(!FileManager.default.fileExists(atPath: pictures.folder + "/run"))
    let forecast = try #require(try json(dry.output) as? [String: Any])
    #expect(forecast["stepsPerEpoch"] as? Int == 4 && forecast["batchSize"] as? Int == 4)
    #expect((forecast["seconds"] as? Double ?? 0) > 0)
    #expect(try Command(arguments, in: pictures.folder).code == 0)
    let result = try #require(try json(pictures.contents(of: "run/result.json")) as? [String: Any])
    let (foretold, found) = (forecast["peakBytes"] as? Double ?? 0, result["peakBytes"] as? Double ?? 0)
    #expect(foretold > 0.8 * found && foretold < 1.25 * found, "\(foretold), \(found)")
  }

  @Test func `goes on where Ctrl-C stopped it`() throws {
    let pictures = try Pictures(perClass: 20)
    let arguments = ["train", "photos", "--epochs", "300", "--out", "run"] + Self.small
    let interrupted = try Command(arguments, in: pictures.folder, interruptingAt: "epoch 1/300 ")
    #expect(interrupted.code == 1)
    #expect(interrupted.errors.contains("to go on: hone train photos --epochs 300 --out run"))
    let done = try pictures.contents(of: "run/metrics.csv").split(separator: "\n").count - 1
    #expect((1..<300).contains(done))

    let resumed = try Command(arguments, in: pictures.folder, interruptingAt: "going on after epoch")
    #expect(resumed.errors.contains("going on after epoch \(done)"), "\(resumed.errors)")
    let now = try pictures.contents(of: "run/metrics.csv").split(separator: "\n").count - 1
    #expect(now >= done)
  }

  @Test func `tells wrong data, wrong use and wrong recipes apart`() throws {
    let pictures = try Pictures(perClass: 2)
    let absent = try Command("train", "nowhere", in: pictures.folder)
    #expect(absent.code == 2)
    #expect(absent.errors.contains("nowhere"))
    let misspelled = try Command("train", "photos", "--model", "resnet19", in: pictures.folder)
    #expect(misspelled.code == 64)
    #expect(misspelled.errors.contains("resnet18"))
    try "epoch: 3\n".write(toFile: pictures.folder + "/recipe.yaml", atomically: true, encoding: .utf8)
    let recipe = try Command("train", "photos", "--recipe", "recipe.yaml", in: pictures.folder)
    #expect(recipe.code == 2)
    #expect(recipe.errors.contains("epochs"))
    let model = try Command("evaluate", "photos/round/1.png", "photos", in: pictures.folder)
    #expect(model.code != 0 && model.output.isEmpty)
  }

  private func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
}

@Suite struct `hone augment` {
  @Test func `draws a preview and saves copies, the same for the same seed`() throws {
    let pictures = try Pictures(perClass: 3)
    for out in ["a", "b"] {
      let augment = try Command(
        "augment", "photos", "--preview", "grid.png", "--write", out, "--copies", "2", in: pictures.folder)
      #expect(augment.code == 0, "\(augment.errors)")
      #expect(augment.output.contains("12 pictures in \(out)"))
    }
    let grid = try Image<UInt8>(contentsOf: pictures.folder + "/grid.png")
    #expect(grid.width > 3 * 160)
    for name in ["round/round_1-1.png", "striped 🦓/striped 🦓_2-2.png"] {
      let copies = try ["a", "b"].map { try Image<UInt8>(contentsOf: "\(pictures.folder)/\($0)/\(name)") }
      #expect(copies[0] == copies[1])
    }
  }

  @Test func `asks what to make`() throws {
    let nothing = try Command("augment", "photos")
    #expect(nothing.code == 64)
    #expect(nothing.errors.contains("--preview"))
  }
}
