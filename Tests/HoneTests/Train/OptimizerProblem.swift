import Foundation
import Hone
import HoneTensor

/// The problem of `make_optimizers.py`: four parameters whose gradients depend on all of them.
final class OptimizerProblem {
  static let shapes = [[3, 2, 2, 2], [4, 3], [5], [2, 2]]
  static let sizes = shapes.map { $0.reduce(1, *) }

  let members: [NamedParameter]
  private let dtype: DType

  convenience init(_ dtype: DType) throws {
    try self.init(dtype, Self.split(Tensor(Self.wave(1.7, 0.3)).to(dtype)).map { try Parameter($0) })
  }

  private init(_ dtype: DType, _ parameters: [Parameter]) {
    self.dtype = dtype
    let kinds: [(String, ParameterRole, LayerKind)] = [
      ("conv.weight", .kernel, .convolution), ("fc.weight", .kernel, .dense), ("fc.bias", .bias, .dense),
      ("head.weight", .kernel, .dense),
    ]
    members = zip(parameters, kinds).map { NamedParameter(name: $1.0, parameter: $0, role: $1.1, layer: $1.2) }
  }

  func copy() throws -> OptimizerProblem {
    try OptimizerProblem(dtype, members.map { try Parameter($0.parameter.value.detach().clone()) })
  }

  func weights() throws -> [Double] { try members.flatMap { try $0.parameter.value.doubles() } }

  /// One step as training does it.
  func step(_ step: Int, _ optimizer: Optimizer, _ choice: OptimizerChoice, clipping: Double? = nil) throws {
    try fill(step)
    if let sharpness = choice.sharpness { try optimizer.atWorst(sharpness) { try fill(step) } }
    if let clipping {
      try TensorList(members.compactMap(\.parameter.gradient))
        .clipFilters(to: clipping, of: TensorList(members.map(\.parameter.value)), least: 1e-3)
    }
    try optimizer.step(rate: choice.rate)
    for member in members { member.parameter.dropGradient() }
  }

  func fill(_ step: Int) throws {
    func numbers(_ values: [Double]) throws -> Tensor { try Tensor(values).to(dtype) }
    let gradients = try withoutGradients {
      let w = try Tensor.cat(members.map { try $0.parameter.value.reshape([-1]) })
      let u = try numbers(Self.wave(3.1, 0.7).map { 0.3 * $0 })
      let curve = try numbers(Self.wave(2.3, 1.1).map { 0.6 + 0.5 * $0 }) * w + u * (u * w).sum()
      let noise = Self.wave(12.9898, 7.1 * Double(step)).map { 0.1 * $0 }
      return try Self.split(curve - numbers(Self.wave(0.9, 2)) + numbers(noise))
    }
    for (member, gradient) in zip(members, gradients) { try member.parameter.setGradient(gradient) }
  }

  private static func wave(_ frequency: Double, _ phase: Double) -> [Double] {
    (0..<sizes.reduce(0, +)).map { sin(frequency * Double($0) + phase) }
  }

  private static func split(_ numbers: Tensor) throws -> [Tensor] {
    var start = 0
    return try zip(shapes, sizes).map { shape, size in
      defer { start += size }
      return try numbers.narrow(0, start: start, length: size).reshape(shape).clone()
    }
  }
}

