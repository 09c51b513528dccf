import Hone
import HoneAugment
import HoneImage
import Testing

@Suite struct `Techniques of a study` {
  private func recipe(_ names: String..., shown side: Int, photographs: Bool) -> Recipe {
    let setting = StudySetting(
      input: InputSpec(side: side), classes: 3, pictures: 400, backbones: [], arePhotographs: photographs)
    let all = Technique.catalogue(setting)
    return Arm.combining(Set(names), of: all, on: .baseline(setting)).recipe
  }

  @Test func `photographs are varied by cutting a part out, at the size they are shown, before anything else`() throws {
    let steps = try #require(
      recipe("TrivialAugment", "shift, turn and zoom", shown: 64, photographs: true).augmentation?.steps)
    #expect(steps.map(\.name) == ["RandomResizedCrop", "Rotate", "TrivialAugmentWide"])
    #expect((steps[0].transform as? RandomResizedCrop)?.width == 64)
    let flipped = try #require(recipe("horizontal flip", shown: 64, photographs: true).augmentation?.steps)
    #expect(flipped.map(\.name) == ["Resize", "Flip"])
  }

  @Test func `small pictures are moved as a whole, and that is one way of distorting them`() throws {
    let moved = try #require(recipe("shift, turn and zoom", shown: 32, photographs: false).augmentation?.steps)
    #expect(moved.map(\.name) == ["Affine"])
    let setting = StudySetting(input: InputSpec(side: 32), classes: 3, pictures: 400, backbones: [])
    let slots = Technique.catalogue(setting).filter { ["shift, turn and zoom", "TrivialAugment"].contains($0.name) }
    #expect(Set(slots.map(\.slot)).count == 1)
  }

  @Test func `longer training waits for pictures that vary, and leaves transfer its own length`() throws {
    let setting = StudySetting(input: InputSpec(side: 64), classes: 3, pictures: 400, backbones: [])
    let longer = try #require(Technique.catalogue(setting).first { $0.name == "longer training" })
    let base = Recipe.baseline(setting)
    #expect(longer.applied(to: base).epochs == 3 * base.epochs)
    #expect(Technique.catalogue(setting).contains { longer.needs.contains($0.slot) })
    var transferred = base
    transferred.transfer = TransferChoice()
    #expect(longer.applied(to: transferred) == transferred)
  }

  @Test func `photographs learnt from nothing have a usual company of techniques, others have not`() throws {
    func setting(_ side: Int, photographs: Bool) -> StudySetting {
      StudySetting(input: InputSpec(side: side), classes: 3, pictures: 400, backbones: [], arePhotographs: photographs)
    }
    let shown = setting(64, photographs: true)
    let base = Recipe.baseline(shown)
    let arm = Arm.combining(Technique.usualCompany(shown), of: Technique.catalogue(shown), on: base)
    #expect(arm.techniques.count == Technique.usualCompany(shown).count, "every name is in the catalogue")
    #expect(
      arm.recipe.augmentation?.steps.map(\.name) == ["RandomResizedCrop", "Rotate", "Flip", "TrivialAugmentWide"])
    #expect((arm.recipe.epochs, arm.recipe.schedule) == (3 * base.epochs, Schedule(OneCycle())))
    #expect(Technique.usualCompany(setting(32, photographs: false)).isEmpty)
  }
}
