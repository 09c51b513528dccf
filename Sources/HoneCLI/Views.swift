import ArgumentParser
import Hone
import HoneAugment

/// Ways to look at a picture, as `--views` takes them.
struct Views: ExpressibleByArgument {
  let viewings: [Viewing]

  static var allValueStrings: [String] { Viewing.allCases.map(\.rawValue) }

  init?(argument: String) {
    let names = argument.split(separator: ",").map(String.init)
    viewings = names.compactMap(Viewing.init(rawValue:))
    if viewings.isEmpty || viewings.count < names.count { return nil }
  }
}
