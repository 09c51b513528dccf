import Foundation
import Hone
import HoneImage
import Testing

@Suite struct `The examples` {
  static let folder = URL(filePath: #filePath).appending(path: "../../../Examples").standardized.path

  @Test func `have at most 25 lines each`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
    #expect(names.count >= 4)
    for name in names {
      let text = try String(contentsOfFile: "\(Self.folder)/\(name)/main.swift", encoding: .utf8)
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 26, "\(name)")
    }
  }

  @Test func `crop a picture and turn it without losing a corner`() throws {
    let pictures = try Pictures(perClass: 1, side: 200)
    let run = try Command(example: "crop-and-rotate", "photos/round/0.png", "turned.png", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    let turned = try Image<UInt8>(contentsOf: pictures.folder + "/turned.png")
    #expect(turned.height > 150 && turned.width > 150)
  }

  @Test func `cut CIFAR sheets into the binary files`() throws {
    let pictures = try Pictures(perClass: 1, side: 64)
    for part in ["train", "test"] {
      try FileManager.default.createDirectory(
        atPath: "\(pictures.folder)/sheets", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: "\(pictures.folder)/photos", toPath: "\(pictures.folder)/sheets/\(part)")
    }
    let run = try Command(example: "cifar-sheets", "sheets", "cifar", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    let data = try Dataset(at: "\(pictures.folder)/cifar")
    #expect(data.samples.count == 16)
    #expect(data.samples.map(\.label) == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1])
    let sheet = try Image<UInt8>(contentsOf: "\(pictures.folder)/photos/round/0.png")
    let bytes = try Data(contentsOf: URL(filePath: "\(pictures.folder)/cifar/data_batch_1.bin"))
    #expect(bytes[3073 + 1 + 1024 + 33] == sheet[1, 33, 1])
  }

  @Test(arguments: ["classic-cnn", "classic-cnn-with-l2"])
  func `train the classic network`(_ name: String) throws {
    let pictures = try Pictures(perClass: 5, side: 32)
    let run = try Command(example: name, "photos", "1", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("epoch 1: loss"))
    #expect(run.output.contains("penalty") == (name == "classic-cnn-with-l2"))
  }

  @Test func `feed a training loop of one's own`() throws {
    let pictures = try Pictures(perClass: 8, side: 32)
    let run = try Command(example: "own-loop", "photos", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    let errors = run.output.split(separator: "\n").compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    #expect(errors.count == 6 && errors[5] < errors[0], "\(errors)")
  }

  @Test func `put a new top on VGG16, 27,560,769 parameters in all`() throws {
    let pictures = try Pictures(perClass: 3, side: 32)
    let run = try Command(example: "transfer-vgg16", "photos", "1", in: pictures.folder)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("27560769 parameters"))
  }
}
