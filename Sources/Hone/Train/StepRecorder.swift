internal import HoneTensor

/// A batch's way forwards and backwards, recorded on a device and replayed: the processor no longer asks for each operation,
/// which takes it longer than small networks take a card.
///
/// - Source: CUDA graphs as PyTorch captures a whole network.
final class StepRecorder {
  /// What a recording holds for.
  struct Circumstances: Hashable {
    /// The part of the batch that counts.
    var share: Double
    /// What the loss is multiplied by.
    var scale: Double
    /// The part of the training that is done, where the loss depends on it; else 0.
    var progress: Double
  }

  private struct Key: Hashable {
    let circumstances: Circumstances
    let shape: [Int]
  }

  private struct Recording {
    let graph: DeviceGraph
    let batch: TensorBatch
    let logits: Tensor
    let loss: Tensor
    let gradients: [(parameter: Parameter, gradient: Tensor)]
  }

  private let device: Device
  private let parameters: [Parameter]
  private var recordings: [Key: Recording] = [:]
  /// Steps before the first recording, in which libraries choose and keep what they need.
  private var warmUps = 3
  /// Why nothing is recorded any more; told once.
  private var obstacle: String?
  private var isHindered: Bool

  /// A full batch, the epoch's last, and a change of what the loss looks at; more of them would only fill memory.
  private static let mostRecordings = 4

  init(_ model: Model) {
    device = model.device
    parameters = model.parameters.map(\.parameter).filter(\.isTrainable)
    isHindered = !DeviceGraph.isOffered(on: device)
    if isHindered {
      obstacle =
        device.kind == .cuda
        ? "libhone_cuda is not beside this program (build it: swift build -c release --product hone_cuda)"
        : "\(device) cannot"
    }
  }

  /// The gradients of a batch by a replay; nil where the step has to go the usual way.
  func learn(
    from batch: TensorBatch, _ circumstances: Circumstances,
    _ step: (TensorBatch) throws -> (logits: Tensor, loss: Tensor)
  ) throws -> (logits: Tensor, loss: Double)? {
    guard !isHindered else { return nil }
    guard warmUps == 0 else {
      warmUps -= 1
      return nil
    }
    let key = Key(circumstances: circumstances, shape: batch.input.shape + batch.targets.shape)
    guard let recording = try recordings[key] ?? record(batch, key, step) else { return nil }
    try recording.batch.input.fill(from: batch.input)
    try recording.batch.targets.fill(from: batch.targets)
    try recording.graph.replay()
    for (parameter, gradient) in recording.gradients { try parameter.setGradient(gradient) }
    return (recording.logits, try recording.loss.item())
  }

  private func record(
    _ batch: TensorBatch, _ key: Key, _ step: (TensorBatch) throws -> (logits: Tensor, loss: Tensor)
  ) throws -> Recording? {
    guard recordings.count < Self.mostRecordings else { return nil }
    let kept = TensorBatch(
      input: try batch.input.clone(), targets: try batch.targets.clone(), indices: batch.indices)
    defer { for parameter in parameters { parameter.dropGradient() } }
    do {
      let (graph, result) = try DeviceGraph.recording(on: device) { try step(kept) }
      let gradients = parameters.compactMap { parameter in
        parameter.gradient.map { (parameter: parameter, gradient: $0) }
      }
      let recording = Recording(
        graph: graph, batch: kept, logits: try result.logits.detach(), loss: try result.loss.detach(),
        gradients: gradients)
      recordings[key] = recording
      return recording
    } catch let error as EngineError where error.code != .outOfMemory {
      isHindered = true
      obstacle = "this network's step: \(error.message)"
      return nil
    }
  }

  /// Why steps are not replayed, the first time that it is asked after something came in the way.
  func takeObstacle() -> String? {
    defer { obstacle = nil }
    return obstacle
  }
}
