import HoneTensor

extension Model {
  /// Stops the trunk from learning: parameters fixed, norms on their running statistics.
  ///
  /// - Parameter depth: the depth (0 the input, 1 the head) below which to freeze; 1 freezes the whole trunk.
  public func freezeTrunk(below depth: Double = 1) throws {
    let depths = self.depths
    func isBelow(_ name: String) -> Bool { depths[name, default: 1] < depth }
    for entry in trunkParameters where isBelow(entry.name) { try entry.parameter.setTrainable(false) }
    for case (let name, let norm as BatchNormLayer) in layers where isBelow(name + ".weight") { norm.isFrozen = true }
  }

  /// Lets the whole trunk learn again.
  ///
  /// - Parameter normStatistics: false keeps norms on their running statistics, which suits small batches.
  public func unfreeze(normStatistics: Bool = true) throws {
    for entry in parameters { try entry.parameter.setTrainable(true) }
    for case (_, let norm as BatchNormLayer) in layers { norm.isFrozen = !normStatistics }
  }

  /// Parameters in groups from the input to the head: the units of gradual unfreezing and of rates by depth.
  public var layerGroups: [[NamedParameter]] {
    var groups: [(unit: String, members: [NamedParameter])] = []
    for entry in trunkParameters {
      let unit = Self.unit(of: entry.name)
      if entry.layer == .norm, let last = groups.indices.last, !entry.name.dropFirst(unit.count + 1).contains(".") {
        groups[last].members.append(entry)
      } else if let last = groups.indices.last, groups[last].unit == unit {
        groups[last].members.append(entry)
      } else {
        groups.append((unit, [entry]))
      }
    }
    return groups.map(\.members) + [headParameters]
  }

  /// The block a parameter belongs to: `layer1.0` of `layer1.0.conv1.weight`, `conv1` of `conv1.weight`.
  private static func unit(of name: String) -> String {
    let path = name.split(separator: ".").dropLast()
    return path.prefix(2).joined(separator: ".")
  }

  /// How deep each parameter lies: 0 at the input, 1 in the head.
  public var depths: [String: Double] {
    let groups = layerGroups
    var depths: [String: Double] = [:]
    for (index, group) in groups.enumerated() {
      for entry in group { depths[entry.name] = Double(index) / Double(max(1, groups.count - 1)) }
    }
    return depths
  }
}
