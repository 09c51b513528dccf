package import HoneTensor

extension Model {
  /// The weights with position embeddings resampled, where they were learnt on pictures of another size.
  ///
  /// - Source: Dosovitskiy et al., 2020, arXiv:2010.11929, §3.2; bicubic with antialiasing, as timm does it.
  func withFittingPositions(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    guard let entry = parameters.first(where: { $0.role == .embedding && $0.name.hasSuffix("pos_embed") }),
      let learnt = weights[entry.name], learnt.shape != entry.parameter.shape, let grid = patchGrid
    else { return weights }
    var weights = weights
    weights[entry.name] = try Self.resampled(learnt, to: grid)
    return weights
  }

  /// How many patches lie below and beside one another.
  private var patchGrid: Pair? {
    guard let patches = parameters.first(where: { $0.name == "patch_embed.proj.weight" })?.parameter.shape else {
      return nil
    }
    return Pair(structure.input.height / patches[2], structure.input.width / patches[3])
  }

  /// The class token's as it is, those of the patches as a picture in another size; unchanged unless they were a square.
  ///
  /// - Shape: `[1, 1 + s·s, C]` → `[1, 1 + height·width, C]`.
  package static func resampled(_ positions: Tensor, to grid: Pair) throws -> Tensor {
    let (count, width) = (positions.shape[1] - 1, positions.shape[2])
    let side = Int(Double(count).squareRoot())
    guard positions.rank == 3, side * side == count else { return positions }
    let picture = try positions.narrow(1, start: 1, length: count).reshape([1, side, side, width])
    let resized = try picture.permute([0, 3, 1, 2]).interpolate(grid, .bicubic, antialias: true)
    return try .cat([positions.narrow(1, start: 0, length: 1), resized.flatten(from: 2).transpose(1, 2)], axis: 1)
  }
}
