public import Canvas
import OpsModel

extension ConsoleApp {
  public func arrived() {
    guard overlay.asksForAnswer else { return }
    overlay.arrived(clock.now())
  }

  /// The screen as it should be now.
  public func frame(size: Size, look: Look) -> Frame {
    if size != self.size { overlay.resized() }
    self.size = size
    isDirty = false
    isUrgent = false
    var canvas = Canvas(size: size, glyphs: look.glyphs)
    let layout = ScreenLayout(size: size)
    let now = shownNow
    settle()
    let context = context(layout.body)
    canvas.clipped(to: layout.bar) { drawBar(now, &$0, layout.bar) }
    canvas.clipped(to: layout.panels) { drawPanels(&$0, layout.panels) }
    canvas.clipped(to: layout.crumbs) { drawCrumbs(context, &$0, layout.crumbs) }
    let panel = navigation.top
    canvas.clipped(to: layout.body) { panel.draw(context, &$0, layout.body) }
    canvas.clipped(to: layout.footer) { drawFooter(&$0, layout.footer) }
    drawOverlay(&canvas, layout)
    return canvas.frame
  }

  /// Selects the first row where none is: before a frame, and before a key, since over a slow link several keys come at a time.
  func settle() {
    guard let table = navigation.top.tableState, table.cursor == nil else { return }
    _ = navigation.top.reduce(.settle, context())
  }

  private func drawBar(_ now: Moment, _ canvas: inout Canvas, _ area: Rect) {
    guard let rewind else {
      return IdentityBar(identity: identity, mode: mode, view: store.view, now: now, recording: recording).draw(&canvas, area)
    }
    RewindBar(
      environment: (rewind.shown?.owner ?? identity.owner).title, at: rewind.shown?.at, isReading: rewind.isReading, isReplay: isReplay,
      now: clock.now(), recording: recording
    ).draw(&canvas, area)
  }

  private func drawPanels(_ canvas: inout Canvas, _ area: Rect) {
    let current = navigation.top.manifest.digit
    func needed(_ title: (PanelManifest) -> SafeText) -> Int { tops.reduce(-1) { $0 + 4 + TextWidth.of(title($1).text) } }
    let isRoomy = needed(\.title) <= area.width - 1
    let hasRoom = isRoomy || needed(\.short) <= area.width - 1
    var x = area.x + 1
    for manifest in tops {
      let isCurrent = manifest.digit == current
      x += canvas.put("\(manifest.digit)" as SafeText, x: x, y: area.y, style: Style(.key))
      if hasRoom || isCurrent {
        x += 1
        let title = isRoomy || !hasRoom ? manifest.title : manifest.short
        x += canvas.put(title, x: x, y: area.y, style: Style(isCurrent ? .title : .text, reversed: isCurrent))
      }
      x += 2
    }
  }

  private func drawCrumbs(_ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    let top = navigation.top
    let tabs = tabs
    if tabs.count > 1 { return drawTabs(tabs, context, &canvas, area) }
    let parts = [top.manifest.title] + top.crumbs(context)
    let glyph = SafeText(escaping: canvas.glyphs.isASCII ? " > " : " › ")
    let right = statusWords(context)
    let room = max(0, area.width - TextWidth.of(right.text) - 3)
    let style = Style(.title)
    canvas.put(SafeText.join(parts, glyph), x: area.x + 1, y: area.y, width: room, style: style)
    let isManual = hold.isManual
    canvas.put(right, x: area.x, y: area.y, width: area.width - 1, style: Style(isManual ? .warning : .faint), align: .right)
  }

  /// The tabs of a panel stand where others have their name.
  private func drawTabs(_ tabs: [PanelEntry], _ context: PanelContext, _ canvas: inout Canvas, _ area: Rect) {
    let right = statusWords(context)
    let room = max(0, area.width - TextWidth.of(right.text) - 2)
    var x = area.x + 1
    let needed = tabs.reduce(2) { $0 + TextWidth.of($1.manifest.tab?.text ?? "") + 2 }
    // Where not all have room, the open one has.
    let shown = needed <= room ? tabs : tabs.filter { $0.manifest.id == navigation.top.manifest.id }
    for entry in shown {
      guard let title = entry.manifest.tab else { continue }
      let isCurrent = entry.manifest.id == navigation.top.manifest.id
      let name: SafeText = isCurrent ? "[\(title)]" : title
      guard x + TextWidth.of(name.text) <= area.x + room else { break }
      x += canvas.put(name, x: x, y: area.y, style: Style(isCurrent ? .title : .faint)) + 2
    }
    let crumbs = navigation.top.crumbs(context)
    if !crumbs.isEmpty {
      let glyph = SafeText(escaping: canvas.glyphs.isASCII ? "> " : "› ")
      canvas.put(glyph + SafeText.join(crumbs, " "), x: x, y: area.y, width: max(0, area.x + room - x), style: Style(.title))
    }
    let style = Style(hold.isManual ? .warning : .faint)
    canvas.put(right, x: area.x, y: area.y, width: area.width - 1, style: style, align: .right)
  }

