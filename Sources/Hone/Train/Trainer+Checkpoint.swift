internal import Foundation
internal import HoneTensor

extension Trainer {
  /// Writes a checkpoint if it is time for one.
  func saveIfDue(epochEnded: Bool) throws {
    switch saving {
    case .never: return
    case .steps(let steps): if !epochEnded, state.step % steps == 0 { try save() }
    case .automatic: if Date().timeIntervalSince(lastSave) >= max(epochEnded ? 5 : 30, 20 * saveSeconds) { try save() }
    }
  }

  /// Writes the run as it is.
  func save() throws {
    guard let folder, saving != .never else { return }
    let before = Date()
    var state = state
    state.seconds = seconds
    state.averaged = work.average?.updates ?? 0
    let header = Checkpoint.Header(maker: maker, recipe: recipe, data: dataKey, state: state)
    var tensors: [Checkpoint.Group: [String: Tensor]] = [.model: model.state(), .optimizer: try work.optimizer.state]
    tensors[.average] = work.average?.state
    tensors[.constraint] = work.constraints.state
    tensors[.best] = best
    try Checkpoint(header: header, tensors: tensors).write(to: folder.checkpoint)
    lastSave = Date()
    saveSeconds = lastSave.timeIntervalSince(before)
    report(.saved(path: folder.checkpoint))
  }

  /// Takes a run up where its checkpoint left it.
  func resume(from checkpoint: Checkpoint) throws {
    try refuseOther(checkpoint.header)
    state = checkpoint.header.state
    if state.phase > 0 { try beginPhase() }
    try model.load(checkpoint.tensors[.model] ?? [:], file: folder?.checkpoint)
    try work.optimizer.load(checkpoint.tensors[.optimizer] ?? [:], steps: state.step - (state.lossScale?.skipped ?? 0))
    try work.average?.load(checkpoint.tensors[.average] ?? [:], updates: state.averaged)
    work.constraints.load(checkpoint.tensors[.constraint] ?? [:])
    best = checkpoint.tensors[.best]
    let here = maker
    if checkpoint.header.maker != here {
      report(
        .warning(
          "this run began on \(checkpoint.header.maker.summary) and goes on with \(here.summary): "
            + "results may differ in their last digits from an uninterrupted run"))
    }
  }

  private var maker: Checkpoint.Maker { Checkpoint.Maker(device: model.device) }

  /// A folder's run goes on only by the same recipe and with the same data.
  private func refuseOther(_ header: Checkpoint.Header) throws {
    let remedy = "continue with the recipe.yaml in the folder, or choose another folder"
    var known = header.recipe
    known.device = recipe.device  // another one goes on with a warning
    guard known == recipe else {
      throw HoneError(
        .conflict, "\(folder?.path ?? "the folder") holds a run of another recipe; \(remedy)", file: folder?.checkpoint)
    }
    guard header.data == dataKey else {
      throw HoneError(
        .conflict, "\(folder?.path ?? "the folder") holds a run with other pictures or another split; \(remedy)",
        file: folder?.checkpoint)
    }
  }

  /// Tells data and splits apart: names, labels and who is where, not pixels.
  private var dataKey: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    func add(_ text: String) { for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 } }
    for name in dataset.classes { add(name + "\n") }
    for (part, indices) in [("train", split.train), ("validation", split.validation)] {
      add(part)
      for index in indices { add("\(dataset.title(of: index))\t\(dataset.samples[index].label)\n") }
    }
    return String(hash, radix: 16)
  }
}

extension Checkpoint.Maker {
  var summary: String {
    "libtorch \(engine), \(processor), \(threads) threads" + (device == .cpu ? "" : ", \(device)")
  }
}