extension OptimizerChoice {
  /// What the goldens' names mean here.
  static let golden: [String: OptimizerChoice] = {
    func choice(
      _ rule: any UpdateRule, _ rate: Double, groups: Bool = false, _ change: (inout OptimizerChoice) -> Void = { _ in }
    ) -> OptimizerChoice {
      var choice = OptimizerChoice(rule, rate: rate, decaysNormsAndBiases: !groups)
      change(&choice)
      return choice
    }
    let descent = SGD(momentum: 0.9)
    return [
      "sgd": choice(SGD(), 0.05),
      "sgdMomentum": choice(SGD(momentum: 0.9, weightDecay: 0.01), 0.05),
      "sgdNesterov": choice(SGD(momentum: 0.9, nesterov: true), 0.05),
      "adam": choice(Adam(epsilon: 1e-7, style: .torch), 0.05),
      "adamDecay": choice(Adam(epsilon: 1e-8, style: .torch, weightDecay: 0.01), 0.05),
      "adamAMSGrad": choice(Adam(epsilon: 1e-8, style: .torch, amsgrad: true), 0.05),
      "adamW": choice(AdamW(weightDecay: 0.1), 0.05),
      "adamWAMSGrad": choice(AdamW(weightDecay: 0.1, amsgrad: true), 0.05),
      "adamWGroups": choice(AdamW(weightDecay: 0.1), 0.05, groups: true),
      "adamWCautious": choice(AdamW(weightDecay: 0.1), 0.05) { $0.cautious = true },
      "nadam": choice(NAdam(weightDecay: 0.01), 0.05),
      "nadamDecoupled": choice(NAdam(weightDecay: 0.1, decoupled: true), 0.05),
      "radam": choice(RAdam(weightDecay: 0.01), 0.05),
      "radamDecoupled": choice(RAdam(weightDecay: 0.1, decoupled: true), 0.05),
      "adamax": choice(Adamax(weightDecay: 0.01), 0.05),
      "rmsprop": choice(RMSprop(epsilon: 1e-8), 0.02),
      "rmspropMomentum": choice(RMSprop(smoothing: 0.99, epsilon: 1e-8, momentum: 0.5, weightDecay: 0.01), 0.02),
      "rmspropTF": choice(RMSprop(epsilon: 1e-3, style: .tensorflow), 0.02),
      "rmspropTFMomentum": choice(
        RMSprop(epsilon: 1e-3, momentum: 0.9, weightDecay: 0.01, style: .tensorflow), 0.02),
      "adagrad": choice(Adagrad(rateDecay: 0.01, weightDecay: 0.01), 0.1),
      "adadelta": choice(Adadelta(weightDecay: 0.01), 1),
      "lamb": choice(LAMB(weightDecay: 0.01), 0.02),
      "lambGroups": choice(LAMB(weightDecay: 0.01), 0.02, groups: true),
      "lambCautious": choice(LAMB(weightDecay: 0.01), 0.02) { $0.cautious = true },
      "lars": choice(LARS(trust: 0.02, weightDecay: 0.01), 1),
      "larsGroups": choice(LARS(nesterov: true, trust: 0.2, weightDecay: 0.01), 0.1, groups: true),
      "lion": choice(Lion(weightDecay: 0.1), 0.01),
      "lionCautious": choice(Lion(weightDecay: 0.1), 0.01) { $0.cautious = true },
      "adafactor": choice(Adafactor(weightDecay: 0.01), 0.05),
      "adan": choice(Adan(weightDecay: 0.02), 0.02),
      "adanCautious": choice(Adan(weightDecay: 0.02), 0.02) { $0.cautious = true },
      "muon": choice(Muon(weightDecay: 0.1, matchesAdamW: false, restRate: 0.5), 0.02),
      "muonMatching": choice(Muon(weightDecay: 0.1, restRate: 0.5), 0.02),
      "muonKeepingLength": choice(
        Muon(
          momentum: 0.6, steps: 3, weightDecay: 0, matchesAdamW: false, keepsLength: true,
          rest: SGD(momentum: 0.85, nesterov: true), restRate: 0.5), 0.02),
      "soap": choice(SOAP(largest: 3, weightDecay: 0.01), 0.02),
      "shampoo": choice(Shampoo(every: 3, largest: 4, weightDecay: 0.01), 0.1),
      "prodigy": choice(Prodigy(distance: 1e-3, weightDecay: 0.01), 1),
      "prodigyCorrected": choice(Prodigy(distance: 1e-3, growth: 1.2, correctsBias: true, weightDecay: 0), 1),
      "scheduleFreeSGD": choice(ScheduleFreeSGD(weightDecay: 0.01), 0.2),
      "scheduleFreeAdamW": choice(ScheduleFreeAdamW(weightDecay: 0.01), 0.05),
      "lookahead": choice(descent, 0.05) { $0.lookahead = Lookahead() },
      "sam": choice(descent, 0.05) { $0.sharpness = Sharpness(radius: 0.05) },
      "asam": choice(descent, 0.05) { $0.sharpness = Sharpness(radius: 1, adaptive: true) },
      "centralized": choice(descent, 0.05) { $0.centralizesGradients = true },
      "adaptiveClipping": choice(descent, 0.05),
    ]
  }()
}
