import Foundation
import Synchronization

/// One line at the bottom of the terminal that is drawn again and again, with plain lines above it.
///
/// Piped, nothing is ever drawn twice: the moving line is left out and the plain lines remain.
final class StatusLine: Sendable {
  private struct State {
    var isDrawn = false
    var drawnAt = ContinuousClock.now - .seconds(1)
  }

  private let state = Mutex(State())

  /// Draws the moving line, ten times a second at most.
  func show(_ text: ProgressText) {
    guard Terminal.isWatched else { return }
    state.withLock { state in
      guard state.drawnAt.duration(to: .now) >= .milliseconds(100) else { return }
      Terminal.write("\r" + text.line(width: Terminal.width - 1) + "\u{1B}[K", to: .standardError)
      state = State(isDrawn: true, drawnAt: .now)
    }
  }

  /// A line that stays.
  func say(_ text: String) {
    state.withLock { state in
      Terminal.write((state.isDrawn ? "\r\u{1B}[K" : "") + text + "\n", to: .standardError)
      state.isDrawn = false
    }
  }

  /// Takes the moving line away.
  func clear() {
    state.withLock { state in
      if state.isDrawn { Terminal.write("\r\u{1B}[K", to: .standardError) }
      state.isDrawn = false
    }
  }
}
