import OpsModel

extension StoreView {
  /// The view of a moment on the tape. Nothing in it can be asked or done.
  /// - Parameter clock: the time now, to tell when what is remembered besides the tape was measured.
  init(_ moment: TapeMoment, now live: StoreView, clock: Moment) {
    self.init()
    isPast = true
    sources = moment.sources.map { source in
      let known = live.source(source.facts.name)
      var view = SourceView(
        name: source.facts.name, kind: source.facts.kind, facets: source.facts.facets, interval: source.facts.interval,
        canShowWaiting: false,
        canShowDead: source.facts.facets.contains(.queues), databaseRoles: known?.databaseRoles ?? [:])
      view.reading = source.reading
      return view
    }
    for run in moment.runs { history.load(run) }
    // The last minute is written when it is over; what is remembered here tells it already.
    history.fill(from: live.history, until: moment.at, offset: clock.unix - clock.steady)
    var book = RuntimeBook()
    processes = book.processes(self)
    alerts = moment.verdict.alerts
    suspects = moment.verdict.suspects
    keep(pins: moment.events)
    revision = Int(clamped: moment.at * 1000)
  }
}
