// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses Hone builds its benchmarks.
let package = Package(
  name: "hone-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "hone", path: "..")],
  targets: [
    .executableTarget(
      name: "AugmentBench",
      dependencies: [.product(name: "HoneImage", package: "hone"), .product(name: "HoneAugment", package: "hone")]),
    .executableTarget(
      name: "TrainBench",
      dependencies: [
        .product(name: "Hone", package: "hone"), .product(name: "HoneTensor", package: "hone"),
        .product(name: "HoneAugment", package: "hone"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
