import CHoneKernels
import Foundation
import HoneImage

/// CIELab's lightness of sRGB pictures, as levels of 255, and colours moved to another lightness at the same a and b.
enum Lightness {
  /// Linear light of the 256 levels, and the white point's shares of X, Y and Z (D65).
  private static let linear: [Float] = (0..<256).map { level in
    let v = Double(level) / 255
    return Float(v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4))
  }
  private static let steps = Int(HK_LAB_STEPS)
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
    let count = light.elements.count
    withTables { hk_lightness(image.elements, count, Int32(image.channels), $0, &light.elements) }
    return light
  }

  /// Moves every pixel by the difference of two lightnesses.
  static func change(_ image: inout Image<UInt8>, from before: Image<UInt8>, to after: Image<UInt8>) {
    let channels = Int32(image.channels)
    withTables {
      hk_relight(&image.elements, before.elements.count, channels, $0, before.elements, after.elements)
    }
  }

  private static func withTables(_ body: (UnsafePointer<hk_lab>) -> Void) {
    linear.withUnsafeBufferPointer { linear in
      root.withUnsafeBufferPointer { root in
        level.withUnsafeBufferPointer { level in
          var lab = hk_lab(linear: linear.baseAddress, root: root.baseAddress, level: level.baseAddress)
          body(&lab)
        }
      }
    }
  }
}
