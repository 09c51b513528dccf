import HoneTensor
import Testing

@Suite struct SmokeTests {
  @Test func `one plus one is two on the engine's thread`() async throws {
    let sum = try await Engine.run { try (Tensor(1) + Tensor(1)).item() }
    #expect(sum == 2)
  }
}
