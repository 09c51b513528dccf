import Foundation
import HoneImage

/// CIELab's lightness of sRGB pictures, as levels of 255, and colours moved to another lightness at the same a and b.
enum Lightness {
  /// Linear light of the 256 levels, and the white point's shares of X, Y and Z (D65).
  private static let linear: [Float] = (0..<256).map { level in
    let v = Double(level) / 255
    return Float(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4))
  }
  private static let steps = 8192
  /// The cube root, straight near zero, of 0…1.
  private static let root: [Float] = (0...steps).map { index in
    let t = Double(index) / Double(steps)
    return Float(t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116)
  }
  /// Levels of linear light 0…1.
  private static let level: [UInt8] = (0...steps).map { index in
    let v = Double(index) / Double(steps)
    return clamped(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055))
  }

  /// The lightness of every pixel.
  static func of(_ image: Image<UInt8>) -> Image<UInt8> {
    var light = Image<UInt8>.mask(image.size)
    let channels = image.channels
    withTables { linear, root, _ in
      image.elements.withUnsafeBufferPointer { pixels in
        light.elements.withUnsafeMutableBufferPointer { out in
          for index in out.indices {
            let p = index * channels
            let (r, g, b) = (linear[Int(pixels[p])], linear[Int(pixels[p + 1])], linear[Int(pixels[p + 2])])
            let f = root[place(r * 0.212671 + g * 0.715160 + b * 0.072169)]
            out[index] = UInt8(min(255, max(0, (116 * f - 16) * 2.55 + 0.5)))
          }
        }
      }
    }
    return light
  }

  /// Moves every pixel by the difference of two lightnesses: all three roots of XYZ move alike, so a and b stay.
  static func change(_ image: inout Image<UInt8>, from before: Image<UInt8>, to after: Image<UInt8>) {
    let channels = image.channels
    withTables { linear, root, level in
      image.elements.withUnsafeMutableBufferPointer { pixels in
        before.elements.withUnsafeBufferPointer { before in
          after.elements.withUnsafeBufferPointer { after in
            for index in before.indices where before[index] != after[index] {
              let p = index * channels
              let move = Float(Int(after[index]) - Int(before[index])) / (2.55 * 116)
              let (r, g, b) = (linear[Int(pixels[p])], linear[Int(pixels[p + 1])], linear[Int(pixels[p + 2])])
              let x = cube(root[place(0.433953 * r + 0.376219 * g + 0.189828 * b)] + move)
              let y = cube(root[place(0.212671 * r + 0.715160 * g + 0.072169 * b)] + move)
              let z = cube(root[place(0.017758 * r + 0.109477 * g + 0.872766 * b)] + move)
              pixels[p] = level[place(3.079933 * x - 1.537150 * y - 0.542782 * z)]
              pixels[p + 1] = level[place(-0.921235 * x + 1.875992 * y + 0.045244 * z)]
              pixels[p + 2] = level[place(0.052891 * x - 0.204043 * y + 1.151152 * z)]
            }
          }
        }
      }
    }
  }

  private static func withTables(
    _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    linear.withUnsafeBufferPointer { linear in
      root.withUnsafeBufferPointer { root in level.withUnsafeBufferPointer { body(linear, root, $0) } }
    }
  }

  @inline(__always)
  private static func cube(_ f: Float) -> Float { f > 0.206893 ? f * f * f : (f - 16 / 116) / 7.787 }

  @inline(__always)
  private static func place(_ light: Float) -> Int { Int(min(1, max(0, light)) * Float(steps) + 0.5) }
}
