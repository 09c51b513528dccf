import Foundation
import HoneAugment
import HoneImage
import Testing

@Suite("Pipelines in files")
struct PipelineFileTests {
  private func read(_ json: String) throws -> Pipeline {
    try JSONDecoder().decode(Pipeline.self, from: Data(json.utf8))
  }

  @Test("missing parameters take their defaults; a bare name is enough")
  func defaults() throws {
    let pipeline = try read(
      #"[{"RandomResizedCrop": {"height": 96, "width": 96}}, "Flip", {"Rotate": {"degrees": [-30, 30]}, "chance": 0.5}]"#
    )
    #expect(
      pipeline
        == Pipeline {
          RandomResizedCrop(height: 96, width: 96)
          Flip()
          Rotate(degrees: -30...30).applied(0.5)
        })
  }

  @Test("steps nest")
  func nesting() throws {
    let pipeline = try read(#"[{"OneOf": {"steps": [{"Hue": {"turns": [0, 0.1]}}, {"Invert": {}, "chance": 0.2}]}}]"#)
    #expect(
      pipeline
        == Pipeline {
          OneOf {
            Hue(turns: 0...0.1)
            Invert().applied(0.2)
          }
        })
  }

  @Test(
    "borders are names or levels",
    arguments: [
      (#""reflect""#, Border.reflect), ("7", .constant([7])), ("[1, 2, 3]", .constant([1, 2, 3])),
      (#""black""#, .black),
    ])
  func borders(text: String, border: Border) throws {
    let pipeline = try read(#"[{"PadCrop": {"padding": 2, "border": \#(text)}}]"#)
    #expect(pipeline == Pipeline { PadCrop(padding: 2, border: border) })
  }

  @Test(
    "what cannot be meant is refused, with the nearest thing that can",
    arguments: [
      (#"[{"Rotat": {}}]"#, PipelineError.Code.unknownName, "Rotate"),
      (#"[{"Rotate": {"degree": [-5, 5]}}]"#, .unknownKey, "degrees"),
      (#"[{"Rotate": {"degrees": "much"}}]"#, .badValue, "Rotate"),
      (#"[{"Rotate": {"border": "mirror"}}]"#, .unknownName, "border"),
      (#"[{"Flip": {}, "chance": 1.5}]"#, .badValue, "1.5"),
      (#"[{"Flip": {}, "Rotate": {}}]"#, .malformed, "2"),
      (#"[{"Crop": {"height": 0}}]"#, .badValue, "height"),
      (#"[{"OneOf": {"steps": [{"Invrt": {}}]}}]"#, .unknownName, "Invert"),
    ])
  func refusals(json: String, code: PipelineError.Code, fact: String) {
    let error = #expect(throws: PipelineError.self) { try read(json) }
    #expect(error?.code == code)
    #expect(error?.message.contains(fact) == true, "\(error?.message ?? "")")
  }

  @Test(
    "parameters that no picture can bear are refused, each naming the transform and its limits",
    arguments: [
      #""Crop": {"width": 100000}"#, #""PadCrop": {"padding": -1}"#, #""RandomResizedCrop": {"area": [0, 1]}"#,
      #""RandomResizedCrop": {"aspect": [1, 1e300]}"#, #""Zoom": {"factor": [0, 1]}"#,
      #""Affine": {"factor": [1, 1e9]}"#,
      #""Shear": {"x": [-90, 0]}"#, #""Perspective": {"distortion": 1.5}"#, #""Contrast": {"factor": [0, 1e300]}"#,
      #""Gamma": {"exponent": [0, 1]}"#, #""Posterize": {"bits": [4, 9]}"#,
      #""GaussianNoise": {"deviation": [0, 1e12]}"#,
      #""GaussianBlur": {"sigma": [-1, 1]}"#, #""Erase": {"aspect": [0, 1]}"#,
      #""CoarseDropout": {"count": [1, 1000000000]}"#,
      #""OneOf": {"steps": ["Flip"], "weights": [1, 2]}"#, #""RandAugment": {"magnitude": 31}"#,
      #""Resize": {"height": 0}"#,
      #""Brightness": {"factor": [2, 1]}"#,
    ])
  func limits(step: String) throws {
    let error = #expect(throws: PipelineError.self) { try read("[{\(step)}]") }
    let name = try #require(step.split(separator: "\"").first)
    #expect(error?.code == .badValue)
    #expect(error?.message.contains(name) == true)
  }

  @Test("angles and shifts of any size end in a picture, not in a crash")
  func extremes() {
    let image = texture(height: 20, width: 30)
    let key = SampleKey(seed: 0, epoch: 0, position: 0)
    for huge in [1e9, -1e15, 1e300] {
      let pipeline = Pipeline {
        Rotate(degrees: huge...huge)
        Shift(x: huge...huge, y: 0...0)
        Zoom(factor: 0.001...0.001)
        Hue(turns: huge...huge)
        ChannelShift(levels: huge...huge)
        Solarize(threshold: huge...huge)
      }
      #expect(pipeline.plan(for: image.size, key: key).applied(to: image).size == image.size)
    }
  }

  @Test("a pipeline prints one step per line")
  func printing() {
    let pipeline = Pipeline {
      Flip().applied(0.5)
      Brightness(factor: 0.5...1.5)
    }
    #expect(pipeline.description == "Flip(alternates: false, axis: horizontal) × 0.5\nBrightness(factor: [0.5, 1.5])")
  }

  @Test("a transform and an effect of one's own work like Hone's")
  func extending() throws {
    Registry.register(Dim.self)
    Registry.register(Darkening.self)
    let pipeline = try read(#"[{"Dim": {"by": 3}}]"#)
    #expect(pipeline == Pipeline { Dim(by: 3) })
    let plan = pipeline.plan(
      for: Size(height: 1, width: 3), channels: 1, key: SampleKey(seed: 0, epoch: 0, position: 0))
    let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
    #expect(drawing(saved.applied(to: picture("d e f"))) == "abc")
  }
}

private struct Dim: Transform {
  static let standard = Dim(by: 1)
  var by: UInt8
  func draw(for scene: Scene, from stream: inout RandomStream) -> [Action] { [.effect(AnyEffect(Darkening(by: by)))] }
}

private struct Darkening: Effect {
  var by: UInt8
  func apply(to image: inout Image<UInt8>) { image.elements = image.elements.map { $0 &- by } }
}
