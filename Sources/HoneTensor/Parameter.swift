import CHoneTorch

/// What training changes: a leaf of the graph that gathers gradients.
///
/// Its value is written in place by optimizers (`Fused`) and `load` only.
public final class Parameter {
  public private(set) var value: Tensor

  /// Copies nothing: the parameter shares the tensor's memory, so pass one that nobody else writes to.
  public init(_ value: Tensor, isTrainable: Bool = true) throws(EngineError) {
    self.value = try value.requiresGradient(isTrainable)
  }

  public var shape: [Int] { value.shape }
  public var count: Int { value.count }

  /// What `backward` has gathered; nil before it, and after `dropGradient`.
  public var gradient: Tensor? { value.gradient }

  /// Replaces the gradient; nil drops it.
  public func setGradient(_ gradient: Tensor?) throws(EngineError) {
    let (x, new) = (value.handle, gradient?.handle)
    try engine { failure in
      withExtendedLifetime((x, new)) { ht_set_gradient(x.pointer, new?.pointer, failure) }
    }
  }

  /// Lets the gradient go, which is cheaper than filling it with zeros.
  public func dropGradient() { try? setGradient(nil) }

  /// Whether gradients are gathered. Turning it off drops what was gathered.
  public var isTrainable: Bool { value.requiresGradient }

  public func setTrainable(_ trainable: Bool) throws(EngineError) {
    guard trainable != isTrainable else { return }
    value = try value.requiresGradient(trainable)
  }

  /// Copies numbers in, converting their type and device.
  public func load(_ new: Tensor) throws(EngineError) { try value.assign(new) }

  /// Moves the value to another device or type, losing the gradient.
  public func move(to device: Device, dtype: DType? = nil) throws(EngineError) {
    value = try value.to(device).to(dtype ?? value.dtype).requiresGradient(isTrainable)
  }

  /// Lays the memory of a convolution's weight out as convolutions like it.
  public func useChannelsLast() throws(EngineError) {
    guard value.rank == 4 else { return }
    value = try value.channelsLast().requiresGradient(isTrainable)
  }
}

/// What changes in training without a gradient: running statistics, averages, counters.
public final class Buffer {
  public private(set) var value: Tensor

  public init(_ value: Tensor) throws(EngineError) { self.value = try value.detach() }

  public var shape: [Int] { value.shape }

  /// Copies numbers in, converting their type and device.
  public func load(_ new: Tensor) throws(EngineError) { try value.assign(new) }

  public func move(to device: Device) throws(EngineError) { value = try value.to(device) }
}

extension Tensor {
  /// Writes into this tensor's memory: for parameters, buffers and what recordings read only.
  func assign(_ new: Tensor) throws(EngineError) {
    guard new.shape == shape else {
      throw EngineError(
        code: .shape, operation: "load", shapes: [shape, new.shape],
        message: "a value of shape \(shape) cannot take one of shape \(new.shape)")
    }
    let (x, y) = (handle, new.handle)
    try engine { failure in withExtendedLifetime((x, y)) { ht_assign(x.pointer, y.pointer, failure) } }
  }
}
