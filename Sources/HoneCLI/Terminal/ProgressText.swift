/// What a progress bar says, as text: how far, how fast, how long still.
///
/// ```
/// epoch 3/20 ━━━━━━━━━━━━━━━━━━╺────────  63 %  412 pictures/s  0:24 left  loss 0.4121
/// ```
package struct ProgressText: Sendable, Hashable {
  package var title: String
  /// Between 0 and 1.
  package var fraction: Double
  /// For example "412 pictures/s".
  package var rate: String?
  package var secondsLeft: Double?
  package var note: String?

  package init(
    title: String, fraction: Double, rate: String? = nil, secondsLeft: Double? = nil, note: String? = nil
  ) {
    self.title = title
    self.fraction = min(1, max(0, fraction.isFinite ? fraction : 0))
    self.rate = rate
    self.secondsLeft = secondsLeft
    self.note = note
  }

  /// One line of at most `width` columns; the bar takes what the words leave, and goes first when there is no room.
  package func line(width: Int) -> String {
    let percent = "\(Int(fraction * 100)) %"
    let padded = String(repeating: " ", count: max(0, 5 - percent.count)) + percent
    let words = [padded, rate, secondsLeft.map { Self.clock($0) + " left" }, note].compactMap(\.self)
    let tail = words.joined(separator: "  ")
    let room = min(40, width - title.count - tail.count - 3)
    let middle = room >= 8 ? " " + bar(columns: room) + " " : " "
    return String((title + middle + tail).prefix(width))
  }

  private func bar(columns: Int) -> String {
    let full = Int(fraction * Double(columns))
    let rest = columns - full
    return String(repeating: "━", count: full) + (rest > 0 ? "╺" + String(repeating: "─", count: rest - 1) : "")
  }

  /// "0:07", "12:40", "1:02:03".
  package static func clock(_ seconds: Double) -> String {
    let total = Int(max(0, seconds.isFinite ? seconds : 0).rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(twoDigits(rest))" : "\(minutes):\(twoDigits(rest))"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
