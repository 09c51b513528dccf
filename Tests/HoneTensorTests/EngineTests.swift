import Foundation
import HoneTensor
import Synchronization
import Testing

@Suite struct EngineTests {
  @Test func `a wrong shape says which operation, which shapes and why`() async throws {
    let error = await #expect(throws: EngineError.self) {
      try await Engine.run { try Tensor.zeros([2, 3]).matmul(Tensor.zeros([4, 5])).item() }
    }
    #expect(error?.code == .shape)
    #expect(error?.operation == "matmul")
    #expect(error?.shapes == [[2, 3], [4, 5]])
    #expect(error?.description.contains("matmul([2, 3], [4, 5]): ") == true)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func `a wrong type, a missing device and too much memory have codes of their own`() async throws {
    func code(_ body: @Sendable @escaping () throws -> Tensor) async -> EngineError.Code? {
      await #expect(throws: EngineError.self) { try await Engine.run { try body().item() } }?.code
    }
    #expect(await code { try Tensor([Float(1)]).indexSelect(0, Tensor([Float(0)])) } == .dtype)
    #expect(await code { try Tensor.zeros([1 << 46]) } == .outOfMemory)
    guard !Device.cuda(0).isAvailable else { return }
    #expect(await code { try Tensor(1).to(.cuda(0)) } == .device)
  }

  @Test func `bytes of the wrong length and values of the wrong shape are refused`() async throws {
    let code = await #expect(throws: EngineError.self) {
      try await Engine.run { try Tensor([Float(1), 2, 3], shape: [2, 2]).item() }
    }?.code
    #expect(code == .shape)
    let loaded = await #expect(throws: EngineError.self) {
      try await Engine.run { try Parameter(Tensor.zeros([2])).load(Tensor.zeros([3])) }
    }
    #expect(loaded?.shapes == [[2], [3]])
  }

  @Test func `what runs while the engine rests gives its value or its error, on the engine's thread`() async throws {
    struct Trouble: Error {}
    let (isSame, sum) = try await Engine.run {
      Engine.setThreads(2)
      let here = pthread_self()
      let x = try Tensor.uniform([256, 256], seed: 1)
      let inside = try Engine.resting {
        try (isSame: pthread_self() == here, sum: Engine.resting { try x.matmul(x).sum().item() })
      }
      #expect(throws: Trouble.self) { try Engine.resting { throw Trouble() } }
      return try (inside.isSame, inside.sum - x.matmul(x).sum().item())
    }
    #expect(isSame)
    #expect(abs(sum) < 1)
  }

  @Test func `every call lands on one thread, which is not the caller's`() async throws {
    let threads = try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
      for _ in 0..<50 { group.addTask { try await Engine.run { ObjectIdentifier(Thread.current) } } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(threads.count == 1)
    let here = await withCheckedContinuation { $0.resume(returning: ObjectIdentifier(Thread.current)) }
    #expect(!threads.contains(here))
  }

  @Test func `a thousand training steps leave no tensor behind`() async throws {
    let (before, after) = try await Engine.run {
      let before = Engine.liveTensors
      try train(steps: 1000)
      return (before, Engine.liveTensors)
    }
    #expect(after == before)
  }

  @Test func `modes end with their closure, also by an error`() async throws {
    try await Engine.run {
      let x = try Tensor([Float(2)]).requiresGradient(true)
      #expect(try !withoutGradients { try x * 2 }.requiresGradient)
      #expect(try withoutGradients { try withGradients { try x * 2 } }.requiresGradient)
      _ = try? withoutGradients { try x.matmul(Tensor.zeros([3, 3])) }
      #expect(try (x * 2).requiresGradient)
    }
  }

  @Test func `autocast multiplies in bfloat16 and leaves gradients in float32`() async throws {
    try await Engine.run {
      let (x, w) = (try Tensor.normal([8, 16], seed: 1), try Tensor.normal([4, 16], seed: 2).requiresGradient(true))
      let exact = try x.linear(w)
      let fast = try withAutocast(.bfloat16) { try x.linear(w) }
      #expect(fast.dtype == .bfloat16)
      #expect(try x.linear(w).dtype == .float32)
      let difference = try distance(fast.doubles(), exact.doubles())
      #expect(difference > 0 && difference < 0.05)
      try fast.to(.float32).sum().backward()
      #expect(w.gradient?.dtype == .float32)
      #expect(try withAutocast(.bfloat16) { try withAutocast(nil) { try x.linear(w) } }.dtype == .float32)
    }
  }

  @Test(arguments: [UInt64(0), 7, .max])
  func `the same seed draws the same numbers, whatever was drawn before`(seed: UInt64) async throws {
    try await Engine.run {
      func draws() throws -> [[Float]] {
        let x = try Tensor.ones([6, 5, 2, 2])
        return [
          try Tensor.uniform([40], in: -1...1, seed: seed).floats(), try Tensor.normal([40], seed: seed).floats(),
          try x.dropout(0.4, seed: seed).floats(), try x.featureDropout(0.4, seed: seed).floats(),
        ]
      }
      let first = try draws()
      _ = try Tensor.uniform([1000], seed: 3)
      #expect(try draws() == first)
      #expect(try Tensor.uniform([40], in: -1...1, seed: seed ^ 1).floats() != first[0])
    }
  }

  @Test func `dropout keeps the mean, and features share their fate`() async throws {
    try await Engine.run {
      let kept = try Tensor.ones([100, 100]).dropout(0.25, seed: 5)
      #expect(abs(try kept.mean().item() - 1) < 0.03)
      #expect(Set(try kept.floats()) == [0, Float(1 / 0.75)])
      let channels = try Tensor.ones([4, 8, 3, 3]).featureDropout(0.5, seed: 5)
      #expect(try channels.variance([2, 3]).max().item() == 0)
      #expect(Set(try channels.floats()) == [0, 2])
      #expect(try Tensor.ones([4]).dropout(1, seed: 5).floats() == [0, 0, 0, 0])
    }
  }

  @Test func `adopted memory is not copied and is released once, with the last view`() async throws {
    let box = Released()
    let memory = Engine.allocate(bytes: 4 << 20)
    memory.assumingMemoryBound(to: Float.self)[1] = 42
    try await Engine.run { [memory = Memory(pointer: memory)] in
      do {
        let whole = try Tensor.adopting(memory.pointer, shape: [1 << 20], dtype: .float32) {
          Engine.deallocate($0)
          box.add()
        }
        let view = try whole.narrow(0, start: 1, length: 1)
        #expect(try view.item() == 42)
        #expect(view.sharesMemory(with: whole))
        #expect(box.value == 0)
      }
      #expect(box.value == 1)
    }
  }

  @Test func `gradients can be asked for without touching parameters`() async throws {
    try await Engine.run {
      let x = try Parameter(Tensor([Float(3)]))
      let unused = try Tensor([Float(1)]).requiresGradient(true)
      let found = try Tensor.gradients(of: (x.value * x.value).sum(), wrt: [x.value, unused])
      #expect(try found[0]?.floats() == [6])
      #expect(found[1] == nil)
      #expect(x.gradient == nil)
    }
  }

  @Test func `parameters gather gradients, drop them, and stop when frozen`() async throws {
    try await Engine.run {
      let x = try Parameter(Tensor([Float(3)]))
      for _ in 0..<2 { try (x.value * 2).sum().backward() }
      #expect(try x.gradient?.floats() == [4])
      x.dropGradient()
      #expect(x.gradient == nil)
      try x.setTrainable(false)
      #expect(try !(x.value * 2).requiresGradient)
      try x.load(Tensor([Float(5)]))
      #expect(try x.value.item() == 5)
    }
  }

  @Test func `batch normalization moves its running statistics in place`() async throws {
    try await Engine.run {
      let (mean, variance) = (try Buffer(Tensor.zeros([1])), try Buffer(Tensor.ones([1])))
      _ = try Tensor([Float(1), 3], shape: [2, 1, 1, 1])
        .batchNorm(weight: nil, bias: nil, mean: mean, variance: variance, training: true, momentum: 0.5)
      #expect(try mean.value.floats() == [1])
      #expect(try variance.value.floats() == [1.5])
    }
  }

  @Test func `what the machine offers has sensible values`() async throws {
    #expect(Engine.version.hasPrefix("2."))
    #expect(!Engine.cpuCapability.isEmpty)
    #expect(Device.all.first == .cpu && Device.cpu.isAvailable)
    #expect(!Device.cuda(99).isAvailable)
    #expect(Device.cuda(1).description == "cuda:1")
    let threads = try await Engine.run {
      let before = Engine.threads
      Engine.setThreads(1)
      defer { Engine.setThreads(before) }
      return Engine.threads
    }
    #expect(threads == 1)
  }

  @Test func `Hone's own loops run on as many threads as libtorch's`() async throws {
    let counts = try await Engine.run {
      let before = Engine.threads
      defer { Engine.setThreads(before) }
      return [1, 2, 3].map { threads in
        Engine.setThreads(threads)
        return Engine.loopThreads
      }
    }
    #expect(counts == [1, 2, 3])
  }
}

