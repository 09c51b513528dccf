import HoneCLI
import Testing

@Suite struct `A progress bar` {
  @Test(arguments: [0.0, 0.33, 0.5, 0.999, 1, -1, 2, .nan], [10, 20, 40, 80, 200])
  func `never exceeds the width of the terminal`(_ fraction: Double, _ width: Int) {
    let text = ProgressText(
      title: "epoch 3/20", fraction: fraction, rate: "412 pictures/s", secondsLeft: 24, note: "loss 0.4121")
    #expect(text.line(width: width).count <= width)
  }

  @Test func `says how far, how fast and how long still`() {
    let text = ProgressText(title: "epoch 3/20", fraction: 0.5, rate: "412 pictures/s", secondsLeft: 24)
    #expect(text.line(width: 70) == "epoch 3/20 ━━━━━━━━━━━━╺────────────  50 %  412 pictures/s  0:24 left")
  }

  @Test func `tells time as a clock does`() {
    #expect(
      [0, 7.4, 59.6, 760, 3723, .infinity].map(ProgressText.clock) == [
        "0:00", "0:07", "1:00", "12:40", "1:02:03", "0:00",
      ])
  }
}

@Suite struct `A table` {
  @Test func `aligns its columns and leaves no space at the end of a line`() {
    var table = TextTable([("class", .left), ("pictures", .right)])
    table.add(["roses", "7"])
    table.add(["🌻", "1024"])
    #expect(table.text == "class  pictures\nroses         7\n🌻         1024")
  }
}

@Suite struct `A row that ends early` {
  @Test func `does not widen the columns`() {
    var table = TextTable([("picture", .left), ("label", .left), ("", .right)])
    table.add(["a.png", "rose", "99.0 %"])
    table.add(["b.png", "error: not a picture at all"])
    #expect(table.text == "picture  label\na.png    rose   99.0 %\nb.png    error: not a picture at all")
  }
}

@Suite struct `A budget` {
  @Test(arguments: [("90s", 90.0), ("45", 45), ("10m", 600), ("1h30m", 5400), ("1h1m1s", 3661)])
  func `is read as a person writes it`(_ text: String, _ seconds: Double) {
    #expect(TimeBudget(argument: text)?.seconds == seconds)
  }

  @Test(arguments: ["", "0s", "ten minutes", "10x", "-5m", "m", "5m1h"])
  func `is refused when it is no length of time`(_ text: String) {
    #expect(TimeBudget(argument: text) == nil)
  }

  @Test func `is printed as it is read`() {
    for text in ["1m30s", "10m", "1h30m"] { #expect(TimeBudget(argument: text)?.description == text) }
  }
}
