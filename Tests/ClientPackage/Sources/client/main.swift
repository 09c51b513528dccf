import Hone
import HoneImage
import HoneTensor

// A picture and a tensor: both halves of Hone from another package.
let picture = Image<UInt8>(height: 2, width: 3, channels: 3, repeating: 7)
let sum = try await Engine.run { try Tensor(picture.elements.map(Float.init), shape: [18]).sum().item() }
guard sum == 7 * 18 else { fatalError("the sum is \(sum)") }

// The transform of docs/own-transform.md.
let striped = try withScanlines(Image<UInt8>(height: 8, width: 8, channels: 1, repeating: 200))
guard striped.elements.filter({ $0 == 120 }).count == 32 else { fatalError("the rows are \(striped.elements)") }

// The network of docs/own-model.md.
let table = try registerSmallNetwork()
guard table.parameters == 149_210 else { fatalError("the network has \(table.parameters) parameters") }
try trainingRecipe().check()
let scores = try await Engine.run {
  let model = try Model.make(Structure("small-network", classes: 10), seed: 1)
  return try model(.normal([2, 3, 32, 32], seed: 2)).shape
}
guard scores == [2, 10] else { fatalError("the scores are \(scores)") }
print("a client package reads pictures, computes, and brings a transform and a network of its own: \(sum)")
