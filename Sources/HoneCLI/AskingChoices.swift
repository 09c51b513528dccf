public import ArgumentParser
import Hone
public import HoneTensor

/// How a model is asked, for all commands that ask one.
struct AskingChoices: ParsableArguments {
  @Option(help: "Look more than once and average, several ways with commas; or once, whatever the model was made for.")
  var views: Views?

  @Option(help: "Where the network computes: cpu, cuda, cuda:1, mps. (default: a CUDA card where there is one)")
  var device: Device?

  var options: AskingOptions {
    var options = AskingOptions(device: device.map(Auto.fixed) ?? .auto)
    switch views {
    case .once: options.flips = false
    case .several(let viewings): options.views = viewings
    case nil: break
    }
    return options
  }
}

extension Device: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
