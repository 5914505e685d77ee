import Canvas

/// Where the parts of the screen stand. Small screens lose the panel line first, then the crumbs, then the footer.
struct ScreenLayout {
  let bar: Rect
  let panels: Rect
  let crumbs: Rect
  let body: Rect
  let footer: Rect

  init(size: Size) {
    var rest = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
    bar = rest.takeTop(1)
    panels = rest.takeTop(size.rows >= 10 ? 1 : 0)
    crumbs = rest.takeTop(size.rows >= 6 ? 1 : 0)
    footer = rest.takeBottom(size.rows >= 4 ? 1 : 0)
    body = rest
  }
}
