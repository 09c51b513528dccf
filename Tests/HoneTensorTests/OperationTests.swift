import HoneTensor
import Testing

@Suite struct OperationTests {
  static let tolerance = 2e-5

  @Test func `every golden has its operation and every operation its golden`() {
    #expect(Set(Goldens.all.operations.keys) == Set(operations.keys))
  }

  @Test(arguments: operations.keys.sorted())
  func `values and gradients equal PyTorch's`(name: String) async throws {
    let golden = try #require(Goldens.all.operations[name])
    let operation = try #require(operations[name])
    try await Engine.run {
      let inputs = try golden.inputs.map { stored in
        let tensor = try stored.tensor()
        return tensor.dtype == .float32 ? try tensor.requiresGradient(true) : tensor
      }
      let output = try operation(inputs)
      #expect(output.shape == golden.output.shape)
      #expect(try distance(output.doubles(), golden.output.values) < Self.tolerance)
      guard let cotangent = golden.cotangent, let expected = golden.gradients else { return }
      try output.backward(cotangent.tensor())
      for (leaf, stored) in zip(inputs.filter { $0.dtype == .float32 }, expected) {
        guard let stored else { continue }
        let found = try #require(leaf.gradient).doubles()
        #expect(distance(found, stored.values) < Self.tolerance)
      }
    }
  }
}

typealias Operation = @Sendable ([Tensor]) throws -> Tensor

/// What the goldens' names mean here.
let operations: [String: Operation] = elementwise.merging(shapes) { $1 }.merging(layers) { $1 }.merging(losses) { $1 }

private let elementwise: [String: Operation] = [
  "neg": { try $0[0].neg() }, "exp": { try $0[0].exp() }, "square": { try $0[0].square() },
  "abs": { try $0[0].abs() }, "sin": { try $0[0].sin() }, "cos": { try $0[0].cos() }, "erf": { try $0[0].erf() },
  "sigmoid": { try $0[0].sigmoid() }, "tanh": { try $0[0].tanh() }, "relu": { try $0[0].relu() },
  "silu": { try $0[0].silu() }, "mish": { try $0[0].mish() }, "softplus": { try $0[0].softplus() },
  "logSigmoid": { try $0[0].logSigmoid() }, "leakyRelu": { try $0[0].leakyRelu(slope: 0.2) },
  "elu": { try $0[0].elu() }, "gelu": { try $0[0].gelu() }, "geluTanh": { try $0[0].gelu(approximate: true) },
  "addScalar": { try $0[0] + 2.5 }, "subScalar": { try $0[0] - 2.5 }, "mulScalar": { try $0[0] * -1.5 },
  "divScalar": { try $0[0] / 3 }, "rsub": { try 1 - $0[0] }, "powScalar": { try $0[0].pow(3) },
  "clamp": { try $0[0].clamp(-0.5...0.6) }, "floor": { try $0[0].floor() }, "ceil": { try $0[0].ceil() },
  "round": { try $0[0].round() }, "sign": { try $0[0].sign() }, "isPositive": { try $0[0].gt(0) },
  "atLeast": { try $0[0].ge(0.1) }, "below": { try $0[0].lt(0.1) }, "log": { try $0[0].log() },
  "log1p": { try $0[0].log1p() }, "sqrt": { try $0[0].sqrt() }, "rsqrt": { try $0[0].rsqrt() },
  "reciprocal": { try $0[0].reciprocal() }, "erfinv": { try $0[0].erfinv() }, "relu6": { try $0[0].relu6() },
  "hardSwish": { try $0[0].hardSwish() }, "hardSigmoid": { try $0[0].hardSigmoid() }, "add": { try $0[0] + $0[1] },
  "sub": { try $0[0] - $0[1] }, "mul": { try $0[0] * $0[1] }, "div": { try $0[0] / $0[1] },
  "maximum": { try $0[0].maximum($0[1]) }, "minimum": { try $0[0].minimum($0[1]) }, "gt": { try $0[0].gt($0[1]) },
  "le": { try $0[0].le($0[1]) }, "lerp": { try $0[0].lerp($0[1], weight: 0.3) }, "pow": { try $0[0].pow($0[1]) },
  "broadcast": { try $0[0] * $0[1] }, "where": { try Tensor.where($0[0].gt(0), $0[0], $0[1]) },
]

