// Crops a picture and turns it by up to 40 degrees, growing so that no corner is lost.
//
//   swift run crop-and-rotate photo.jpg turned.png
import HoneAugment
import HoneImage

let pipeline = Pipeline {
  Crop(height: 150, width: 150)
  Rotate(degrees: -40...40, grows: true)
}
let photo = try Image<UInt8>(contentsOf: CommandLine.arguments[1])
let plan = pipeline.plan(for: photo.size, key: SampleKey(seed: 1, epoch: 0, position: 0))
try plan.applied(to: photo).writePNG(to: CommandLine.arguments[2])
print("\(photo.size) → \(plan.outputSize): \(plan)")
