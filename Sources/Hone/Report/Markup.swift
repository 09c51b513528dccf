/// A piece of HTML. Text put into it is escaped; only markup goes in as it is.
///
/// ```swift
/// let name = "cats & <dogs>"
/// let cell: Markup = "<td>\(name)</td>"  // <td>cats &amp; &lt;dogs&gt;</td>
/// ```
package struct Markup: ExpressibleByStringInterpolation, Sendable, Hashable {
  package var html: String

  package init(stringLiteral value: String) { html = value }
  package init(stringInterpolation: Interpolation) { html = stringInterpolation.html }
  init(html: String) { self.html = html }

  package struct Interpolation: StringInterpolationProtocol {
    var html = ""
    package init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity * 2) }
    package mutating func appendLiteral(_ literal: String) { html += literal }
    package mutating func appendInterpolation(_ text: String) { html += Markup.escaped(text) }
    package mutating func appendInterpolation(_ number: Int) { html += "\(number)" }
    package mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
    package mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { html += part.html } }
    /// A coordinate: two decimals, so that files stay small.
    package mutating func appendInterpolation(_ value: Double) { html += Numbers.plain(value, decimals: 2) }
    package mutating func appendInterpolation(_ part: Markup?) { html += part?.html ?? "" }
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
    return result
  }
}
