// swift-tools-version: 6.2
import Foundation
import PackageDescription

// A package that uses Hone by git URL and version. Scripts/check-client builds and runs it against a tagged clone, with
// the code of docs/own-transform.md, docs/own-model.md and docs/plans.md as files of its own.
let url = ProcessInfo.processInfo.environment["HONE_URL"] ?? "https://github.com/hone/hone"

let package = Package(
  name: "client",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: url, from: "0.1.0")],
  targets: [
    .executableTarget(
      name: "client",
      dependencies: ["HoneImage", "HoneAugment", "HoneTensor", "Hone"].map { .product(name: $0, package: "hone") })
  ]
)
