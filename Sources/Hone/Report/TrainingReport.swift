/// The report of one training.
///
/// - Throws: nothing.
/// - Source: none: ours.
public struct TrainingReport: Sendable {
  public var recipe: Recipe
  public var history: [EpochMetrics]
  /// The epoch whose weights were kept, from 1.
  public var bestEpoch: Int?
  /// The kept model's predictions on the validation pictures.
  public var predictions: Predictions?
  public var trainPictures: Int
  public var seconds: Double
  public var peakBytes: Int?
  /// Why training ended.
  public var ending: String
  public var extras: ReportExtras

  public init(
    recipe: Recipe, history: [EpochMetrics], bestEpoch: Int? = nil, predictions: Predictions? = nil, trainPictures: Int,
    seconds: Double, peakBytes: Int? = nil, ending: String, extras: ReportExtras
  ) {
    self.recipe = recipe
    self.history = history
    self.bestEpoch = bestEpoch
    self.predictions = predictions
    self.trainPictures = trainPictures
    self.seconds = seconds
    self.peakBytes = peakBytes
    self.ending = ending
    self.extras = extras
  }

  /// The whole page.
  public var html: String {
    Page.html(
      title: "\(extras.data): a training",
      body:
        "\(header)\(curves)\(confusion)\(extras.mistakeSection)\(extras.augmentedSection)\(extras.dataSection)\(settings)\(extras.useSection)"
    )
  }

  private var validated: Predictions? { predictions.flatMap { $0.count > 0 ? $0 : nil } }

  private var header: Markup {
    let headline: Markup =
      validated.map {
        "The model recognizes <em>\(Numbers.percent($0.accuracy))</em> of \(Numbers.count($0.count, "validation picture"))."
      }
      ?? "The model is trained; no pictures were set aside to test it."
    return Page.header(
      kicker: "\(extras.data) · \(extras.date)", headline: headline,
      lead:
        "Trained on \(Numbers.count(trainPictures, "picture")) for \(Numbers.count(history.count, "epoch")). \(ending)",
      facts: facts)
  }

  private var facts: [Fact] {
    var facts: [Fact] = []
    if let validated {
      let interval = validated.accuracyInterval()
      facts = [
        Fact(
          name: "Validation accuracy", value: Numbers.percent(validated.accuracy),
          detail: "95 % interval \(Numbers.percent(interval))"),
        Fact(
          name: "Validation pictures", value: "\(validated.count)",
          detail: bestEpoch.map { "weights of epoch \($0), chosen on them" }),
        Fact(
          name: "Calibration error", value: Numbers.percent(validated.calibrationError()),
          detail: "confidence against accuracy"),
      ]
    }
    facts.append(Fact(name: "Time", value: Numbers.duration(seconds), detail: speed))
    if let peakBytes { facts.append(Fact(name: "Peak memory", value: Numbers.bytes(peakBytes), detail: nil)) }
    return facts
  }

  private var speed: String? {
    let rates = history.map(\.imagesPerSecond).filter { $0 > 0 }
    return rates.isEmpty ? nil : "\(Int(Moments(rates).mean.rounded())) pictures per second"
  }

  private var curves: Markup? {
    let charts = CurveChart.charts(history, of: "by epoch")
    return charts.isEmpty ? nil : Page.section("Learning curves", "<div class=\"charts\">\(charts)</div>")
  }

  private var confusion: Markup? {
    guard let validated else { return nil }
    return Page.section(
      "What was taken for what",
      note:
        "\(Numbers.count(validated.count, "validation picture")): rows are the labels, columns the model's answers.",
      "\(ConfusionTable(predictions: validated).markup)<h3>Class by class</h3>\(ClassTable(predictions: validated).markup)"
    )
  }

  private var settings: Markup {
    Page.section(
      "The recipe", note: "Everything this training depended on, beside the pictures.",
      "<details><summary>Show it</summary><pre>\(recipe.description)</pre></details>")
  }
}
