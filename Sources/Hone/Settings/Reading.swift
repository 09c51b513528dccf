internal import Yams

/// What was asked for while one document was read.
final class Reading {
  private struct Visit {
    let node: Node.Mapping
    var asked: Set<String>
  }
  private let root: Node
  private let file: String?
  private var visits: [String: Visit] = [:]
  private var order: [String] = []

  init(root: Node, file: String?) {
    self.root = root
    self.file = file
  }

  func visit(_ mapping: Node.Mapping, at path: [any CodingKey]) {
    let place = path.dotted
    guard visits[place] == nil else { return }
    visits[place] = Visit(node: mapping, asked: [])
    order.append(place)
  }

  func ask(_ key: any CodingKey, at path: [any CodingKey]) {
    visits[path.dotted]?.asked.insert(key.stringValue)
  }

  func refuseUnknown() throws {
    for place in order {
      guard let visit = visits[place] else { continue }
      for (key, _) in visit.node {
        let name = key.string ?? ""
        guard !visit.asked.contains(name) else { continue }
        throw HoneError.unknown(
          name, among: visit.asked.sorted(), noun: place.isEmpty ? "a setting here" : "a setting of '\(place)'",
          file: file, line: key.mark?.line)
      }
    }
  }

  func explained(_ error: DecodingError) -> HoneError {
    switch error {
    case .keyNotFound(let key, let context):
      invalid("'\((context.codingPath + [key]).dotted)' is missing; add it", context)
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      invalid(context.debugDescription, context)
    @unknown default:
      HoneError(.invalidValue, "a setting could not be read", file: file, cause: error)
    }
  }

  private func invalid(_ message: String, _ context: DecodingError.Context) -> HoneError {
    let place = context.codingPath.dotted
    let line = line(of: context.codingPath)
    if var error = context.underlyingError as? HoneError {
      error.context["file"] = file
      error.context["line"] = line.map(String.init)
      return error
    }
    let named = place.isEmpty || message.contains(place) ? message : "\(place): \(message)"
    return HoneError(.invalidValue, named, file: file, line: line, key: place, cause: context.underlyingError)
  }

  /// The line of the last node along the path that the text has.
  private func line(of path: [any CodingKey]) -> Int? {
    var node = root
    for key in path {
      guard let next = node.mapping?[.init(key.stringValue)] ?? node.sequence?.dropFirst(key.intValue ?? .max).first
      else { break }
      node = next
    }
    return node.mark?.line
  }
}

extension [any CodingKey] {
  /// `optimizer.rates[2].pattern`
  var dotted: String {
    reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
  }
}
