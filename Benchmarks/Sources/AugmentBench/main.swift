import Foundation
import HoneAugment
import HoneImage
import Synchronization

// Hone's side of augment.py: the way from JPEG files to a normalized batch.
// Usage: AugmentBench LISTING
//
// LISTING is JSON: sets of files by name. After the line {"ready": …} it answers each line "go SET/PIPELINE SECONDS THREADS"
// with {"seconds", "amount"} in pictures: seconds of CPU time on one thread, so that other programs disturb them less, and
// of the clock on several.

let size = Size(height: 224, width: 224)

let cropAndFlip = Pipeline {
  RandomResizedCrop(height: size.height, width: size.width)
  Flip().applied(0.5)
}

let generator = ImageDataGenerator(
  rotationRange: 15, widthShiftRange: 0.1, heightShiftRange: 0.1, brightnessRange: 0.8...1.2, zoomRange: 0.2,
  horizontalFlip: true)

/// What is timed; the peers' own words for each are in peers/augment_peer.py.
let pipelines: [String: Pipeline] = [
  "jitter": Pipeline {
    cropAndFlip
    Rotate(degrees: -15...15)
    ColorJitter(brightness: 0.8...1.2, contrast: 0.8...1.2, saturation: 0.8...1.2, hue: -0.05...0.05)
  },
  "trivial": Pipeline {
    cropAndFlip
    TrivialAugmentWide()
  },
  "rand": Pipeline {
    cropAndFlip
    RandAugment()
  },
  "generator": generator.pipeline(targetSize: size),
  "layers": Pipeline {
    Resize(height: size.height, width: size.width)
    Flip().applied(0.5)
    Rotate(degrees: -15...15, border: .reflect)
    Zoom(factor: 0.8...1.2, border: .reflect)
    Shift(x: -0.1...0.1, y: -0.1...0.1, border: .reflect)
    Contrast(factor: 0.8...1.2)
    Brightness(factor: 0.8...1.2)
  },
]

func seconds(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Fills a batch of its own with pictures `first`, `first + step` … of the files until a time has come; how many they were.
func fill(from files: [String], _ pipeline: Pipeline, first: Int, step: Int, until isOver: () -> Bool) throws -> Int {
  let batch = Batch(count: 32, channels: 3, height: size.height, width: size.width, classes: 1)
  var done = 0
  while !isOver() {
    let position = first + done * step
    let bytes = try Data(contentsOf: URL(filePath: files[position % files.count]))
    try bytes.withUnsafeBytes { bytes in
      _ = try pipeline.write(
        decoding: bytes, key: SampleKey(seed: 1, epoch: 0, position: position), normalization: .imageNet, into: batch,
        slot: done % 32)
    }
    done += 1
  }
  return done
}

struct Turn: Codable {
  var seconds: Double
  var amount: Int
}

/// Works for some time on some threads, from picture `first` on.
func turn(_ files: [String], _ pipeline: Pipeline, first: Int, for length: Double, threads: Int) throws -> Turn {
  let clock = threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC
  let start = seconds(clock)
  let results = Mutex<[Result<Int, any Error>]>([])
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    let result = Result {
      try fill(from: files, pipeline, first: first + thread, step: threads) { seconds(clock) >= start + length }
    }
    results.withLock { $0.append(result) }
  }
  let amount = try results.withLock { try $0.reduce(0) { try $0 + $1.get() } }
  return Turn(seconds: seconds(clock) - start, amount: amount)
}

func say(_ value: some Encodable) throws {
  FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
}

guard CommandLine.arguments.count == 2 else {
  FileHandle.standardError.write(Data("usage: AugmentBench LISTING\n".utf8))
  exit(64)
}
let sets = try JSONDecoder().decode(
  [String: [String]].self, from: Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
let works = sets.keys.flatMap { set in pipelines.keys.map { "\(set)/\($0)" } }
var next = 0
try say(["ready": ["works": works]])
while let words = readLine()?.split(separator: " ").map(String.init) {
  let parts = words.count == 4 ? words[1].split(separator: "/").map(String.init) : []
  guard parts.count == 2, let files = sets[parts[0]], let pipeline = pipelines[parts[1]],
    let length = Double(words[2]), let threads = Int(words[3])
  else {
    try say(["error": "unknown request \(words)"])
    exit(1)
  }
  let done = try turn(files, pipeline, first: next, for: length, threads: threads)
  next += done.amount
  try say(done)
}
