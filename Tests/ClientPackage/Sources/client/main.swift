import HoneImage
import HoneTensor

// A picture and a tensor: both halves of Hone from another package.
let picture = Image<UInt8>(height: 2, width: 3, channels: 3, repeating: 7)
let sum = try await Engine.run { try Tensor(picture.elements.map(Float.init), shape: [18]).sum().item() }
guard sum == 7 * 18 else { fatalError("the sum is \(sum)") }
print("a client package reads pictures and computes: \(sum)")
