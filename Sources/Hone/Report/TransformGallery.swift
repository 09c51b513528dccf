import HoneAugment
public import HoneImage

/// A page that shows every transform on a few pictures, from weak to strong.
///
/// Each transform comes with its summary, its parameters, what other libraries call it, and the time that its medium
/// setting takes here, on one thread.
///
/// - Shape: pictures are shrunk to 256 pixels on their longer side first.
/// - Randomness: keyed by transform, setting and picture; the same pictures give the same page but for the times.
public struct TransformGallery: Sendable {
  let pictures: [Image<UInt8>]
  /// The picture file whose colours domain adaptation takes over, and which is pasted.
  let reference: String?

  static let side = 256
  /// Of each picture on the page, in pixels.
  private static let shown = 112

  /// - Parameter reference: a picture file for what needs one: whose colours domain adaptation takes over, and what is
  ///   pasted; nil leaves those transforms out.
  public init(_ pictures: [Image<UInt8>], reference: String? = nil) {
    self.pictures = pictures.map { $0.shrunk(to: Self.side) }
    self.reference = reference
  }

  /// The page, as one HTML file that needs nothing else.
  ///
  /// - Throws: `HoneError` where a setting cannot be read, `ImageError` where a picture cannot be encoded.
  public func html() throws -> String {
    let families = TransformFamily.allCases.map { family in
      (family, entries: Catalogue.entries.filter { $0.family == family && !shown($0).isEmpty })
    }.filter { !$0.entries.isEmpty }
    let count = families.reduce(0) { $0 + $1.entries.count }
    let header = Page.header(
      kicker: "Hone: augmentation", headline: "\(count) transforms, from weak to strong",
      lead:
        """
        Each row is one picture: as it is, then changed more and more; what is fine is shown on its middle, at its own \
        scale. Times are of the medium setting on one thread.
        """,
      facts: families.map { Fact(name: $0.0.title, value: String($0.entries.count)) })
    let sections = try families.map { family, entries in
      let names = entries.map { "<a href=\"#\($0.name)\">\($0.name)</a> " as Markup }
      return Page.section(
        family.title, "<p class=\"names\">\(names)</p><div class=\"transforms\">\(try entries.map(card))</div>")
    }
    return Page.html(title: "Every transform of Hone", body: "\(header)\(sections)")
  }

  /// What is shown of a transform; ways of mixing pictures and steps that hold other steps show nothing alone.
  private func shown(_ entry: CatalogueEntry) -> [String] {
    switch entry.family {
    case .mixing: []
    case .composition: entry.name == "Blended" ? GallerySettings.of(entry.name).steps : []
    default: GallerySettings.of(entry.name, file: reference)
    }
  }

  private func card(_ entry: CatalogueEntry) throws -> Markup {
    let settings = shown(entry)
    let steps = try settings.map { try Step(written: $0) }
    let parameters: Markup? =
      entry.parameters.isEmpty
      ? nil
      : "<p class=\"note\"><code>\(entry.parameters.map { "\($0.name)=\($0.standard)" }.joined(separator: ", "))</code></p>"
    let synonyms: Markup? = entry.synonymText.isEmpty ? nil : "<p class=\"note\">Elsewhere: \(entry.synonymText)</p>"
    let captions = settings.map(caption)
    return """
      <div class="card transform"><h3 id="\(entry.name)">\(entry.name) <small>\(try time(steps))</small></h3>
      <p>\(entry.summary)</p>
      \(try strips(steps, captions: captions, isFine: entry.family == .filters || entry.family == .noise))
      \(parameters)\(synonyms)</div>

      """
  }

  /// The parameters of a setting as one reads them: a range that is one number is that number.
  private func caption(_ setting: String) -> String {
    guard let colon = setting.firstIndex(of: ":") else { return "by default" }
    return String(setting[setting.index(after: colon)...])
      .replacing(#/(references|objects): \['.*?'\], /#, with: "")
      .replacing(#/([=\[])(-?[0-9.]+?)(\.\.\.|, )\2(?![0-9.])/#) { "\($0.1)\($0.2)" }
      .replacing(#/[\[\]{}]/#, with: "").replacing(#/,(?! )/#, with: ", ").replacing("=", with: " ")
  }

  /// Originals beside what each setting makes of them; shrunk, or where that would hide what is fine, their middle.
  private func strips(_ steps: [Step], captions: [String], isFine: Bool) throws -> Markup {
    let rows: [Markup] = try pictures.enumerated().map { position, picture in
      let changed = steps.enumerated().map { strength, step in
        plan(step, picture, position: position, strength: strength).applied(to: picture)
      }
      let cells: [Markup] = try ([picture] + changed).enumerated().map { column, image in
        let caption = position == pictures.count - 1 && column > 0 ? captions[column - 1] : nil
        let seen = isFine ? image.middle(Self.shown) : image
        return """
          <figure>\(try Thumbnail(seen, side: Self.shown).markup(description: column == 0 ? "original" : captions[column - 1]))\
          \(caption.map { "<figcaption>\($0)</figcaption>" as Markup })</figure>
          """
      }
      return "<div class=\"strip\" style=\"--columns:4\">\(cells)</div>"
    }
    return "<div class=\"strips\">\(rows)</div>"
  }

  private func plan(_ step: Step, _ picture: Image<UInt8>, position: Int, strength: Int) -> Plan {
    Pipeline([step]).plan(
      for: picture.size, channels: picture.channels, key: SampleKey(seed: 0, epoch: strength, position: position))
  }

  /// What the medium setting takes for one picture: the median of seven.
  private func time(_ steps: [Step]) throws -> String {
    guard let picture = pictures.first, !steps.isEmpty else { return "" }
    let step = steps[steps.count / 2]
    let clock = ContinuousClock()
    let times = (0..<7).map { round in
      clock.measure { _ = plan(step, picture, position: round, strength: 1).applied(to: picture) }
    }.sorted()
    let milliseconds = times[3] / .milliseconds(1)
    return milliseconds < 1
      ? Numbers.plain(1000 * milliseconds, decimals: 0) + " µs" : Numbers.plain(milliseconds, decimals: 1) + " ms"
  }
}

extension Image where Element == UInt8 {
  /// The middle of the picture, of so many pixels a side where it has as many.
  fileprivate func middle(_ side: Int) -> Image {
    let (rows, columns) = (min(side, height), min(side, width))
    let part = Rect(y: (height - rows) / 2, x: (width - columns) / 2, height: rows, width: columns)
    return Plan(sourceSize: size, channels: channels, actions: [.window(part, .edge)]).applied(to: self)
  }
}
