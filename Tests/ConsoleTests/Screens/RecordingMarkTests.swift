import Canvas
import OpsModel
import Testing

@testable import Console

@MainActor
@Suite("The first line says who records")
struct RecordingMarkTests {
  nonisolated static let states: [(state: RecordingState, long: String)] = [
    (.here, "recording"),
    (.elsewhere(pid: 4711), "not recorded: pid 4711 records"),
    (.elsewhere(pid: nil), "not recorded: another process records"),
    (.off, "not recorded: tape is off"),
    (.failed("no space left on device"), "NOT RECORDED: no space left on device"),
  ]

  private func line(_ columns: Int, _ environment: Environment, _ state: RecordingState?, readOnly: SafeText? = nil) throws -> String {
    let headless = try Headless(columns, 12, environment: environment, readOnly: readOnly)
    headless.feed(.source(Fixtures.orders), .observed(Fixtures.usualQueues(headless.clock)))
    if let state { headless.feed(.recording(state)) }
    return headless.text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
  }

  /// The line alone, without the rest of a screen.
  private func bar(_ columns: Int, _ identity: Identity, _ state: RecordingState, _ look: Look = .colours256) -> String {
    var canvas = Canvas(size: Size(columns: columns, rows: 1), glyphs: look.glyphs)
    let area = Rect(x: 0, y: 0, width: columns, height: 1)
    let mode: ModeMark = identity.readOnly == nil ? .readWrite : .readOnly
    IdentityBar(identity: identity, mode: mode, view: StoreView(), now: Moment(recorded: 1_795_000_000), recording: state).draw(
      &canvas, area)
    return canvas.frame.text
  }

  @Test("at every width from 40 on: the environment, what may be done, and who records", arguments: 0..<5)
  func widths(_ index: Int) {
    let state = Self.states[index].state
    for environment in Environment.allCases {
      for readOnly in [nil, "a replica"] as [SafeText?] {
        for columns in 40...160 {
          let identity = Identity(environment: environment, user: "oncall", host: "bastion-2", readOnly: readOnly)
          let line = bar(columns, identity, state)
          #expect(line.contains(environment.word.text), "\(columns): \(line)")
          #expect(line.contains(readOnly == nil ? "READ-WRITE" : "ONLY"), "\(columns): \(line)")
          #expect(state.forms.contains { line.contains($0.text) }, "\(columns): \(line)")
        }
      }
    }
  }

  @Test(
    "a long label gives way at 40 columns, in any script and locale; what tells two labels apart stays",
    arguments: [Look.colours256, .ascii])
  func labels(_ look: Look) {
    for label in ["eu-west-1-payments", "münchen-東", "eu-west-1-payments-cluster-a"] as [SafeText] {
      for columns in 40...160 {
        let identity = Identity(environment: .production, user: "oncall", host: "bastion-2", label: label)
        let line = bar(columns, identity, .failed("no space left on device"), look)
        #expect(line.contains("PRODUCTION") && line.contains("READ-WRITE"), "\(columns): \(line)")
        #expect(line.contains("NOT RECORDED") || line.contains("NO REC"), "\(columns): \(line)")
      }
    }
    let names = ["eu-west-1-payments", "eu-west-1-payments-cluster-a"].map { (label: SafeText) in
      bar(40, Identity(environment: .production, user: "oncall", host: "bastion-2", label: label), .here, look)
    }
    #expect(names[0] != names[1])
  }

  @Test("where there is room it says it in a sentence", arguments: 0..<5)
  func room(_ index: Int) throws {
    let (state, long) = Self.states[index]
    #expect(try line(120, .production, state).contains(long))
    #expect(try line(120, .production, state).contains("Z"), "the clock is beside it")
  }

  @Test("the mark stays until somebody records")
  func lasting() throws {
    let headless = try Headless(120, 20)
    headless.feed(.recording(.failed("no space left on device")))
    headless.pass(3600)
    #expect(headless.text.contains("NOT RECORDED: no space left on device"))
    headless.feed(.recording(.here))
    #expect(!headless.text.contains("NOT RECORDED") && headless.text.contains("recording"))
  }

  @Test("a tape that does not open for seconds is not recorded")
  func silent() throws {
    let headless = try Headless(120, 20)
    headless.app.beginTape()
    headless.pass(1)
    #expect(!headless.text.contains("NOT RECORDED"))
    headless.pass(3)
    #expect(headless.text.contains("NOT RECORDED: the disk does not answer"))
  }

  @Test("while it is rewound the line has the name that stands on the tape")
  func rewound() throws {
    let headless = try Headless(100, 20)
    headless.press(Key("["))
    let at = headless.clock.now().unix - 60
    let verdict = TapeTick.Verdict(alerts: [], suspects: [])
    let moment = TapeMoment(
      at: at, sources: [], runs: [], verdict: verdict, events: [], owner: DataOwner(.staging, label: "eu-1"))
    headless.feed(.rewound(TapeAnswer(.to(at), .success(moment))))
    #expect(headless.text.contains("STAGING eu-1") && !headless.text.contains("PRODUCTION"))
    headless.feed(.recording(.failed("no space left for it")))
    for columns in [140, 100, 80] {
      headless.size = Size(columns: columns, rows: 20)
      #expect(headless.text.contains("STAGING eu-1"), "\(columns): \(headless.text)")
      #expect(headless.text.lowercased().contains("no rec") || headless.text.contains("NOT RECORDED"), "\(columns): \(headless.text)")
    }
  }
}
