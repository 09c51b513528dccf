/// The frame of every report: one HTML file that needs nothing else.
enum Page {
  static func html(title: String, body: Markup) -> String {
    let page: Markup = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title)</title>
      <style>\(Markup(html: Stylesheet.css))</style></head>
      <body><main>
      \(body)
      <footer>Made by Hone. This file is complete: it loads nothing and may be sent around as it is.</footer>
      </main></body></html>

      """
    return page.html
  }

  static func header(kicker: String, headline: Markup, lead: Markup, facts: [Fact]) -> Markup {
    """
    <header><p class="kicker">\(kicker)</p><h1>\(headline)</h1><p class="lead">\(lead)</p>
    <dl class="facts">\(facts.map(\.markup))</dl></header>

    """
  }

  static func section(_ title: String, note: Markup? = nil, _ content: Markup) -> Markup {
    """
    <section><h2>\(title)</h2>\(note.map { "<p class=\"note\">\($0)</p>" as Markup })
    \(content)</section>

    """
  }
}

/// One number of the row under the headline.
struct Fact {
  var name: String
  var value: String
  var detail: String?

  var markup: Markup {
    "<div><dt>\(name)</dt><dd>\(value)\(detail.map { "<small>\($0)</small>" as Markup })</dd></div>"
  }
}
