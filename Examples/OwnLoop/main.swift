// A training loop of one's own: batches read, augmented and mixed by Hone's threads, the gradient of a linear model by hand.
//   swift run -c release own-loop photos/
import Hone
import HoneAugment
import HoneImage
import HoneTensor

let photos = try Dataset(at: CommandLine.arguments[1])
let pipeline = Pipeline([Step(RandomResizedCrop(height: 24, width: 24)), Step(TrivialAugmentWide())])
let options = Loader.Options(
  pipeline: pipeline, inputSize: .init(height: 24, width: 24), normalization: .half, shuffles: true, mixing: .init())
let loader = try Loader(photos, options: options)
try await Engine.run {
  var weights = try Tensor.zeros([3 * 24 * 24, photos.classes.count])
  for epoch in 1...6 {
    let run = loader.epoch(epoch)
    while let batch = try run.next() {
      let x = try Tensor(bytes: batch.pixelBytes, shape: [batch.count, 3 * 24 * 24], dtype: .float32)
      let y = try Tensor(bytes: batch.labelBytes, shape: [batch.count, batch.classes], dtype: .float32)
      let wrong = try x.matmul(weights).softmax(1).sub(y)
      weights = try weights.sub(x.transpose(0, 1).matmul(wrong).mul(0.001 / Double(batch.count)))
      print("epoch \(epoch): off by \(try wrong.mul(wrong).mean().floats()[0])")
    }
  }
}
