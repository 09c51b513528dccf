import ArgumentParser
import Foundation
import HoneImage
import HoneTensor

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what this machine offers, what is missing, and how to mend it.",
    discussion: """
      Example:
        hone doctor
      """)

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() async throws {
    try await Outcome.of {
      let findings = await Self.examine()
      if json { try Terminal.json(findings) } else { findings.map(\.text).forEach(Terminal.result) }
      if findings.contains(where: { $0.state == .broken }) { throw ExitCode.failure }
    }
  }

  /// One thing looked at.
  struct Finding: Encodable, Sendable {
    enum State: String, Encodable { case good, lacking, broken }

    let name: String
    let state: State
    let finding: String
    var remedy: String?

    var text: String {
      let mark = ["good": "✓", "lacking": "–", "broken": "✗"][state.rawValue, default: ""]
      let title = name.padding(toLength: 10, withPad: " ", startingAt: 0)
      return "\(mark) \(title) \(finding)" + (remedy.map { "\n             to mend it: \($0)" } ?? "")
    }
  }

  private static func examine() async -> [Finding] {
    [
      Finding(name: "hone", state: .good, finding: Version.text),
      await libtorch(), processor(), graphics(), memory(), pictures(), disk(),
    ]
  }

  private static func libtorch() async -> Finding {
    let place = LoadedLibrary.path(named: "libtorch_cpu") ?? "place unknown"
    let product = try? await Engine.run {
      try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).matmul(Tensor.ones([2, 1])).floats()
    }
    guard product == [3, 7] else {
      return Finding(
        name: "libtorch", state: .broken, finding: "\(Engine.version) computes wrongly (\(place))",
        remedy: "remove .deps/libtorch and run: make setup")
    }
    return Finding(name: "libtorch", state: .good, finding: "\(Engine.version), \(place)")
  }

  private static func processor() -> Finding {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let bfloat16 =
      Engine.hasFastBFloat16 ? "multiplies bfloat16, so training uses it" : "no bfloat16, so training uses float32"
    return Finding(
      name: "processor", state: .good,
      finding: "\(cores) \(cores == 1 ? "core" : "cores"), \(Engine.cpuCapability), \(bfloat16)")
  }

  private static func graphics() -> Finding {
    let found = Device.all.filter { $0.kind != .cpu }.map(\.description)
    if !found.isEmpty {
      let lacksGraphs = Device.best.kind == .cuda && !DeviceGraph.isOffered(on: .best)
      return Finding(
        name: "graphics", state: .good,
        finding: found.joined(separator: ", ")
          + (lacksGraphs ? "; cudaGraphs needs libhone_cuda: swift build -c release --product hone_cuda" : ""))
    }
    guard FileManager.default.fileExists(atPath: "/dev/nvidia0") else {
      return Finding(name: "graphics", state: .lacking, finding: "none; training runs on the processor")
    }
    return Finding(
      name: "graphics", state: .lacking, finding: "there is an NVIDIA card, and this libtorch does not drive it",
      remedy: "build with a libtorch that has CUDA and its libraries: make build LIBTORCH=/path/to/torch")
  }

  private static func memory() -> Finding {
    let bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    guard bytes < 4 << 30 else { return Finding(name: "memory", state: .good, finding: gibibytes(bytes)) }
    return Finding(
      name: "memory", state: .lacking, finding: gibibytes(bytes) + " is little for training",
      remedy: "train small structures, or a frozen backbone")
  }

  /// Writes and reads a picture in memory.
  private static func pictures() -> Finding {
    let picture = Image<UInt8>(height: 8, width: 8, channels: 3, repeating: 100)
    guard let bytes = try? picture.jpegEncoded(), (try? Image<UInt8>(decoding: bytes))?.size == picture.size else {
      return Finding(
        name: "pictures", state: .broken, finding: "the JPEG library does not read what it wrote",
        remedy: "install the packages that `make setup` names")
    }
    let formats = ImageFormat.allCases.filter(\.isSupported).map { $0 == .webp ? "WebP" : $0.rawValue.uppercased() }
    let lacking =
      (ImageFormat.heic.isSupported ? [] : ["libheif-dev"]) + (ColorManagement.isSupported ? [] : ["liblcms2-dev"])
    let profiles = ColorManagement.isSupported ? "; colour profiles applied" : "; colour profiles not applied"
    return Finding(
      name: "pictures", state: lacking.isEmpty ? .good : .lacking, finding: formats.joined(separator: ", ") + profiles,
      remedy: lacking.isEmpty ? nil : "install \(lacking.joined(separator: " and ")), remove .build and build again")
  }

  private static func disk() -> Finding {
    let folder = FileManager.default.currentDirectoryPath
    let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? Int ?? 0
    guard free < 1 << 30 else { return Finding(name: "disk", state: .good, finding: gibibytes(free) + " free here") }
    return Finding(
      name: "disk", state: .lacking, finding: gibibytes(free) + " free here",
      remedy: "a run writes some 200 MB of checkpoints; make room or name another folder with --out")
  }

  private static func gibibytes(_ bytes: Int) -> String {
    String(format: "%.1f GiB", Double(bytes) / Double(1 << 30))
  }
}
