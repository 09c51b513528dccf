import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTesting
import Testing

/// A finished study of a simulated world, with pictures, as reports show it.
enum SampleReport {
  static func image(_ seed: Int, side: Int = 96) -> Image<UInt8> {
    var stream = RandomStream(seed: UInt64(seed), name: "sample picture")
    let (red, green, blue) = (stream.integer(40...220), stream.integer(40...220), stream.integer(40...220))
    var image = Image<UInt8>(height: side, width: side, channels: 3)
    let radius = stream.uniform(0.2...0.45) * Double(side)
    for y in 0..<side {
      for x in 0..<side {
        let inside = pow(Double(y) - Double(side) / 2, 2) + pow(Double(x) - Double(side) / 2, 2) < radius * radius
        for (channel, value) in [red, green, blue].enumerated() {
          image[y, x, channel] = UInt8(inside ? value : 255 - value * 2 / 3)
        }
      }
    }
    return image
  }

  static func history(_ epochs: Int, best: Double) -> [EpochMetrics] {
    (1...epochs).map { epoch in
      let way = 1 - exp(-4 * Double(epoch) / Double(epochs))
      return EpochMetrics(
        epoch: epoch, trainLoss: 1.4 * (1 - way) + 0.05, trainAccuracy: 0.3 + 0.68 * way,
        validationLoss: 1.5 * (1 - way) + 0.3, validationAccuracy: 0.3 + (best - 0.3) * way, learningRate: 0.001,
        seconds: 2.5, imagesPerSecond: 180)
    }
  }

  static let classes = ["daisy", "dandelion", "roses 🌹", "sun <flowers>", "tulips"]

  static func world() -> SimulatedWorld {
    SimulatedWorld(
      pictures: 420, tests: 105, classes: classes,
      techniques: [
        Technique(
          "frozen backbone", .transfer, "Keeps what another task taught and learns only the last layer.", slot: "model"
        ) { _ in },
        Technique("fine-tuning", .transfer, "Goes on teaching the borrowed network, gently.", needs: ["model"]) { _ in
        },
        Technique("crops and flips", .augmentation, "Shows each picture shifted, cut and mirrored.") { _ in },
        Technique("colour jitter", .augmentation, "Varies brightness and colour.") { _ in },
        Technique("horizontal flip", .augmentation, "Mirrors half of the pictures.") { _ in },
        Technique("residual network", .optimization, "A deeper structure with short cuts.", slot: "model") {
          $0.accumulation = 3
        },
        Technique("one-cycle rate", .optimization, "Raises the learning rate, then lets it fall.") { _ in },
        Technique("label smoothing", .regularization, "Never asks for certainty.") { _ in },
        Technique("dropout", .regularization, "Silences random units while learning.") { _ in },
        Technique("a network far too slow", .optimization, "Takes for ever.", slot: "model") { $0.accumulation = 4000 },
      ], budget: 1200, repetitions: 3, most: 3)
  }

  static func study() throws -> StudyReport {
    let world = world()
    let runner = world.runner([
      "frozen backbone": 2.2, "fine-tuning": 0.5, "crops and flips": 0.9, "colour jitter": 0.2,
      "residual network": -1.2,
      "one-cycle rate": 0.4,
    ])
    let study = try world.study(runner)
    let result = try study.run()
    var report = StudyReport(result: result, extras: try extras(), predictions: study.testPredictions)
    report.histories = [("baseline", history(30, best: 0.66)), ("winner", history(20, best: 0.9))]
    return report
  }

  static func extras() throws -> ReportExtras {
    var extras = ReportExtras(
      data: "flowers", classes: classes, counts: [105, 105, 98, 105, 21], modelPath: "runs/flowers/model.safetensors",
      date: "21 November 2026")
    extras.mistakes = try (0..<10).map { index in
      Mistake(
        thumbnail: try Thumbnail(image(index, side: index < 5 ? 300 : 32)), label: classes[index % 5],
        guess: classes[(index + 1) % 5], confidence: 0.99 - 0.03 * Double(index), chance: 0.01,
        title: "test/\(classes[index % 5])/\(10_000_000 + index * 7919).jpg")
    }
    extras.augmented = try (0..<3).map { row in try (0..<7).map { try Thumbnail(image(row * 7 + $0)) } }
    extras.problems = [
      DataProblem(.broken, path: "tulips/half.jpg", reason: "the file ends in the middle of the picture"),
      DataProblem(.skipped, path: ".DS_Store", reason: "hidden"),
      DataProblem(.notAPicture, path: "notes.txt", reason: "text"),
    ]
    extras.remarks = ["2 pictures appear twice: roses 🌹/1.jpg and tulips/8.jpg are the same, under different labels."]
    return extras
  }

