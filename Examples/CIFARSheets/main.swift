// Turns CIFAR-10 kept as sheets of 32×32 tiles into the binary files that Hone, and others, read.
//
//   swift run cifar-sheets ../shared/data/cifar10_sheets cifar10 && swift run hone check cifar10
import Foundation
import HoneImage

let (sheets, out) = (CommandLine.arguments[1], CommandLine.arguments[2])
let list = { (folder: String) in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
for (part, file) in [("train", "data_batch_1.bin"), ("test", "test_batch.bin")] {
  var records: [UInt8] = []
  for (label, name) in try list("\(sheets)/\(part)").enumerated() {
    for path in try list("\(sheets)/\(part)/\(name)") {
      let sheet = try Image<UInt8>(contentsOf: "\(sheets)/\(part)/\(name)/\(path)")
      let columns = sheet.width / 32
      for tile in 0..<(sheet.height / 32 * columns) {
        let (top, left) = (tile / columns * 32, tile % columns * 32)
        records.append(UInt8(label))
        records += (0..<3072).map { sheet[top + $0 / 32 % 32, left + $0 % 32, $0 / 1024] }
      }
    }
  }
  try AtomicFile.write(records, to: "\(out)/\(file)")
  print("\(out)/\(file): \(records.count / 3073) pictures")
}
