internal import HoneTensor

/// What optimizers keep for each axis of a parameter: square matrices, empty where an axis has none.
enum AxisMatrices {
  static let axes = 4

  /// - Parameter suits: whether parameters of a shape have any.
  static func slots(
    _ names: String..., largest: Int, where suits: @escaping @Sendable ([Int]) -> Bool = { _ in true }
  ) -> [Slot] {
    (0..<axes).flatMap { axis in
      names.map { name in
        Slot("\(name)\(axis)") { shape in
          suits(shape) && axis < shape.count && shape[axis] <= largest ? [shape[axis], shape[axis]] : [0, 0]
        }
      }
    }
  }

  /// The kept second moments along an axis, of those parameters that have them, and what the gradients add to them.
  static func moments(of group: UpdateGroup, along axis: Int) throws -> (kept: TensorList, new: TensorList) {
    let pairs = zip(group["moment\(axis)"].tensors, group.gradients.tensors).filter { $0.0.count > 0 }
    let rows = try pairs.map { try $0.1.transpose(0, axis).reshape([$0.1.shape[axis], -1]) }
    let outer = try TensorList(rows).products(with: TensorList(rows.map { try $0.transpose(0, 1) }))
    return (TensorList(pairs.map(\.0)), outer)
  }

  /// Tensors multiplied along each axis by its matrix, or by the transposed one; those without any are the same memory still.
  static func turn(_ list: TensorList, by turns: [[Tensor]], back: Bool = false) throws -> TensorList {
    TensorList(
      try list.tensors.enumerated().map { place, tensor in
        try (0..<tensor.rank).reduce(tensor) { turned, axis in
          let rows = try turned.reshape([turned.shape[0], -1]).transpose(0, 1)
          let shape = Array(turned.shape.dropFirst() + turned.shape.prefix(1))
          let turn = turns[axis][place]
          guard turn.count > 0 else { return try rows.reshape(shape) }
          return try rows.matmul(back ? turn.transpose(0, 1) : turn).reshape(shape)
        }
      })
  }
}
