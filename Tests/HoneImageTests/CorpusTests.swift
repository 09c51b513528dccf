import Foundation
import HoneImage
import HoneTesting
import Testing

/// A row of odd_images/manifest.tsv: what Pillow makes of a file.
private struct Verdict {
  let file: String
  let isDecoded: Bool
  let format: String
  let mode: String
  let size: Size
  let means: [Double]

  /// Pillow's names of the formats that Hone decodes.
  static let formats = ["JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF"]
  var isOurs: Bool { isDecoded && Verdict.formats.contains(format) }
  var isSixteenBitGrey: Bool { mode == "I" || mode.hasPrefix("I;16") }

  init?(_ line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 12 else { return nil }
    (file, isDecoded, format, mode) = (fields[0], fields[2] == "ok", fields[3], fields[4])
    size = Size(height: Int(fields[6]) ?? 0, width: Int(fields[5]) ?? 0)
    means = fields[10].split(separator: "/").compactMap { Double($0) }
  }
}

private func lines(_ path: String) throws -> ArraySlice<Substring> {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
}

@Suite struct `The 1452 odd pictures` {
  private let folder = TestData.path("odd_images/")

  /// Why our picture is not Pillow's; nil when it is.
  private func complaint(about verdict: Verdict) -> String? {
    do throws(ImageError) {
      let stored = DecodeOptions(channels: .native, appliesOrientation: false, appliesProfile: false)
      let picture = try Image<UInt8>(contentsOf: folder + verdict.file, options: stored).withoutAlpha()
      // Pillow turns TIFF, and only TIFF, while it loads.
      let turned =
        verdict.format == "TIFF" && picture.size == Size(height: verdict.size.width, width: verdict.size.height)
      if picture.size != verdict.size && !turned { return "size \(picture.size), not \(verdict.size)" }
      let means = picture.channels == 1 ? Array(repeating: picture.means[0], count: 3) : picture.means
      let off = zip(means, verdict.means).map { abs($0 - $1) }.max() ?? 0
      return off > 2 ? "mean off by \(off)" : nil
    } catch {
      return error.message
    }
  }

  @Test(.needsData) func `at least 97 % of what Pillow decodes looks the same here`() throws {
    let verdicts = try lines(folder + "manifest.tsv").compactMap { Verdict($0) }
    #expect(verdicts.count == 1452)
    let compared = verdicts.filter { $0.isOurs && !$0.isSixteenBitGrey }
    let complaints = compared.compactMap { verdict in complaint(about: verdict).map { "\(verdict.file): \($0)" } }
    #expect(compared.count > 1000)
    #expect(
      Double(compared.count - complaints.count) >= 0.97 * Double(compared.count),
      "\(complaints.count) of \(compared.count) differ:\n\(complaints.joined(separator: "\n"))")
  }

  @Test(.needsData) func `sixteen-bit grey is what OpenCV reads`() throws {
    for line in try lines(Sample.folder + "/sixteen_bit.tsv") {
      let fields = line.split(separator: "\t").map(String.init)
      let mean = try #require(Double(fields[3]))
      let options = DecodeOptions(channels: .native)
      let wide = try Image<UInt16>(contentsOf: folder + fields[0], options: options).withoutAlpha()
      let narrow = try Image<UInt8>(contentsOf: folder + fields[0], options: options).withoutAlpha()
      #expect(wide.size == Size(height: Int(fields[1]) ?? 0, width: Int(fields[2]) ?? 0), "\(fields[0])")
      let wideMean = wide.elements.reduce(0.0) { $0 + Double($1) } / Double(wide.elements.count) / 257
      #expect(abs(wideMean - mean) <= 2, "\(fields[0])")
      #expect(abs(narrow.means[0] - mean) <= 2, "\(fields[0])")
    }
  }

  @Test(.needsData) func `headers agree with pictures, and errors say what to do`() throws {
    for verdict in try lines(folder + "manifest.tsv").compactMap({ Verdict($0) }) {
      do throws(ImageError) {
        let info = try ImageInfo(contentsOf: folder + verdict.file)
        let picture = try Image<UInt8>(contentsOf: folder + verdict.file)
        #expect(picture.size == info.size && picture.channels == 3)
      } catch {
        #expect(error.path == folder + verdict.file && error.message.contains("; "), "\(error)")
      }
    }
  }
}
