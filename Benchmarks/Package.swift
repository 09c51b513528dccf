// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// With HONE_ENGINE=none there is no libtorch, and only the picture side is timed.
let engine = ProcessInfo.processInfo.environment["HONE_ENGINE"] != "none"

func hone(_ product: String) -> Target.Dependency { .product(name: product, package: "hone") }

var targets: [Target] = [
  .executableTarget(name: "AugmentBench", dependencies: [hone("HoneImage"), hone("HoneAugment")])
]
if engine {
  targets.append(
    .executableTarget(name: "TrainBench", dependencies: [hone("Hone"), hone("HoneTensor"), hone("HoneAugment")]))
}

// A package of its own, so that nobody who uses Hone builds its benchmarks.
let package = Package(
  name: "hone-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "hone", path: "..")],
  targets: targets,
  swiftLanguageModes: [.v6]
)
