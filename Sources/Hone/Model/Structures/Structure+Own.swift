public import HoneAugment

extension Structure {
  /// Lets a network of one's own go by its name wherever Hone's structures do: recipes, model files, studies.
  ///
  /// Register it at the start of the program that trains, and of every program that reads its models. Its top is a mean
  /// over the picture and one dense layer, unless a head is chosen.
  ///
  /// - Parameters:
  ///   - input: the picture it is made for.
  ///   - normalization: what its pictures go through; ImageNet's if nothing is known to be better.
  ///   - trunk: everything up to the features, from the structure that is asked for: its input, and its options.
  /// - Throws: `HoneError` `.conflict` where Hone has a structure of this name.
  public static func register(
    _ name: String, title: String = "", input: InputSpec, normalization: Normalization = .imageNet,
    trunk: @escaping @Sendable (Structure) throws -> Sequential
  ) throws {
    try Architecture.register(
      Architecture(
        name: name, family: "Own", title: title, source: "own", input: input, normalization: normalization,
        trunk: trunk, top: { Heads.single(named: "fc", .torch($1[0], $0.outputs), dropout: $0.head.dropout ?? 0) }))
  }
}
