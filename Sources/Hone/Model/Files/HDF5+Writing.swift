import Foundation
import HoneTensor

extension HDF5 {
  /// A group or an array to be written.
  indirect enum Node {
    case group([String: Node], attributes: [String: [String]] = [:])
    case array(WeightArray)
  }

  /// A file that every version of HDF5 reads.
  ///
  /// - Throws: `HoneError` (`.unsupported`) for numbers that h5py has no type for.
  static func written(_ root: Node) throws -> Data {
    var writer = Writer(nodes: max(16, (root.largestGroup + 15) / 16))
    return try writer.file(root)
  }

  /// Lays the parts of a file one after another, each after what it points to.
  private struct Writer {
    /// Half of the symbol nodes that fit a tree's node; the superblock tells readers.
    let nodes: Int
    private let perNode = 8
    private var data = Data()

    init(nodes: Int) { self.nodes = nodes }

    mutating func file(_ root: Node) throws -> Data {
      data = Data(count: 96)
      let address = try write(root)
      var head = HDF5.signature
      head.append(contentsOf: [0, 0, 0, 0, 0, 8, 8, 0])
      head.append(little: UInt16(perNode / 2))
      head.append(little: UInt16(nodes))
      head.append(little: UInt32(0))
      for field in [0, .max, UInt64(data.count), .max, 0, UInt64(address)] { head.append(little: field) }
      head.append(Data(count: 24))
      data.replaceSubrange(0..<96, with: head)
      return data
    }

    /// - Returns: where its header is.
    private mutating func write(_ node: Node) throws -> Int {
      switch node {
      case .array(let array): return try write(array)
      case .group(let children, let attributes):
        let entries = try children.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
          .map { ($0.key, try write($0.value)) }
        var names = Data(count: 8)
        let offsets = entries.map { name, _ in
          defer { names.append(padded(name)) }
          return UInt64(names.count)
        }
        let tree = self.tree(entries.map(\.1), offsets)
        var table = Data()
        table.append(little: UInt64(tree))
        table.append(little: UInt64(heap(names)))
        return header([(0x11, table)] + attributes.sorted { $0.key < $1.key }.map { (0x0c, Self.attribute($0, $1)) })
      }
    }

    private mutating func write(_ array: WeightArray) throws -> Int {
      let start = place(array.bytes)
      var space = Data([1, UInt8(array.shape.count), 0, 0, 0, 0, 0, 0])
      for side in array.shape { space.append(little: UInt64(side)) }
      var layout = Data([3, 1])
      layout.append(little: array.bytes.isEmpty ? UInt64.max : UInt64(start))
      layout.append(little: UInt64(array.bytes.count))
      return header([(0x01, space), (0x03, try Self.type(array.dtype)), (0x08, layout)])
    }

    private static func type(_ dtype: DType) throws -> Data {
      func float(size: UInt8, exponent: (place: UInt8, size: UInt8, bias: UInt32), mantissa: UInt8) -> Data {
        var type = Data([0x11, 0x20, size * 8 - 1, 0, size, 0, 0, 0, 0, 0, size * 8, 0])
        type.append(contentsOf: [exponent.place, exponent.size, 0, mantissa])
        type.append(little: exponent.bias)
        return type
      }
      func integer(size: UInt8, isSigned: Bool) -> Data {
        Data([0x10, isSigned ? 8 : 0, 0, 0, size, 0, 0, 0, 0, 0, size * 8, 0])
      }
      return switch dtype {
      case .float16: float(size: 2, exponent: (10, 5, 15), mantissa: 10)
      case .float32: float(size: 4, exponent: (23, 8, 127), mantissa: 23)
      case .float64: float(size: 8, exponent: (52, 11, 1023), mantissa: 52)
      case .uint8: integer(size: 1, isSigned: false)
      case .int32: integer(size: 4, isSigned: true)
      case .int64: integer(size: 8, isSigned: true)
      case .bfloat16, .bool:
        throw HoneError(.unsupported, "HDF5 files have no \(dtype); turn the weights into float32 first")
      }
    }

    /// Texts of one length, which readers of every age know.
    private static func attribute(_ name: String, _ texts: [String]) -> Data {
      let length = max(1, texts.map(\.utf8.count).max() ?? 1)
      let parts = [
        Data(name.utf8) + [0], Data([0x13, 1, 0, 0]) + little(UInt32(length)),
        Data([1, 1, 0, 0, 0, 0, 0, 0]) + little(UInt64(texts.count)),
      ]
      var attribute = Data([1, 0])
      for part in parts { attribute.append(little: UInt16(part.count)) }
      for part in parts { attribute.append(part + Data(count: -part.count & 7)) }
      for text in texts { attribute.append(Data(text.utf8) + Data(count: length - text.utf8.count)) }
      return attribute
    }

    private mutating func header(_ messages: [(kind: UInt16, content: Data)]) -> Int {
      var body = Data()
      for (kind, content) in messages {
        let content = content + Data(count: -content.count & 7)
        body.append(little: kind)
        body.append(little: UInt16(content.count))
        body.append(contentsOf: [0, 0, 0, 0])
        body.append(content)
      }
      var header = Data([1, 0])
      header.append(little: UInt16(messages.count))
      header.append(little: UInt32(1))
      header.append(little: UInt32(body.count))
      header.append(little: UInt32(0))
      return place(header + body)
    }

    /// The names of a group's members.
    private mutating func heap(_ names: Data) -> Int {
      let start = place(names)
      var heap = Data("HEAP".utf8) + [0, 0, 0, 0]
      for field in [UInt64(names.count), 1, UInt64(start)] { heap.append(little: field) }  // 1: nothing is free
      return place(heap)
    }

    /// Symbol nodes of a few members each, and the one node of the tree above them.
    private mutating func tree(_ members: [Int], _ names: [UInt64]) -> Int {
      var children: [(address: Int, last: UInt64)] = []
      for start in stride(from: 0, to: members.count, by: perNode) {
        let range = start..<min(members.count, start + perNode)
        var node = Data("SNOD".utf8) + [1, 0]
        node.append(little: UInt16(range.count))
        for index in range {
          node.append(little: names[index])
          node.append(little: UInt64(members[index]))
          node.append(Data(count: 24))
        }
        node.append(Data(count: (perNode - range.count) * 40))
        children.append((place(node), names[range.upperBound - 1]))
      }
      var tree = Data("TREE".utf8) + [0, 0]
      tree.append(little: UInt16(children.count))
      for field in [UInt64.max, .max, 0] { tree.append(little: field) }
      for child in children {
        tree.append(little: UInt64(child.address))
        tree.append(little: child.last)
      }
      tree.append(Data(count: (2 * nodes - children.count) * 16))
      return place(tree)
    }

    /// - Returns: where it lies, which is a multiple of 8.
    private mutating func place(_ part: Data) -> Int {
      data.append(Data(count: -data.count & 7))
      defer { data.append(part) }
      return data.count
    }

    private static func little(_ number: some FixedWidthInteger) -> Data {
      var data = Data()
      data.append(little: number)
      return data
    }

    private func padded(_ name: String) -> Data {
      let text = Data(name.utf8) + [0]
      return text + Data(count: -text.count & 7)
    }
  }
}

extension HDF5.Node {
  /// Members of the largest group.
  fileprivate var largestGroup: Int {
    guard case .group(let children, _) = self else { return 0 }
    return max(children.count, children.values.map(\.largestGroup).max() ?? 0)
  }
}
