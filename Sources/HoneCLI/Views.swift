import ArgumentParser
import Hone
import HoneAugment

/// How a picture is looked at, as `--views` takes it.
enum Views: ExpressibleByArgument {
  /// One look, also by a model that learnt to be asked about mirror images too.
  case once
  case several([Viewing])

  static var allValueStrings: [String] { ["once"] + Viewing.allCases.map(\.rawValue) }

  init?(argument: String) {
    if argument == "once" {
      self = .once
      return
    }
    let names = argument.split(separator: ",").map(String.init)
    let viewings = names.compactMap(Viewing.init(rawValue:))
    if viewings.isEmpty || viewings.count < names.count { return nil }
    self = .several(viewings)
  }
}
