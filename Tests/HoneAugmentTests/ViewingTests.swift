import HoneAugment
import HoneImage
import Testing

@Suite("Views of a picture")
struct ViewingTests {
  private let size = Size(height: 32, width: 32)
  private let key = SampleKey(seed: 0, epoch: 0, position: 0)
  private let prepared = Pipeline {
    ShorterSide(pixels: 36)
    CenterCrop(height: 32, width: 32)
  }

  @Test("views have the model's size and differ; one is the plain one", arguments: Viewing.allCases)
  func sizes(viewing: Viewing) {
    let image = texture(height: 50, width: 70)
    for preparation in [prepared, Pipeline { Resize(height: 32, width: 32) }] {
      let views = viewing.pipelines(preparing: preparation, size: size)
        .map { $0.plan(for: image.size, key: key).applied(to: image) }
      let count: [Viewing: Int] = [.flips: 2, .turns: 4, .fiveCrop: 5, .tenCrop: 10, .scales: 3, .shifts: 3]
      #expect(views.count == count[viewing])
      #expect(Set(views).count == views.count)
      #expect(views.allSatisfy { $0.size == size })
    }
    let plain = prepared.plan(for: image.size, key: key).applied(to: image)
    #expect(
      viewing.pipelines(preparing: prepared, size: size).contains { view in
        view.plan(for: image.size, key: key).applied(to: image) == plain
      })
  }

  @Test("a picture that is not square is turned half way only")
  func halfTurns() {
    let wide = Size(height: 20, width: 30)
    let views = Viewing.turns.pipelines(preparing: Pipeline { Resize(height: 20, width: 30) }, size: wide)
    #expect(views.map { $0.plan(for: Size(height: 40, width: 40), key: key).outputSize } == [wide, wide])
  }

  @Test("shifted views are the picture moved by a pixel of 32, the edge mirrored")
  func shifted() {
    let image = texture(height: 32, width: 32)
    let views = Viewing.shifts.pipelines(preparing: Pipeline { CenterCrop(height: 32, width: 32) }, size: size)
      .map { $0.plan(for: image.size, key: key).applied(to: image) }
    for (view, step) in zip(views, [0, -1, 1]) {
      for y in 0..<32 { #expect(view[y, 7, 0] == image[31 - abs(31 - abs(y - step)), 7 - step, 0]) }
    }
  }

  @Test("maps of views are brought back to where they looked", arguments: Viewing.allCases)
  func undone(viewing: Viewing) throws {
    // Levels that are a straight slope stay one through any resampling.
    var slope = Image<Float>(height: 48, width: 60, channels: 2)
    for y in 0..<48 { for x in 0..<60 { (slope[y, x, 0], slope[y, x, 1]) = (Float(x) / 60, Float(y) / 48) } }
    let views = try viewing.pipelines(preparing: prepared, size: size).map { view in
      let plan = view.plan(for: slope.size, key: key)
      return (plan: plan, map: try plan.applied(to: slope))
    }
    let mean = try Image(meanOf: views)
    #expect(mean.size == slope.size)
    for y in 12..<36 {
      for x in 18..<42 {
        for channel in 0..<2 { #expect(abs(mean[y, x, channel] - slope[y, x, channel]) < 0.02) }
      }
    }
  }

  @Test("coarse maps are spread over their views, and a field has no way back")
  func coarse() throws {
    let plan = Plan(sourceSize: Size(height: 8, width: 8), channels: 1, actions: [.symmetry(.horizontal)])
    let map = Image<Float>(height: 2, width: 2, channels: 1, elements: [1, 0, 1, 0])
    let mean = try Image(meanOf: [(plan, map)])
    #expect(mean.size == plan.sourceSize && mean[4, 7, 0] == 1 && mean[4, 0, 0] == 0)
    let bent = Plan(
      sourceSize: Size(height: 8, width: 8), channels: 1,
      actions: [.bend(Bend(.swirl(degrees: 5, radius: 3)))])
    #expect(throws: PipelineError.self) { try Image(meanOf: [(bent, map)]) }
  }
}
