public import HoneImage

extension Pipeline {
  /// From the bytes of a file to a slot of a batch: draws the plan, decodes no more than it needs, and applies it.
  ///
  /// - Shape: the pipeline must end at the batch's size; `options.channels` must give the batch's channels.
  /// - Returns: the plan, to be kept or shown.
  /// - Throws: `ImageError`, as decoding does.
  @discardableResult
  public func write(
    decoding bytes: UnsafeRawBufferPointer, options: DecodeOptions = .init(), key: SampleKey, label: Int? = nil,
    normalization: Normalization, into batch: borrowing Batch, slot: Int
  ) throws(ImageError) -> Plan {
    let info = try ImageInfo(of: bytes)
    let plan = plan(for: info.size, channels: batch.channels, key: key, label: label)
    var options = options
    options.atLeast = plan.decodeHint
    let decoded = info.decodedSize(options)
    let place = plan.region(of: decoded)
    options.region = place
    plan.write(
      try Image(decoding: bytes, options: options), region: (place, decoded), normalization: normalization, into: batch,
      slot: slot)
    return plan
  }
}
