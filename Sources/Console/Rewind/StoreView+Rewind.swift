import OpsModel

extension StoreView {
  /// The view of a moment on the tape. Nothing in it can be asked or done.
  init(_ moment: TapeMoment, now live: StoreView) {
    self.init()
    sources = moment.sources.map { source in
      let known = live.source(source.facts.name)
      var view = SourceView(
        name: source.facts.name, kind: source.facts.kind, facets: source.facts.facets, interval: source.facts.interval, canShowWaiting: false,
        databaseRoles: known?.databaseRoles ?? [:])
      view.reading = source.reading
      return view
    }
    for run in moment.runs { history.load(run) }
    var book = RuntimeBook()
    processes = book.processes(self)
    alerts = moment.verdict.alerts
    suspects = moment.verdict.suspects
    pins = moment.events
    revision = Int(moment.at * 1000)
  }
}