  /// Filter and hold, for the right end of the crumb line.
  private func statusWords(_ context: PanelContext) -> SafeText {
    var words: [SafeText] = []
    if rewoundTo != nil { words.append("FROM THE TAPE") }
    if let filter = navigation.top.tableState?.filterText, !filter.isEmpty { words.append("/\(SafeText(escaping: filter).prefix(24))") }
    if hold.isManual, let since = hold.since { words.append("HELD \(Units.age(context.now.age(since: since))), p goes on") }
    if let facet = navigation.top.facet {
      let ages = context.view.sources(with: facet).compactMap { $0.age(at: context.now) }
      if let oldest = ages.max() { words.append("read \(Units.age(oldest)) ago") }
    }
    return SafeText.join(words, "  ")
  }

  private func drawFooter(_ canvas: inout Canvas, _ area: Rect) {
    if let message {
      let role: Role = message.notice.severity == .warning || message.notice.severity == .critical ? .warning : .text
      canvas.put(message.notice.text, x: area.x + 1, y: area.y, width: area.width - 1, style: Style(role))
      return
    }
    // The context of every command is the same: a copy of the whole view for each would cost more than drawing them.
    let context = context()
    let shown = commands.filter { $0.footer != nil }.sorted { ($0.footer ?? 0) < ($1.footer ?? 0) }
    var x = area.x + 1
    for command in shown {
      guard let key = keymap.keys(of: command).first, whyDisabled(command.id, context) == nil else { continue }
      let name = SafeText(escaping: key.description)
      let needed = TextWidth.of(name.text) + 1 + TextWidth.of(command.title.text)
      if x + needed > area.endX { break }
      x += canvas.put(name, x: x, y: area.y, style: Style(.key)) + 1
      x += canvas.put(command.title, x: x, y: area.y, style: Style(.faint)) + 2
    }
  }

  private func drawOverlay(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    let area = Rect(x: 0, y: layout.bar.endY, width: size.columns, height: max(0, size.rows - layout.bar.height))
    switch overlay {
    case .none: break
    case .help(let page): page.draw(&canvas, area)
    case .palette(let chooser), .sort(let chooser), .files(let chooser, _), .runbooks(let chooser, _):
      chooser.draw(&canvas, area)
    case .form(let form): form.draw(&canvas, area, isOver: isOver(form))
    case .run(var box):
      box.seen.drawn(box.draw(&canvas, area, now: clock.now()))
      overlay = .run(box)
    case .resume(var box):
      box.seen.drawn(box.draw(&canvas, area))
      overlay = .resume(box)
    case .reply(var box):
      box.draw(&canvas, area)
      overlay = .reply(box)
    case .action(var box):
      box.seen.drawn(box.draw(&canvas, area, now: clock.now()))
      overlay = .action(box)
    case .ask(let prompt):
      let line = promptLine(layout)
      let taken = prompt.draw(&canvas, line)
      // What is wrong with the answer stands above it: the prompt takes the line of messages.
      if message != nil, line.y >= taken {
        let above = Rect(x: line.x, y: line.y - taken, width: line.width, height: 1)
        canvas.fill(above)
        drawFooter(&canvas, above)
      }
    case .filter(let prompt): prompt.draw(&canvas, promptLine(layout))
    }
    drawRefusal(&canvas, layout)
  }

  /// A dialog may cover the line of messages: why an answer was not taken is said all the same.
  private func drawRefusal(_ canvas: inout Canvas, _ layout: ScreenLayout) {
    guard overlay.asksForAnswer, message != nil else { return }
    let line = promptLine(layout)
    canvas.fill(line)
    drawFooter(&canvas, line)
  }

  private func promptLine(_ layout: ScreenLayout) -> Rect {
    layout.footer.isEmpty ? Rect(x: 0, y: max(0, size.rows - 1), width: size.columns, height: 1) : layout.footer
  }
}
