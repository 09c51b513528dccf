// VGG16 without its top, frozen, under Flatten, Dense 512 ReLU, Dropout 0.5, Dense 1 sigmoid: 27,560,769 parameters.
//
//   swift run -c release transfer-vgg16 pets/ 20 vgg16.pth
import Hone

let arguments = CommandLine.arguments
let pets = try Dataset(at: arguments[1])
let head = HeadSpec(.flatten, hidden: 512, dropout: 0.5, output: .sigmoid)
var recipe = Recipe(
  model: ModelChoice("vgg16", head: head, backbone: arguments.count > 3 ? arguments[3] : nil),
  epochs: Int(arguments[2]) ?? 20, optimizer: .rmsprop(rate: 1e-4))
recipe.transfer = TransferChoice(frozenEpochs: nil)
let result = try await train(recipe, on: pets, folder: "runs/transfer-vgg16") { event in
  if case .started(let start) = event { print("\(start.parameters) parameters") }
}
print("\(result.validation?.accuracy ?? 0) of the validation pictures")
