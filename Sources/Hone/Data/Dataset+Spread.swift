extension Dataset {
  /// The first of some samples, the classes in turn, up to `count`.
  func spread(_ indices: [Int], count: Int) -> [Int] {
    var queues = classes.indices.map { label in indices.filter { samples[$0].label == label }[...] }
    var chosen: [Int] = []
    while chosen.count < min(count, indices.count) {
      for label in queues.indices where chosen.count < count {
        if let next = queues[label].popFirst() { chosen.append(next) }
      }
    }
    return chosen
  }
}
