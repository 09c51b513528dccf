import Foundation
import HoneAugment
import HoneImage
import Testing

@Suite("Pasting objects")
struct CopyPasteTests {
  /// A file of a white T with a margin that is transparent but red.
  private func withObject(_ body: (_ path: String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    let shape = ["......", ".###..", "..#...", "......"]
    let elements = shape.joined().flatMap { $0 == "#" ? [255, 255, 255, 255] : [255, 0, 0, 0] as [UInt8] }
    try Image<UInt8>(height: 4, width: 6, channels: 4, elements: elements).writePNG(to: file.path)
    try body(file.path)
  }

  private func pasting(_ path: String, size: Double = 1, y: Double = 0, x: Double = 0, mirrored: Bool = false) -> Action
  {
    var stream = RandomStream(seed: 1)
    let step = CopyPaste(objects: [path], count: 1...1, size: size...size, flips: mirrored ? 1 : 0, mark: 70)
    guard case .effect(let effect)? = step.draw(for: Scene(size: ground.size), from: &stream).first,
      var pasting = effect.effect as? Pasting
    else { return .tone(.equalize) }
    (pasting.objects[0].y, pasting.objects[0].x) = (y, x)
    return .effect(AnyEffect(pasting))
  }

  private let ground = picture("aaaaa\naaaaa\naaaaa\naaaaa")

  @Test("an object shows its own pixels only, wherever it is put, mirrored or not")
  func places() throws {
    try withObject { path in
      #expect(drawing(changed(ground, pasting(path))) == "###aa\na#aaa\naaaaa\naaaaa")
      #expect(drawing(changed(ground, pasting(path, y: 0.99, x: 0.99))) == "aaaaa\naaaaa\naa###\naaa#a")
      #expect(drawing(changed(ground, pasting(path, y: 1, x: 1))) == "aaaaa\naaaaa\naa###\naaa#a")
      let wide = changed(texture(height: 9, width: 9), pasting(path, y: 0.5))
      #expect((0..<3).allSatisfy { wide[4, 0, $0] == 255 })
      #expect(changed(picture("aa\naa"), pasting(path)).size == Size(height: 2, width: 2))
    }
  }

  @Test("masks show the mark, points stay; a saved plan does the same again")
  func targets() throws {
    try withObject { path in
      let plan = Plan(ground, [pasting(path, x: 0.5)])
      #expect(drawing(plan.applied(toMask: ground)) == "a777a\naa7aa\naaaaa\naaaaa")
      #expect(plan.kept([Point(y: 0, x: 2)]) == [Point(y: 0, x: 2)])
      let saved = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
      #expect(saved.applied(to: ground) == plan.applied(to: ground))
      let deep = try plan.applied(to: ground.converted { UInt16($0) * 257 })
      #expect(deep.elements == plan.applied(to: ground).elements.map { UInt16($0) * 257 })
    }
  }

  @Test("edges are of the object's own colour, and softness fades them inwards")
  func edges() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    var disc = Image<UInt8>(height: 60, width: 60, channels: 4)
    for y in 0..<60 {
      for x in 0..<60 where (y - 30) * (y - 30) + (x - 30) * (x - 30) < 700 {
        for channel in 0..<4 { disc[y, x, channel] = [200, 150, 100, 255][channel] }
      }
    }
    try disc.writePNG(to: file.path)
    let white = Image<UInt8>(height: 40, width: 50, channels: 3, repeating: 255)
    for softness in [0.0, 3] {
      let step = CopyPaste(objects: [file.path], count: 1...1, size: 0.6...0.6, softness: softness)
      let result = Pipeline([Step(step)])
        .plan(for: white.size, key: SampleKey(seed: 3, epoch: 0, position: 0)).applied(to: white)
      let darkest = (0..<3).map { channel in
        stride(from: channel, to: 6000, by: 3).map { result.elements[$0] }.min() ?? 0
      }
      #expect(zip(darkest, [200, 150, 100]).allSatisfy { abs(Int($0) - $1) <= 4 }, "\(darkest)")
      let between = stride(from: 2, to: 6000, by: 3).count { (110..<245).contains(result.elements[$0]) }
      #expect(softness == 0 ? between < 120 : between > 120, "\(between)")
    }
  }

  @Test("without objects nothing happens; one that cannot be read is refused by its name")
  func refused() throws {
    let plan = Pipeline([Step(CopyPaste())]).plan(for: ground.size, key: SampleKey(seed: 0, epoch: 0, position: 0))
    #expect(plan.actions.isEmpty)
    let error = #expect(throws: PipelineError.self) {
      try Pipeline(json: #"[{"CopyPaste": {"objects": ["/nowhere/cup.png"]}}]"#)
    }
    #expect(error?.message.contains("/nowhere/cup.png") == true)
  }
}
