// Turns CIFAR-10 kept as sheets of 40 × 25 tiles into the binary files that Hone, and others, read.
//
//   swift run cifar-sheets ../shared/data/cifar10_sheets cifar10
//   hone check cifar10
import Foundation
import HoneImage

let (sheets, out) = (CommandLine.arguments[1], CommandLine.arguments[2])
try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)

/// The records of a sheet: the label, then the red, the green and the blue plane of each tile.
func records(_ sheet: Image<UInt8>, label: UInt8, side: Int = 32) -> [UInt8] {
  var records: [UInt8] = []
  for top in stride(from: 0, to: sheet.height, by: side) {
    for left in stride(from: 0, to: sheet.width, by: side) {
      records.append(label)
      for channel in 0..<3 {
        for y in top..<top + side { records += (left..<left + side).map { sheet[y, $0, channel] } }
      }
    }
  }
  return records
}

func entries(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
}

let classes = try entries("\(sheets)/train")
for (part, file) in [("train", "data_batch_1.bin"), ("test", "test_batch.bin")] {
  var bytes: [UInt8] = []
  for (label, name) in classes.enumerated() {
    for sheet in try entries("\(sheets)/\(part)/\(name)") {
      bytes += records(try Image(contentsOf: "\(sheets)/\(part)/\(name)/\(sheet)"), label: UInt8(label))
    }
  }
  try AtomicFile.write(bytes, to: "\(out)/\(file)")
  print("\(out)/\(file): \(bytes.count / 3073) pictures")
}
try AtomicFile.write(classes.joined(separator: "\n") + "\n", to: "\(out)/batches.meta.txt")
