/// A transform made of steps, so that it can be printed as a tree.
public protocol Composite: Transform {
  var branches: [Branch] { get }
}

/// Steps of a composite, and when they are done.
public struct Branch: Sendable, Hashable {
  public let title: String?
  public let steps: [Step]

  public init(_ steps: [Step], title: String? = nil) {
    self.steps = steps
    self.title = title
  }
}

extension Step: CustomStringConvertible {
  /// The step on one line, with those inside it on lines of their own below.
  public var description: String { node.lines.joined(separator: "\n") }

  fileprivate var node: Node {
    let branches = (transform as? any Composite)?.branches ?? []
    return Node(
      text: headline,
      children: branches.flatMap { branch in
        let steps = branch.steps.map(\.node)
        return branch.title.map { [Node(text: $0, children: steps)] } ?? steps
      })
  }

  /// Name, parameters other than steps, and chance.
  private var headline: String {
    let inner = Mirror(reflecting: transform).children.filter {
      type(of: $0.value) == [Step].self || type(of: $0.value) == [Int: [Step]].self
    }
    let hidden = Set(inner.compactMap(\.label))
    var text = name
    if case .table(let values) = try? Parameters(of: transform) {
      let shown = values.filter { !hidden.contains($0.key) }
      if !shown.isEmpty { text += "(\(Parameters.list(shown)))" }
    }
    return chance < 1 ? "\(text) × \(chance)" : text
  }
}

/// A line of a tree and what hangs on it.
private struct Node {
  let text: String
  let children: [Node]

  var lines: [String] {
    [text]
      + children.enumerated().flatMap { index, child in
        let isLast = index == children.count - 1
        return child.lines.enumerated().map { line, text in
          (line == 0 ? (isLast ? "└ " : "├ ") : (isLast ? "  " : "│ ")) + text
        }
      }
  }
}
