import Foundation
import HoneAugment
import HoneImage
import Testing

@Suite("Compositions")
struct CompositionTests {
  private let key = SampleKey(seed: 3, epoch: 0, position: 1)
  private let size = Size(height: 20, width: 30)

  @Test("a class has its own steps, the others and pictures without a class the rest")
  func classes() throws {
    let pipeline = Pipeline { PerClass([3: [Step(Invert())], 5: []], otherwise: [Step(Flip())]) }
    func actions(_ label: Int?) -> [Action] { pipeline.plan(for: size, key: key, label: label).actions }
    #expect(actions(3) == Pipeline { Invert() }.plan(for: size, key: key).actions)
    #expect(actions(5).isEmpty)
    #expect(actions(0) == [.symmetry(.horizontal)])
    #expect(actions(nil) == [.symmetry(.horizontal)])
    let read = try JSONDecoder().decode(
      Pipeline.self,
      from: Data(#"[{"PerClass": {"classes": {"3": ["Invert"], "5": []}, "otherwise": ["Flip"]}}]"#.utf8))
    #expect(read == pipeline)
  }

  @Test("steps that wait for a size see the size at their place in the pipeline")
  func sizes() {
    let steps = [Step(Flip())]
    func happens(_ step: OnSize) -> Bool { !Pipeline([Step(step)]).plan(for: size, key: key).actions.isEmpty }
    #expect(happens(OnSize(shorterSide: 20...20, steps)))
    #expect(!happens(OnSize(shorterSide: 21...99, steps)))
    #expect(!happens(OnSize(longerSide: 1...29, steps)))
    #expect(happens(OnSize(aspect: 1.4...1.6, steps)))
    let later = Pipeline {
      Resize(height: 64, width: 64)
      OnSize(shorterSide: 64...64, steps)
    }
    #expect(later.plan(for: size, key: key).actions.count == 2)
  }

  @Test("steps on some channels leave the others alone")
  func channels() {
    let image = texture(height: 9, width: 7)
    let plan = Pipeline { OnChannels([1, 9], [Step(Invert()), Step(Flip())]) }.plan(for: image.size, key: key)
    let changed = plan.applied(to: image)
    for y in 0..<9 {
      for x in 0..<7 {
        #expect(changed[y, x, 0] == image[y, x, 0] && changed[y, x, 2] == image[y, x, 2])
        #expect(changed[y, x, 1] == 255 - image[y, 6 - x, 1])
      }
    }
  }

  @Test("a blend lies between the picture and its changed copy, even where the copy has another size")
  func blend() {
    let image = texture(height: 16, width: 12)
    func blended(_ weight: Double, _ step: Step) -> Image<UInt8> {
      Pipeline([Step(Blended([step], weight: weight...weight))]).plan(for: image.size, key: key).applied(to: image)
    }
    #expect(blended(0, Step(Invert())) == image)
    #expect(blended(0.5, Step(Invert())).elements.allSatisfy { (127...128).contains($0) })
    #expect(blended(1, Step(Crop(height: 5, width: 5))).size == image.size)
  }

  @Test("a pipeline prints as a tree")
  func tree() {
    let pipeline = Pipeline {
      Flip().applied(0.5)
      OneOf([Step(Invert()), InOrder([Step(Grayscale()), Sepia().applied(0.2)]).applied(0.9)], weights: [1, 3])
      PerClass([2: [Step(Transpose())]], otherwise: [Step(Equalize())])
    }
    #expect(
      pipeline.description == """
        Flip(alternates: false, axis: horizontal) × 0.5
        OneOf(weights: [1, 3])
        ├ Invert
        └ InOrder × 0.9
          ├ Grayscale(weights: bt601)
          └ Sepia × 0.2
        PerClass
        ├ class 2
        │ └ Transpose
        └ otherwise
          └ Equalize
        """)
  }

  @Test("a document of its own carries its format's version; a newer one is refused")
  func document() throws {
    let pipeline = Pipeline { Rotate().applied(0.3) }
    let text = try pipeline.json
    #expect(text.contains(#""formatVersion" : 1"#))
    #expect(try Pipeline(json: text) == pipeline)
    let newer = text.replacingOccurrences(of: "1,", with: "2,")
    let error = #expect(throws: PipelineError.self) { try Pipeline(json: newer) }
    #expect(error?.message.contains("2") == true)
    #expect(throws: PipelineError.self) { try Pipeline(json: #"{"formatVersion": 1, "stepz": []}"#) }
    #expect(throws: PipelineError.self) { try Pipeline(json: "[{") }
  }
}
