import Foundation
import Hone
import HoneAugment
import HoneImage
import HoneTensor
import HoneTesting
import Testing

/// Published networks on real pictures: the same scores as in PyTorch, the accuracy that their authors report.
@Suite struct `Published networks` {
  struct Golden: Decodable {
    var image: String
    var model: String
    var mean: [Float]
    var std: [Float]
    var top5: [Int]
    var logits: [Double]
    var logitMean: Double

    enum CodingKeys: String, CodingKey {
      case image, model, mean, std, top5
      case logits = "top5_logits"
      case logitMean = "logit_mean"
    }
  }

  static let files = [
    "mobilenet_v2_torchpad": ("mobilenet-v2", "imagenet/mobilenet_v2_imagenet_torchpad.pth", StructureOptions()),
    "mobilenet_v2_tfsame": (
      "mobilenet-v2", "imagenet/mobilenet_v2_imagenet_tfsame.safetensors", StructureOptions(padding: .tensorflow)
    ),
    "squeezenet1_0": ("squeezenet1.0", "imagenet/squeezenet1_0_imagenet.pth", StructureOptions()),
  ]

  @Test(.needsData, arguments: files.keys.sorted())
  func `ImageNet scores of real pictures equal PyTorch's`(key: String) async throws {
    let (name, file, options) = try #require(Self.files[key])
    let goldens = try JSONDecoder().decode(
      [Golden].self, from: Data(contentsOf: URL(filePath: TestData.path("weights/golden/golden.json"))))
    let worst = try await Engine.run {
      let model = try Model.make(Structure(name, classes: 1000, options: options), seed: 0)
      try model.loadWeights(TestData.path("weights/\(file)"))
      let fast = try model.optimizedForInference()
      var worst = (scores: 0.0, folded: 0.0, rows: 0)
      for golden in goldens where golden.model == key {
        let picture = try Image<UInt8>(contentsOf: TestData.path("weights/golden/\(golden.image)"))
        let normalization = Normalization(mean: golden.mean, standardDeviation: golden.std)
        let input = try Pictures.tensor([picture], normalization)
        let scores = try withoutGradients { try model(input).doubles() }
        let folded = try withoutGradients { try fast(input).doubles() }
        #expect(scores.indices.sorted { scores[$0] > scores[$1] }.prefix(5) == golden.top5[...], "\(golden.image)")
        worst.scores = zip(golden.top5, golden.logits).map { abs(scores[$0] - $1) }.reduce(worst.scores, max)
        worst.folded = zip(scores, folded).map { abs($0 - $1) }.reduce(worst.folded, max)
        worst.rows += 1
      }
      return worst
    }
    print("\(key): largest difference of \(worst.rows) pictures: \(worst.scores), folded \(worst.folded)")
    #expect(worst.rows == 6 && worst.scores < 1e-3 && worst.folded < 1e-4)
  }

  struct CIFARGolden: Decodable {
    struct Row: Decodable {
      var tile: String
      var logits: [Double]
    }
    var rows: [Row]
  }

  @Test(.needsData) func `CIFAR scores of ResNet-20 equal PyTorch's`() async throws {
    let golden = try JSONDecoder().decode(
      CIFARGolden.self,
      from: Data(contentsOf: URL(filePath: TestData.path("weights/golden/golden_cifar_resnet20.json"))))
    let pictures = try golden.rows.map { row in
      try Pictures.tiles(TestData.path(String(row.tile.dropFirst("first tile of ".count))))[0]
    }
    let worst = try await Engine.run {
      let model = try Self.resNet(20)
      let scores = try withoutGradients { try model(Pictures.tensor(pictures, .imageNet)).doubles() }
      return zip(scores, golden.rows.flatMap(\.logits)).map { abs($0 - $1) }.max() ?? .infinity
    }
    print("resnet20: largest difference \(worst)")
    #expect(worst < 1e-3)
  }

  /// On 1000 pictures, a hundred of each class; all 10,000 when slow tests are asked for.
  @Test(.needsData, arguments: [(20, 0.9173), (56, 0.9339)])
  func `CIFAR ResNets score what their authors report`(depth: Int, published: Double) async throws {
    let classes = try FileManager.default.contentsOfDirectory(atPath: TestData.path("cifar10_sheets/test")).sorted()
    let isWhole = TestData.runsSlowTests
    let accuracy = try await Engine.run {
      let model = try Self.resNet(depth).optimizedForInference()
      var (right, all) = (0, 0)
      for (label, name) in classes.enumerated() {
        let tiles = try Pictures.tiles(TestData.path("cifar10_sheets/test/\(name)/sheet_00.webp"))
        for start in stride(from: 0, to: isWhole ? tiles.count : 100, by: 100) {
          let input = try Pictures.tensor(Array(tiles[start..<start + 100]), .imageNet)
          right += try withoutGradients { try model(input).argmax(1).ints().count { $0 == label } }
          all += 100
        }
      }
      return Double(right) / Double(all)
    }
    print("resnet\(depth): accuracy \(accuracy) on \(isWhole ? 10_000 : 1000) CIFAR-10 test pictures")
    #expect(abs(accuracy - published) < (isWhole ? 0.0006 : 0.025))
  }

  static func resNet(_ depth: Int) throws -> Model {
    let file = depth == 20 ? "resnet20-12fca82f.th" : "resnet56-4bfd9763.th"
    let model = try Model.make(Structure("resnet\(depth)-cifar", classes: 10), seed: 0)
    try model.loadWeights(TestData.path("weights/original/\(file)"))
    return model
  }
}

/// Pictures for models, the plain way.
enum Pictures {
  static func tensor(_ pictures: [Image<UInt8>], _ normalization: Normalization) throws -> Tensor {
    let first = try #require(pictures.first)
    let bytes = try Tensor(
      pictures.flatMap(\.elements), shape: [pictures.count, first.height, first.width, first.channels])
    let planes = try bytes.permute([0, 3, 1, 2]).to(.float32).div(255)
    func column(_ numbers: [Float]) throws -> Tensor {
      try Tensor((0..<first.channels).map { numbers[min($0, numbers.count - 1)] }, shape: [1, first.channels, 1, 1])
    }
    return try planes.sub(column(normalization.mean)).div(column(normalization.standardDeviation)).contiguous()
  }

  /// The 32×32 tiles of a sheet of shared data, row by row.
  static func tiles(_ path: String) throws -> [Image<UInt8>] {
    let sheet = try Image<UInt8>(contentsOf: path)
    return (0..<sheet.height / 32 * (sheet.width / 32)).map { index in
      let (top, left) = (index / (sheet.width / 32) * 32, index % (sheet.width / 32) * 32)
      let rows = (0..<32).flatMap { row in
        let start = ((top + row) * sheet.width + left) * sheet.channels
        return sheet.elements[start..<start + 32 * sheet.channels]
      }
      return Image(height: 32, width: 32, channels: sheet.channels, elements: rows)
    }
  }
}
