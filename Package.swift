// swift-tools-version: 6.2
import Foundation
import PackageDescription

// What the machine offers. `make setup` (Scripts/setup) puts libtorch under .deps/libtorch, of this package or, when it is
// a dependency, of the package that uses it; LIBTORCH=/path/to/torch picks another copy; HONE_ENGINE=none leaves out all
// that needs it.
let environment = ProcessInfo.processInfo.environment
let engine = environment["HONE_ENGINE"] != "none"
let root =
  ["/.build/checkouts/", "/SourcePackages/checkouts/"]
  .compactMap { Context.packageDirectory.range(of: $0)?.lowerBound }
  .map { String(Context.packageDirectory[..<$0]) }
  .first ?? Context.packageDirectory
let libtorch = environment["LIBTORCH"] ?? "\(root)/.deps/libtorch"

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
/// Pixel loops are C because they need per-function instruction sets; they must be fast in debug builds too.
let fastC: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])]

/// Libraries that are used where they are: what phones make (HEIC, AVIF), and colour profiles.
let wanted = [
  (library: "heif", header: "libheif/heif.h", define: "HONE_HEIF"),
  (library: "lcms2", header: "lcms2.h", define: "HONE_LCMS"),
].filter { candidate in
  let folders = [
    "/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu", "/usr/local/include",
    "/opt/homebrew/include",
  ]
  return folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(candidate.header)") }
}

/// A small program of its own in Examples; the tests run it.
func example(_ name: String, _ folder: String, dependencies: [Target.Dependency] = ["Hone"]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "Examples/\(folder)", swiftSettings: strict)
}
/// A contestant of Benchmarks: here, and no product, so that every full build compiles it and no client does.
func contestant(_ name: String, dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Benchmarks/Sources/\(name)", swiftSettings: strict)
}

var products: [Product] = [
  .library(name: "HoneImage", targets: ["HoneImage"]),
  .library(name: "HoneAugment", targets: ["HoneAugment"]),
]
var targets: [Target] = [
  .target(
    name: "CHoneCodecs", cSettings: fastC + wanted.map { .define($0.define) },
    linkerSettings: (["jpeg", "spng", "webp", "webpdemux", "gif", "tiff", "z"] + wanted.map(\.library))
      .map { .linkedLibrary($0) }),
  .target(name: "CHoneKernels", cSettings: fastC),
  .target(name: "HoneImage", dependencies: ["CHoneCodecs", "CHoneKernels"], swiftSettings: strict),
  .target(name: "HoneAugment", dependencies: ["HoneImage", "CHoneKernels"], swiftSettings: strict),
  .target(name: "HoneTesting", dependencies: ["HoneImage"], path: "Tests/HoneTesting", swiftSettings: strict),
  example("crop-and-rotate", "CropAndRotate", dependencies: ["HoneAugment", "HoneImage"]),
  example("cifar-sheets", "CIFARSheets", dependencies: ["HoneImage"]),
  contestant("AugmentBench", dependencies: ["HoneAugment", "HoneImage"]),
  contestant("RowsBench", dependencies: ["HoneAugment", "HoneImage"]),
  .testTarget(
    name: "HoneImageTests", dependencies: ["HoneImage", "CHoneCodecs", "CHoneKernels", "HoneTesting"],
    resources: [.copy("Goldens")], swiftSettings: strict),
  .testTarget(
    name: "HoneAugmentTests", dependencies: ["HoneAugment", "HoneImage", "HoneTesting", "CHoneKernels"],
    resources: [.copy("Goldens")], swiftSettings: strict),
]
var dependencies: [Package.Dependency] = []

/// libtorch's headers.
let torchHeaders = [
  "-isystem", "\(libtorch)/include", "-isystem", "\(libtorch)/include/torch/csrc/api/include",
]

if engine {
  dependencies += [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ]
  products += [
    .library(name: "HoneTensor", targets: ["HoneTensor"]),
    .library(name: "Hone", targets: ["Hone"]),
    .executable(name: "hone", targets: ["HoneCLI"]),
  ]
  targets += [
    .target(
      name: "CHoneTorch",
      cxxSettings: [.unsafeFlags(torchHeaders + ["-O2", "-Wall", "-Werror"])],
      linkerSettings: [
        .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ]),
    .target(name: "HoneTensor", dependencies: ["CHoneTorch"], swiftSettings: strict),
    .target(
      name: "Hone",
      dependencies: ["HoneTensor", "HoneAugment", "HoneImage", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .executableTarget(
      name: "HoneCLI",
      dependencies: ["Hone", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),
    .testTarget(
      name: "HoneTensorTests", dependencies: ["HoneTensor", "HoneTesting"], resources: [.copy("Goldens")],
      swiftSettings: strict),
    .executableTarget(
      name: "ResumeProbe", dependencies: ["Hone", "HoneTensor", "HoneAugment"], path: "Tests/ResumeProbe",
      swiftSettings: strict),
    .target(  // linked with what depends on CHoneTorch
      name: "CHoneMockDevice", path: "Tests/CHoneMockDevice",
      cxxSettings: [
        .headerSearchPath("../../Sources/CHoneTorch/include"),
        .unsafeFlags(torchHeaders + ["-O2", "-Wall", "-Werror"]),
      ]),
    .testTarget(
      name: "HoneTests",
      dependencies: [
        "Hone", "HoneTensor", "HoneAugment", "HoneImage", "HoneTesting", "ResumeProbe", "CHoneMockDevice",
      ],
      resources: [.copy("Goldens")], swiftSettings: strict),
    example("classic-cnn", "ClassicCNN"),
    example("classic-cnn-with-l2", "ClassicCNNWithL2"),
    example("transfer-vgg16", "TransferVGG16"),
    example("own-loop", "OwnLoop", dependencies: ["Hone", "HoneAugment", "HoneImage", "HoneTensor"]),
    contestant("TrainBench", dependencies: ["Hone", "HoneTensor"]),
    .testTarget(
      name: "HoneCLITests",
      dependencies: [
        "HoneCLI", "Hone", "HoneTensor", "HoneImage", "HoneTesting", "cifar-sheets", "crop-and-rotate", "classic-cnn",
        "classic-cnn-with-l2", "transfer-vgg16", "own-loop",
      ], swiftSettings: strict),
  ]
}

/// What needs CUDA's symbols: built where this libtorch is a CUDA build and CUDA's headers are beside it, and opened on demand.
let cuda = ["\(libtorch)/cuda", "\(libtorch)/../nvidia/cu13/include", "/usr/local/cuda/include"].first { folder in
  ["cuda_runtime_api.h", "crt/host_config.h"].allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
}
if engine, let cuda, FileManager.default.fileExists(atPath: "\(libtorch)/lib/libtorch_cuda.so") {
  products += [.library(name: "hone_cuda", type: .dynamic, targets: ["CHoneCUDA"])]
  targets += [
    .target(
      name: "CHoneCUDA",
      cxxSettings: [
        .headerSearchPath("../CHoneTorch/include"),
        .unsafeFlags(torchHeaders + ["-isystem", cuda, "-O2", "-Wall", "-Werror"]),
      ],
      linkerSettings: [
        .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
        .linkedLibrary("torch_cuda"), .linkedLibrary("c10_cuda"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ])
  ]
}

let package = Package(
  name: "hone",
  platforms: [.macOS(.v15)],
  products: products,
  dependencies: dependencies,
  targets: targets,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11,
  cxxLanguageStandard: .cxx20
)