  static func training() throws -> TrainingReport {
    let study = try study()
    return TrainingReport(
      recipe: Recipe(), history: history(30, best: 0.88), bestEpoch: 27, predictions: study.predictions,
      trainPictures: 420,
      seconds: 184, peakBytes: 812 << 20, ending: "It stopped early: the validation no longer improved.",
      extras: try extras())
  }
}

@Suite struct ReportTests {
  @Test func `text is escaped, markup is not`() {
    let inner: Markup = "<b>\("a & <b>")</b>"
    let outer: Markup = "<p title=\"\("\"quoted\" 'twice'")\">\(inner)</p>"
    #expect(outer.html == "<p title=\"&quot;quoted&quot; &#39;twice&#39;\"><b>a &amp; &lt;b&gt;</b></p>")
  }

  @Test func `numbers read as people write them`() {
    #expect(Numbers.points(-0.0823) == "−8.2")
    #expect(Numbers.points(0.00001) == "0.0")
    #expect(Numbers.percent(0.9312) == "93.1\u{202F}%")
    #expect(Numbers.duration(200) == "3 min 20 s")
    #expect(Numbers.duration(7500) == "2 h 5 min")
    #expect(Numbers.duration(0.42) == "0.4 s")
    #expect(Numbers.count(1, "picture") == "1 picture")
  }

  @Test func `a study's report is one file that loads nothing, and says what must be said`() throws {
    let report = try SampleReport.study()
    let html = report.html
    for forbidden in ["http://", "https://", "<script", "<link", "@import", "url("] {
      #expect(!html.contains(forbidden), "\(forbidden)")
    }
    #expect(html.contains("prefers-color-scheme:dark") && html.contains("width=device-width"))
    #expect(html.contains("420 pictures") && html.contains("\(report.result.seeds) seeds"))
    #expect(html.contains("looked at") && html.contains("once"))
    for finding in report.result.findings { #expect(html.contains(finding.verdict.words)) }
    #expect(html.contains("sun &lt;flowers&gt;") && !html.contains("<flowers>") && html.contains("roses 🌹"))
    #expect(html.components(separatedBy: "data:image/").count == 10 + 21 + 1)
  }

  @Test func `every opened element is closed in order`() throws {
    for html in [try SampleReport.study().html, try SampleReport.training().html] {
      #expect(Self.unbalanced(html) == nil)
    }
  }

  @Test func `a training's report shows curves, confusion and the way on`() throws {
    let html = try SampleReport.training().html
    for part in ["Learning curves", "<svg", "class=\"confusion", "hone predict runs/flowers/model.safetensors"] {
      #expect(html.contains(part), "\(part)")
    }
  }

  @Test func `a training without validation pictures still has its report`() throws {
    var report = try SampleReport.training()
    report.predictions = nil
    report.history = []
    #expect(report.html.contains("no pictures were set aside"))
    #expect(Self.unbalanced(report.html) == nil)
  }

  @Test func `sample reports are written where HONE_REPORTS asks for them`() throws {
    guard let folder = ProcessInfo.processInfo.environment["HONE_REPORTS"] else { return }
    try Data(try SampleReport.study().html.utf8).write(to: URL(filePath: folder).appending(path: "study.html"))
    try Data(try SampleReport.training().html.utf8).write(to: URL(filePath: folder).appending(path: "training.html"))
  }

  /// The first element that is closed without having been opened last; nil when all is well.
  static func unbalanced(_ html: String) -> String? {
    let void: Set = ["meta", "img", "br", "line", "circle", "!doctype"]
    var open: [String] = []
    for tag in html.matches(of: /<(\/?)([A-Za-z!][A-Za-z0-9]*)([^<>]*)>/) {
      let name = String(tag.2).lowercased()
      if void.contains(name) || tag.3.hasSuffix("/") { continue }
      if tag.1.isEmpty {
        open.append(name)
      } else if open.popLast() != name {
        return name
      }
    }
    return open.last
  }
}
