import HoneTensor

/// Slides a bank of filters over the picture.
///
/// - Shape: `[N, C, H, W]` → `[N, filters, H', W']`.
/// - Units: kernel, stride and padding in pixels.
/// - Throws: `HoneError` when the kernel is larger than the padded picture.
/// - Source: PyTorch's `Conv2d`; `.same` as TensorFlow's SAME, which puts the odd pixel below and to the right.
public struct Convolution: LeafPlan, Hashable {
  public enum Padding: Sendable, Hashable {
    /// So many zeros on each side.
    case pixels(Int)
    /// TensorFlow's: the output is ⌈side ÷ stride⌉.
    case same
  }

  public var channels: Int
  public var filters: Int
  public var kernel: Int
  public var stride: Int
  public var padding: Padding
  public var groups: Int
  public var hasBias: Bool
  public var initialization: Initialization
  public var biasInitialization: Initialization
  /// What disturbs the kernel in training; dropout of weights is DropConnect.
  public var noise: OneOf<Disturbances>?

  public init(
    _ channels: Int, _ filters: Int, kernel: Int, stride: Int = 1, padding: Padding = .pixels(0), groups: Int = 1,
    bias: Bool = true, initialization: Initialization = .glorotUniform, biasInitialization: Initialization = .zeros
  ) {
    self.channels = channels
    self.filters = filters
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
    self.hasBias = bias
    self.initialization = initialization
    self.biasInitialization = biasInitialization
  }

  public var kind: LayerKind { .convolution }

  public var parameters: [ParameterPlan] {
    let weight = ParameterPlan("weight", [filters, channels / groups, kernel, kernel], .kernel, initialization)
    return hasBias ? [weight, ParameterPlan("bias", [filters], .bias, biasInitialization)] : [weight]
  }

  public func output(of shape: [Int]) throws -> [Int] {
    guard shape.count == 3, shape[0] == channels else { throw misfit(shape, "\(channels) channels") }
    switch padding {
    case .same: return [filters] + shape[1...].map { ($0 + stride - 1) / stride }
    case .pixels(let zeros): return [filters] + (try shape[1...].map { try window($0, kernel, stride, zeros) })
    }
  }

  public func multiplyAdds(from input: [Int], to output: [Int]) -> Int {
    output.reduce(1, *) * channels / groups * kernel * kernel
  }

  public func make() throws -> any Layer { try ConvolutionLayer(self) }

  /// The zeros on each side, where they do not depend on the picture.
  var evenZeros: Int? {
    if case .pixels(let zeros) = padding { zeros } else { nil }
  }
}

/// How many windows fit into a side.
func window(_ side: Int, _ kernel: Int, _ stride: Int, _ padding: Int, ceiling: Bool = false) throws -> Int {
  let room = side + 2 * padding - kernel + (ceiling ? stride - 1 : 0)
  guard room >= 0 else {
    throw HoneError(.inputTooSmall, "a side of \(side) pixels is left where a window of \(kernel) has to fit")
  }
  let count = room / stride + 1
  return ceiling && (count - 1) * stride >= side + padding ? count - 1 : count
}

func misfit(_ shape: [Int], _ wanted: String) -> HoneError {
  HoneError(.conflict, "a layer wants \(wanted) and is given \(shape)")
}

final class ConvolutionLayer: Drawing, Packed {
  let plan: Convolution
  var name = ""
  let weight: HeldParameter
  private(set) var bias: HeldParameter?
  /// For inference only.
  private(set) var isPacked = false
  /// The engine's own, by the zeros around a picture; made when they are first needed, of the weights at that time.
  private var packed: [Int: PackedConvolution] = [:]

  init(_ plan: Convolution) throws {
    self.plan = plan
    let held = try plan.parameters.map(HeldParameter.init)
    weight = held[0]
    bias = held.dropFirst().first
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    if isPacked { return try inference(x) }
    let (input, zeros) = try padded(x)
    return try input.conv2d(
      weight.value(in: pass, plan.noise, name), bias: bias?.value, stride: Pair(plan.stride), padding: Pair(zeros),
      groups: plan.groups)
  }

  /// The convolution, then the sum with `addend`, then the curve; without gradients.
  func inference(_ x: Tensor, adding addend: Tensor? = nil, then curve: Tensor.Curve = .none) throws -> Tensor {
    let (input, zeros) = try padded(x)
    return try engine(zeros)(input, adding: addend, then: curve)
  }

  /// The engine's convolution with so many zeros around; nil: those of the plan.
  func engine(_ zeros: Int? = nil) throws -> PackedConvolution {
    let zeros = zeros ?? plan.evenZeros ?? 0
    if let known = packed[zeros] { return known }
    let made = try PackedConvolution(
      weight: weight.value, bias: bias?.value, stride: Pair(plan.stride), padding: Pair(zeros), groups: plan.groups)
    packed[zeros] = made
    return made
  }

  /// From now on for inference only.
  func pack() { isPacked = true }

  /// The input with TensorFlow's uneven zeros where it needs them, and the even zeros left to the convolution.
  func padded(_ x: Tensor) throws -> (Tensor, Int) {
    if let zeros = plan.evenZeros { return (x, zeros) }
    let total = x.shape[2...].map { max(0, ($0 - 1) / plan.stride * plan.stride + plan.kernel - $0) }
    if total[0] == total[1], total[0] % 2 == 0 { return (x, total[0] / 2) }
    let (left, top) = (total[1] / 2, total[0] / 2)
    return (try x.pad([left, total[1] - left, top, total[0] - top]), 0)
  }

  func visit(_ visitor: inout Visitor) {
    visitor.parameter(weight, of: .convolution)
    if let bias { visitor.parameter(bias, of: .convolution) }
  }

  /// Takes over a normalization that follows: weight · scale, and shift as the bias.
  func absorb(scale: Tensor, shift: Tensor) throws {
    try withoutGradients {
      let factor = try scale.reshape([plan.filters, 1, 1, 1])
      try weight.parameter.load(weight.value.mul(factor))
      let folded = if let bias { try bias.value.mul(scale).add(shift) } else { shift }
      let held = try bias ?? HeldParameter(ParameterPlan("bias", [plan.filters], .bias, .zeros))
      try held.parameter.load(folded)
      bias = held
    }
  }
}