private let shapes: [String: Operation] = [
  "softmax": { try $0[0].softmax(1) }, "logSoftmax": { try $0[0].logSoftmax(0) }, "cumsum": { try $0[0].cumsum(1) },
  "sum": { try $0[0].sum() }, "sumAxis": { try $0[0].sum([0], keepdim: true) }, "mean": { try $0[0].mean() },
  "variance": { try $0[0].variance([1]) }, "variancePopulation": { try $0[0].variance(correction: 0) },
  "max": { try $0[0].max([1]) }, "min": { try $0[0].min() }, "norm": { try $0[0].norm() },
  "normOne": { try $0[0].norm([1], order: 1) }, "logSumExp": { try $0[0].logSumExp([1]) },
  "argmax": { try $0[0].argmax(1) }, "argmin": { try $0[0].argmin(0) }, "topk": { try $0[0].topk(2).values },
  "topkIndices": { try $0[0].topk(2).indices }, "sort": { try $0[0].sort(0, descending: true).values },
  "reshape": { try $0[0].reshape([2, -1]) }, "permute": { try $0[0].permute([1, 0]) },
  "transpose": { try $0[0].transpose(0, 1) }, "unsqueeze": { try $0[0].unsqueeze(1) },
  "squeeze": { try $0[0].squeeze(1) }, "flatten": { try $0[0].flatten() },
  "narrow": { try $0[0].narrow(1, start: 1, length: 2) }, "select": { try $0[0].select(0, 2) },
  "flip": { try $0[0].flip([0, 1]) }, "roll": { try $0[0].roll(1, axis: 1) },
  "padConstant": { try $0[0].pad([1, 2, 0, 1], .constant(0.5)) },
  "padReflect": { try $0[0].unsqueeze(0).pad([2, 1], .reflect) },
  "padReplicate": { try $0[0].unsqueeze(0).pad([2, 1], .replicate) }, "diagonal": { try $0[0].diagonal() },
  "matmul": { try $0[0].matmul($0[1]) }, "cat": { try Tensor.cat($0, axis: 1) }, "stack": { try Tensor.stack($0) },
  "expand": { try $0[0].expand([3, 4]) }, "indexSelect": { try $0[0].indexSelect(1, $0[1]) },
  "gather": { try $0[0].gather(1, $0[1]) }, "scatter": { try $0[0].scatter(1, $0[1], $0[2]) },
  "oneHot": { try $0[0].oneHot(4) }, "eigh": { try Linalg.eigh(($0[0] + $0[0].transpose(0, 1)) / 2).values },
  "svd": { try Linalg.svd($0[0]).s }, "qr": { try Linalg.qr($0[0]).r.abs() },
  "cholesky": { try Linalg.cholesky($0[0]) }, "solve": { try Linalg.solve($0[0], $0[1]) },
  "leastSquares": { try Linalg.leastSquares($0[0], $0[1]) },
]

private let layers: [String: Operation] = [
  "conv2d": { try $0[0].conv2d($0[1], bias: $0[2]) },
  "conv2dStride": { try $0[0].conv2d($0[1], stride: Pair(2, 1), padding: Pair(1, 2), dilation: Pair(1, 2)) },
  "conv2dGroups": { try $0[0].conv2d($0[1], padding: 1, groups: 4) },
  "conv2dDepthwiseStride": { try $0[0].conv2d($0[1], bias: $0[2], stride: 2, padding: 1, groups: 18) },
  "conv2dDepthwiseWide": { try $0[0].conv2d($0[1], stride: Pair(2, 3), padding: Pair(2, 0), groups: 3) },
  "linear": { try $0[0].linear($0[1], bias: $0[2]) }, "linearNoBias": { try $0[0].linear($0[1]) },
  "batchNormTraining": {
    try $0[0].batchNorm(weight: $0[1], bias: $0[2], mean: nil, variance: nil, training: true)
  },
  "batchNorm": {
    try $0[0].batchNorm(
      weight: $0[1], bias: $0[2], mean: Buffer($0[3]), variance: Buffer($0[4]), training: false)
  },
  "layerNorm": { try $0[0].layerNorm([5], weight: $0[1], bias: $0[2]) },
  "groupNorm": { try $0[0].groupNorm(2, weight: $0[1], bias: $0[2]) }, "maxPool2d": { try $0[0].maxPool2d(2) },
  "maxPool2dPadded": { try $0[0].maxPool2d(3, stride: 2, padding: 1, ceiling: true) },
  "avgPool2d": { try $0[0].avgPool2d(Pair(2, 3), stride: 1, padding: Pair(1, 0), countsPadding: false) },
  "adaptiveAvgPool2d": { try $0[0].adaptiveAvgPool2d(Pair(3, 2)) },
  "adaptiveMaxPool2d": { try $0[0].adaptiveMaxPool2d(1) },
  "nearest": { try $0[0].interpolate(Pair(9, 4), .nearest) }, "bilinear": { try $0[0].interpolate(Pair(9, 4)) },
  "bicubic": { try $0[0].interpolate(Pair(9, 4), .bicubic) },
  "bilinearAntialias": { try $0[0].interpolate(3, antialias: true) }, "embedding": { try $0[0].embedding($0[1]) },
  "attention": { try $0[0].scaledDotProductAttention(key: $0[1], value: $0[2]) },
  "attentionCausal": { try $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], causal: true) },
]

private let losses: [String: Operation] = [
  "crossEntropy": { try $0[0].crossEntropy($0[1]) },
  "crossEntropySmooth": { try $0[0].crossEntropy($0[1], weight: $0[2].detach(), labelSmoothing: 0.1) },
  "crossEntropySoft": { try $0[0].crossEntropy($0[1].detach(), reduction: .none) },
  "binaryCrossEntropy": { try $0[0].binaryCrossEntropyWithLogits($0[1].detach()) },
  "binaryCrossEntropyWeighted": {
    try $0[0].binaryCrossEntropyWithLogits($0[1].detach(), positiveWeight: $0[2].detach(), reduction: .sum)
  },
  "nll": { try $0[0].nll($0[1]) }, "mse": { try $0[0].mse($0[1]) },
  "smoothL1": { try $0[0].smoothL1($0[1], beta: 0.5) },
  "klDiv": { try $0[0].logSoftmax(1).klDiv($0[1].detach(), reduction: .sum) },
]