@Suite(.serialized) struct MemoryTests {
  @Test func `large memory lies on huge-page boundaries and comes back from the cache`() async throws {
    // A size to which no other test's comes near: what lies in the cache is this test's own, unless another one's need of
    // memory has just emptied the cache.
    let bytes = 900 << 20
    let cameBack = (0..<5).contains { _ in
      let first = Engine.allocate(bytes: bytes)
      #expect(Int(bitPattern: first) % (2 << 20) == 0)
      Engine.deallocate(first)
      let again = Engine.allocate(bytes: bytes)
      defer { Engine.deallocate(again) }
      return again == first
    }
    #expect(cameBack)
  }

  @Test func `peak and current bytes follow tensors, and trimming gives the cache back`() async throws {
    try await Engine.run {
      // Other tests allocate meanwhile: what is looked for is far larger than what they take.
      let size = 512 << 20
      let margin = 128 << 20
      let before = Engine.currentBytes
      Engine.resetPeak()
      do {
        let x = try Tensor.zeros([size], dtype: .uint8)
        #expect(x.count == size)
        #expect(Engine.currentBytes - before >= size - margin)
      }
      #expect(Engine.peakBytes - before >= size - margin)
      #expect(Engine.currentBytes - before < margin)
      #expect(Engine.cachedBytes >= size - margin)
      Engine.trim()
      #expect(Engine.cachedBytes < margin)
    }
  }

