import Foundation
import HoneAugment
import HoneImage

// Hone's side of rows.py: does the steps of a row to photographs in memory, on one thread.
// Usage: RowsBench PHOTOGRAPHS HEIGHT WIDTH ROWS
//
// PHOTOGRAPHS holds RGB bytes, picture after picture; ROWS is JSON, a name and its steps (or actions). After the line
// {"ready": …} it answers each line "go ROW SECONDS", for that much CPU time, with {"seconds", "amount"} in pictures and the
// "bytes" read and written for one, and "show ROW COUNT PATH", which writes the first pictures' results, with {"shape",
// "floats"} of one. The row "memory" copies photographs: what the machine can do at most.

struct Row: Decodable {
  var steps: [Step]?
  var actions: [Action]?
  /// Whether the result is a normalized batch instead of a picture.
  var batch: Bool
  /// Whether photographs are copied and nothing else.
  var copies: Bool?

  /// What kind of transform it is, where it is one by its name.
  var family: String? {
    guard let name = steps?.first?.name else { return batch ? "Into a batch" : nil }
    return TransformFamily.allCases.first { family in
      Catalogue.transforms(of: family).contains { $0.name == name }
    }?.title
  }

  func plan(for size: Size, position: Int) -> Plan {
    if let actions { return Plan(sourceSize: size, actions: actions) }
    return Pipeline(steps ?? []).plan(for: size, key: SampleKey(seed: 1, epoch: 0, position: position))
  }
}

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let height = Int(arguments[2]), let width = Int(arguments[3]) else {
  FileHandle.standardError.write(Data("usage: RowsBench PHOTOGRAPHS HEIGHT WIDTH ROWS\n".utf8))
  exit(64)
}
let size = Size(height: height, width: width)
let rows = try JSONDecoder().decode([String: Row].self, from: Data(contentsOf: URL(filePath: arguments[4])))
let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[1])))
let photographs = stride(from: 0, to: bytes.count, by: height * width * 3).map { start in
  Image(height: height, width: width, channels: 3, elements: Array(bytes[start..<start + height * width * 3]))
}
let batch = Batch(count: 1, channels: 3, height: height, width: width, classes: 1)

/// Does a row to a photograph; what it made is handed to `use`.
func change(_ index: Int, _ row: Row, use: (UnsafeRawBufferPointer, [Int]) -> Void = { _, _ in }) {
  let plan = row.plan(for: size, position: index)
  let photograph = photographs[index % photographs.count]
  if row.copies == true {
    var copy = photograph.elements
    copy.withUnsafeMutableBytes { use(UnsafeRawBufferPointer($0), [height, width, 3]) }
  } else if row.batch {
    plan.write(photograph, normalization: .imageNet, into: batch, slot: 0)
    use(UnsafeRawBufferPointer(start: batch.slot(0), count: batch.stride), [3, height, width])
  } else {
    let image = plan.applied(to: photograph)
    image.elements.withUnsafeBytes { use($0, [image.height, image.width, image.channels]) }
  }
}

func say(_ values: [String: Any]) throws {
  FileHandle.standardOutput.write(try JSONSerialization.data(withJSONObject: values) + Data("\n".utf8))
}

func go(_ row: Row, seconds: Double) -> [String: Any] {
  let start = cpuSeconds()
  var (amount, now, made) = (0, start, 0)
  while now < start + seconds {
    change(amount, row) { bytes, _ in made = bytes.count }
    amount += 1
    now = cpuSeconds()
  }
  return ["seconds": now - start, "amount": amount, "bytes": height * width * 3 + made]
}

func show(_ row: Row, count: Int, path: String) throws -> [String: Any] {
  var (data, shape) = (Data(), [0])
  for index in 0..<count {
    change(index, row) { bytes, size in
      data.append(contentsOf: bytes)
      shape = size
    }
  }
  try data.write(to: URL(filePath: path))
  return ["shape": shape, "floats": row.batch]
}

try say(["ready": ["failed": [String: String](), "families": rows.compactMapValues(\.family)]])
while let words = readLine()?.split(separator: " ").map(String.init) {
  guard words.count >= 3, let row = rows[words[1]] else {
    try say(["error": "unknown request \(words)"])
    exit(1)
  }
  if words.count == 4, let count = Int(words[2]) {
    try say(show(row, count: count, path: words[3]))
  } else {
    try say(go(row, seconds: Double(words[2]) ?? 0))
  }
}
