import HoneImage

extension Plan {
  /// The geometry backwards, from what came out to the source: what undoes a view of a picture in an output that has places.
  ///
  /// Exact for mirrors and quarter turns, else one resampling; what was cut off stays black. Nil where a picture was squeezed
  /// to a line, bent by a field, or cut into tiles.
  public var inverse: Plan? {
    guard !isBent, !relocates else { return nil }
    let geometry = actions.filter { $0.forMask(0) != nil }
    let symmetries = geometry.compactMap { action -> Symmetry? in
      guard case .symmetry(let symmetry) = action else { return nil }
      return symmetry
    }
    if symmetries.count == geometry.count {
      let whole = symmetries.reduce(Symmetry.identity) { $0.then($1) }
      return Plan(sourceSize: outputSize, channels: channels, actions: [.symmetry(whole.inverse)])
    }
    return matrix.inverse.map { back in
      Plan(sourceSize: outputSize, channels: channels, actions: [.warp(Warp(matrix: back, size: sourceSize))])
    }
  }
}
