import HoneAugment
import HoneImage
import Testing

/// A grey picture from rows of characters: `.` is 0, digits are themselves × 10, letters are 100 and up, `#` is 255.
func picture(_ rows: String) -> Image<UInt8> {
  let lines = rows.split(separator: "\n").map { line in line.split(separator: " ").joined() }
  let elements = lines.flatMap { line in line.unicodeScalars.map(level) }
  return Image(height: lines.count, width: lines[0].count, channels: 1, elements: elements)
}

private func level(_ scalar: Unicode.Scalar) -> UInt8 {
  switch scalar {
  case ".": 0
  case "#": 255
  case "0"..."9": UInt8(scalar.value - 48) * 10
  default: UInt8(scalar.value - 97) + 100
  }
}

/// The picture as the same rows of characters.
func drawing(_ image: Image<UInt8>) -> String {
  (0..<image.height).map { y in
    (0..<image.width).map { x in character(image[y, x, 0]) }.joined()
  }.joined(separator: "\n")
}

private func character(_ level: UInt8) -> String {
  switch level {
  case 0: "."
  case 255: "#"
  case 100...125: String(UnicodeScalar(level - 100 + 97))
  case let value where value < 100 && value % 10 == 0: "\(value / 10)"
  default: "?"
  }
}

/// A picture full of detail, different in every channel.
func texture(height: Int, width: Int, channels: Int = 3, seed: UInt64 = 1) -> Image<UInt8> {
  var stream = RandomStream(seed: seed)
  let noise = (0..<height * width * channels).map { _ in Double(stream.integer(0...40)) }
  let elements = noise.enumerated().map { index, noise in
    let (y, x, c) = (index / channels / width, index / channels % width, index % channels)
    let wave = 100 + 60 * Double((x * (c + 1) / 3 + y / (c + 1)) % 17) / 16 + 50 * Double((y + 2 * c) % 29) / 28
    return UInt8(min(255, wave + noise))
  }
  return Image(height: height, width: width, channels: channels, elements: elements)
}

extension Plan {
  init(_ image: Image<UInt8>, _ actions: [Action]) {
    self.init(sourceSize: image.size, channels: image.channels, actions: actions)
  }
}

func changed(_ image: Image<UInt8>, _ actions: Action...) -> Image<UInt8> {
  Plan(image, actions).applied(to: image)
}

/// The same actions one by one, so that nothing is fused.
func stepwise(_ image: Image<UInt8>, _ actions: [Action]) -> Image<UInt8> {
  actions.reduce(image) { Plan($0, [$1]).applied(to: $0) }
}