  @Test func `many threads may allocate at once and never share a block`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for round in 0..<40 {
            let bytes = (round % 5 + 1) * 700_000
            let memory = Engine.allocate(bytes: bytes)
            memset(memory, Int32(worker), bytes)
            await Task.yield()
            let bytesSeen = UnsafeRawBufferPointer(start: memory, count: bytes)
            #expect(bytesSeen[0] == UInt8(worker) && bytesSeen[bytes - 1] == UInt8(worker))
            Engine.deallocate(memory)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// A pointer handed to the engine's thread, which alone uses it.
private struct Memory: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

private final class Released: Sendable {
  let count = Mutex(0)
  func add() { count.withLock { $0 += 1 } }
  var value: Int { count.withLock { $0 } }
}

/// A small network trained on noise.
private func train(steps: Int) throws {
  let parameters = try [
    Parameter(Tensor.normal([4, 1, 3, 3], std: 0.3, seed: 1)), Parameter(Tensor.zeros([4])),
    Parameter(Tensor.normal([2, 16], std: 0.3, seed: 2)), Parameter(Tensor.zeros([2])),
  ]
  let values = parameters.map(\.value)
  let (means, squares) = (try values.map { try $0.zerosLike() }, try values.map { try $0.zerosLike() })
  let counters = try values.map { _ in try Tensor(0) }
  for step in 0..<steps {
    let x = try Tensor.normal([4, 1, 6, 6], seed: UInt64(step))
    let features = try x.conv2d(values[0], bias: values[1]).relu().maxPool2d(2).flatten()
    let loss = try features.dropout(0.1, seed: 3).linear(values[2], bias: values[3]).crossEntropy(Tensor([0, 1, 0, 1]))
    try loss.backward()
    try Fused.adam(
      values, gradients: parameters.compactMap(\.gradient), means: means, squares: squares, steps: counters,
      rate: 1e-3)
    for parameter in parameters { parameter.dropGradient() }
  }
}
