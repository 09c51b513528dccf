import Hone
import Testing

@Suite("HoneError")
struct HoneErrorTests {
  @Test(
    "The nearest known name is found across typing slips, case and separators",
    arguments: [
      ("optimiser", "optimizer"), ("lr", "l1"), ("batch_size", "batchSize"), ("BatchSize", "batchSize"),
      ("epcohs", "epochs"), ("label-smoothing", "labelSmoothing"),
    ])
  func nearest(_ slip: String, _ meant: String) {
    let known = ["optimizer", "l1", "batchSize", "epochs", "labelSmoothing"]
    #expect(HoneError.nearest(to: slip, in: known) == meant)
  }

  @Test("A name like none of the known ones gets no proposal, and the message lists them all")
  func noneIsNear() {
    #expect(HoneError.nearest(to: "zebra", in: ["optimizer", "epochs"]) == nil)
    let error = HoneError.unknown("zebra", among: ["optimizer", "epochs"], noun: "a setting")
    #expect(error.message.contains("epochs, optimizer"))
    #expect(error.context["key"] == "zebra")
  }

  @Test("The description holds message, cause and the places that the message does not name")
  func description() {
    struct Below: Error, CustomStringConvertible { let description = "disk full" }
    let error = HoneError(
      .unwritable, "could not write run/model; free some space", file: "run/model", line: 3, key: nil, cause: Below())
    #expect(error.description.contains("free some space"))
    #expect(error.description.contains("disk full"))
    #expect(error.description.contains("line 3"))
    #expect(!error.description.contains("file run/model"))
  }
}
