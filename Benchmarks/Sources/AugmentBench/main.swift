import Foundation
import HoneAugment
import HoneImage

// Times the way from JPEG files to a normalized batch, on one thread, and prints one line of JSON.
// Usage: AugmentBench LIST [bf16]   (LIST: a text file with one path per line)
//
// Rates are pictures per second of process CPU time, so that other programs on the machine disturb them less.

let arguments = CommandLine.arguments
guard arguments.count >= 2, let list = try? String(contentsOfFile: arguments[1], encoding: .utf8) else {
  FileHandle.standardError.write(Data("usage: AugmentBench LIST [bf16]\n".utf8))
  exit(64)
}
let paths = list.split(separator: "\n").map(String.init)
let precision: BatchPrecision = arguments.dropFirst(2).contains("bf16") ? .bfloat16 : .float32

let pipeline = Pipeline {
  RandomResizedCrop(height: 224, width: 224)
  Flip().applied(0.5)
  Rotate(degrees: -15...15)
  ColorJitter(
    brightness: 0.8...1.2, contrast: 0.8...1.2, saturation: 0.8...1.2, hue: -0.05...0.05)
}

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Pictures per CPU second of some work on each of `count` pictures.
func rate(_ count: Int, _ body: (Int) throws -> Void) rethrows -> Double {
  let start = cpuSeconds()
  for index in 0..<count { try body(index) }
  return Double(count) / (cpuSeconds() - start)
}

let batch = Batch(count: 32, channels: 3, height: 224, width: 224, classes: 1, precision: precision)
func key(_ index: Int) -> SampleKey { SampleKey(seed: 1, epoch: 0, position: index) }

let files = try rate(paths.count) { index in
  let bytes = try Data(contentsOf: URL(filePath: paths[index]))
  try bytes.withUnsafeBytes { raw in
    _ = try pipeline.write(
      decoding: raw, key: key(index), normalization: .imageNet, into: batch, slot: index % 32)
  }
}
let contents = try paths.map { try Data(contentsOf: URL(filePath: $0)) }
let decoding = try rate(paths.count) { index in _ = try Image<UInt8>(decoding: contents[index]) }
let images = try contents.map { try Image<UInt8>(decoding: $0) }
let augmenting = rate(paths.count) { index in
  let plan = pipeline.plan(for: images[index].size, key: key(index))
  plan.write(images[index], normalization: .imageNet, into: batch, slot: index % 32)
}
let cropAndFlip = Pipeline {
  RandomResizedCrop(height: 224, width: 224)
  Flip().applied(0.5)
}
let parts: [(String, Pipeline)] = [
  ("crop, flip", cropAndFlip),
  ("crop, flip, rotate", Pipeline(cropAndFlip.steps + [Step(Rotate(degrees: -15...15))])),
  ("crop, flip, TrivialAugment", Pipeline(cropAndFlip.steps + [Step(TrivialAugmentWide())])),
  ("crop, flip, RandAugment", Pipeline(cropAndFlip.steps + [Step(RandAugment())])),
]
var results: [(String, Double)] = [("file to batch", files), ("decode", decoding), ("augment decoded", augmenting)]
for (name, part) in parts {
  let speed = rate(paths.count) { index in
    let plan = part.plan(for: images[index].size, key: key(index))
    plan.write(images[index], normalization: .imageNet, into: batch, slot: index % 32)
  }
  results.append((name, speed))
}
let fields = results.map { "\"\($0.0)\": \(($0.1 * 10).rounded() / 10)" }
print("{\(fields.joined(separator: ", "))}")
