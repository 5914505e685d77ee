import Canvas

/// Reads the bytes of a terminal: a known sequence is a key, everything else is swallowed whole.
///
/// A byte that is not a key must never act. Reports of mouse, focus and colours, late pieces of a sequence, and whatever another program
/// switched on have the shape of ECMA-48 (CSI, SS3, and the strings OSC, DCS, APC, SOS, PM) or one of the few other shapes that terminals
/// send: X10 mouse reports, rxvt's `CSI 7 $`, the Linux console's `CSI [ A`, the VT52's `ESC ? x`.
///
/// `Esc` is a key where nothing follows it for 150 ms. Any other unfinished sequence ends after one second of silence. Time passes in
/// `pass(_:)` alone, which is called when there is nothing to read: bytes that wait while the program is busy are not late.
struct KeyReader {
  enum State: Equatable {
    case ground
    case escape(isTwice: Bool)
    /// `ESC` and a byte from the blank to `/`: ends with the next byte that is none of these.
    case intermediate
    case control, single, oneMore, linux
    /// Some bytes of a key that only the terminal's description knows.
    case described
    /// Characters of a mouse report that are still to come.
    case report(MouseCharacters)
    case string(StringForm)
    case stringEnd(StringForm)
    case paste
  }

  private(set) var state = State.ground
  /// Bytes of the sequence behind its introducer. No key has more than are kept.
  private var bytes: [UInt8] = []
  private var characters: CharacterGatherer
  private var pasted = PastedText()
  private var isAlternate = false
  private var lastByte = 0.0
  private let described: DescribedKeys
  private var events: [TerminalEvent] = []

  /// Seconds after which `Esc` is a key, and after which another unfinished sequence ends.
  static let alone = 0.15
  static let silence = 1.0
  private static let limit = 64

  /// - Parameters:
  ///   - described: keys by the terminal's description.
  ///   - isUTF8: false where characters are read by the locale.
  init(described: DescribedKeys = DescribedKeys([]), isUTF8: Bool = true) {
    self.described = described
    characters = CharacterGatherer(isUTF8: isUTF8)
  }

  /// - Parameter now: seconds of a steady clock.
  mutating func read(_ input: [UInt8], at now: Double) -> [TerminalEvent] {
    lastByte = now
    // A paste on a line that stood still: its rest comes in bulk, as no hand types.
    if state == .ground, pasted.isTornOff(at: now), input.count >= PastedText.bulk, input.first != 0x1B { state = .paste }
    for byte in input { take(byte) }
    return takeEvents()
  }

  /// The moment before which `pass(_:)` does nothing; nil where no sequence is open.
  var deadline: Double? {
    switch state {
    case .ground: nil
    case .escape, .described: lastByte + Self.alone
    default: lastByte + Self.silence
    }
  }

  /// Nothing was there to read at `now`: ends what waited long enough.
  mutating func pass(_ now: Double) -> [TerminalEvent] {
    guard let deadline, now >= deadline else { return [] }
    switch state {
    case .escape(let isTwice): events += Array(repeating: TerminalEvent.key(.escape), count: isTwice ? 2 : 1)
    case .described: if bytes.first != 0x1B, let key = bytes.first.flatMap(KeyTable.control) { emit(key) }
    case .paste: if let text = pasted.tearOff(characters, at: now) { events.append(.paste(text)) }
    default: break
    }
    isAlternate = false
    state = .ground
    return takeEvents()
  }

  /// Bytes that are held of what is not finished.
  var kept: Int { bytes.count + pasted.kept }

  private mutating func takeEvents() -> [TerminalEvent] {
    defer { events = [] }
    return events
  }

  private mutating func emit(_ key: Key) { events.append(.key(key)) }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground: ground(byte)
    case .escape(let isTwice): escape(byte, isTwice)
    case .intermediate: if !(0x20...0x2F).contains(byte) { finish(at: byte) }
    case .control: control(byte)
    case .single: single(byte)
    case .oneMore: finish(at: byte)
    case .linux: finish(at: byte, key: KeyTable.linux(byte))
    case .described: description(byte)
    case .report(let rest): report(byte, rest)
    case .string(let form): string(byte, form)
    case .stringEnd(let form): stringEnd(byte, form)
    case .paste: paste(byte)
    }
  }
}

// MARK: - Between sequences

extension KeyReader {
  private mutating func ground(_ byte: UInt8) {
    if characters.isOpen || byte >= 0x80 {
      switch characters.take(byte) {
      case .waiting, .dropped: return
      case .scalar(let scalar): return character(scalar)
      case .notTaken: break
      }
    }
    if let introducer = Introducer(byte) { return open(introducer) }
    if byte == 0x1B {
      state = .escape(isTwice: false)
      return
    }
    switch described.match([byte]) {
    case .key(let key): emit(key)
    case .prefix:
      bytes = [byte]
      state = .described
    case .none:
      if let key = KeyTable.control(byte) { emit(key) } else if byte >= 0x20 && byte < 0x7F { emit(Key(Unicode.Scalar(byte))) }
    }
  }

  /// A character beyond ASCII. The controls among them introduce sequences.
  private mutating func character(_ scalar: Unicode.Scalar) {
    guard scalar.value < 0xA0 else { return emit(Key(scalar)) }
    if let introducer = Introducer(UInt8(scalar.value)) { open(introducer) }
  }

  private mutating func escape(_ byte: UInt8, _ isTwice: Bool) {
    if byte == 0x1B {
      if isTwice { emit(.escape) }
      state = .escape(isTwice: true)
      return
    }
    isAlternate = isTwice
    switch described.match([0x1B, byte]) {
    case .key(let key): return finish(at: byte, key: key)
    case .prefix:
      bytes = [0x1B, byte]
      state = .described
      return
    case .none: break
    }
    if let introducer = Introducer(escaped: byte) { return open(introducer) }
    if (0x20...0x2F).contains(byte) {
      state = .intermediate
      return
    }
    if isTwice { emit(.escape) }
    isAlternate = false
    state = .ground
    alternate(byte)
  }

  /// `ESC` and one more byte: a key with Alt, which is another key than the byte alone.
  private mutating func alternate(_ byte: UInt8) {
    if byte >= 0x80 { return ground(byte) }
    if let key = KeyTable.control(byte) { return emit(key.with(.alt)) }
    if byte > 0x20 && byte < 0x7F { emit(Key(Unicode.Scalar(byte)).with(.alt)) }
  }

  private mutating func open(_ introducer: Introducer) {
    bytes = []
    switch introducer {
    case .control: state = .control
    case .single: state = .single
    case .oneMore: state = .oneMore
    case .string(let form):
      loneEscape()
      state = .string(form)
    }
  }

  /// What comes behind a second `ESC` is no key, and reports have no form with Alt: the first was typed, and the report came behind it.
  private mutating func loneEscape() {
    if isAlternate { emit(.escape) }
    isAlternate = false
  }
}

// MARK: - Inside a sequence

extension KeyReader {
  /// Ends the sequence. `ESC` begins the next one instead of ending this.
  private mutating func finish(at byte: UInt8, key: Key? = nil) {
    let isCut = byte == 0x1B
    if !isCut, let key { emit(isAlternate ? key.with(.alt) : key) }
    isAlternate = false
    state = isCut ? .escape(isTwice: false) : .ground
  }

  /// The terminal gave the sequence up, or a new one begins.
  private func cancels(_ byte: UInt8) -> Bool { byte == 0x18 || byte == 0x1A || byte == 0x1B }

  private mutating func keep(_ byte: UInt8) { if bytes.count < Self.limit { bytes.append(byte) } }

  private mutating func control(_ byte: UInt8) {
    if cancels(byte) { return finish(at: byte) }
    // Other controls and broken bytes in it belong to it: none of them was meant as a key.
    guard byte >= 0x20 && byte < 0x7F else { return }
    keep(byte)
    if bytes == [UInt8(ascii: "[")] {
      state = .linux
      return
    }
    if byte == UInt8(ascii: "$"), bytes.count > 1, bytes.dropLast().allSatisfy({ (0x30...0x39).contains($0) }) {
      return finish(at: byte, key: ControlSequence(bytes)?.key)
    }
    guard byte >= 0x40 else { return }
    guard bytes.count < Self.limit, let sequence = ControlSequence(bytes) else { return finish(at: byte) }
    switch sequence.meaning {
    case .pasteBegin:
      loneEscape()
      beginPaste()
    case .pasteEnd:
      loneEscape()
      pasted.forget()
      finish(at: byte)
    case .answer:
      loneEscape()
      events.append(.answer)
      finish(at: byte)
    case .key(let key): finish(at: byte, key: key)
    case .unknown(let charactersBehind):
      if case .key(let key) = described.match([0x1B, 0x5B] + bytes) { return finish(at: byte, key: key) }
      if sequence.isReport { loneEscape() }
      finish(at: byte)
      if charactersBehind > 0 { state = .report(MouseCharacters(rest: charactersBehind)) }
    }
  }

  private mutating func beginPaste() {
    pasted.begin()
    isAlternate = false
    state = .paste
  }

  private mutating func single(_ byte: UInt8) {
    if cancels(byte) { return finish(at: byte) }
    guard byte >= 0x20 && byte < 0x7F else { return }
    keep(byte)
    // A modifier stands before the letter, as in the Ctrl-F1 of old xterms: `SS3 5 P`.
    if (0x30...0x3B).contains(byte) { return }
    var key = SingleShift.key(bytes)
    if key == nil, case .key(let known) = described.match([0x1B, 0x4F] + bytes) { key = known }
    finish(at: byte, key: key)
  }

  private mutating func description(_ byte: UInt8) {
    switch described.match(bytes + [byte]) {
    case .key(let key): finish(at: byte, key: key)
    case .prefix: bytes.append(byte)
    case .none:
      // A sequence after all that is not known. A control key, where it begins with none of the introducers.
      let begun = bytes
      finish(at: byte)
      guard begun.first != 0x1B else { return }
      state = .ground
      if let key = begun.first.flatMap(KeyTable.control) { emit(key) }
      for byte in begun.dropFirst() + [byte] { take(byte) }
    }
  }

  private mutating func report(_ byte: UInt8, _ rest: MouseCharacters) {
    // A column beyond 223 is sent as NUL, or as any control: all but the one that begins the next sequence belong to the report.
    if byte == 0x1B { return finish(at: byte) }
    var rest = rest
    let isTaken = rest.take(byte)
    state = rest.isComplete ? .ground : .report(rest)
    if !isTaken { take(byte) }
  }

  private mutating func string(_ byte: UInt8, _ form: StringForm) {
    if byte == 0x1B {
      state = .stringEnd(form)
      return
    }
    if byte == 0x18 || byte == 0x1A || form.ends(byte) { finish(at: byte) }
  }

  /// `ESC \` ends a string. Any other sequence ends it too, and begins.
  private mutating func stringEnd(_ byte: UInt8, _ form: StringForm) {
    if byte == UInt8(ascii: "\\") { return finish(at: byte) }
    if byte == 0x1B { return }
    state = .escape(isTwice: false)
    escape(byte, false)
  }

  private mutating func paste(_ byte: UInt8) {
    guard pasted.take(byte) else { return }
    events.append(.paste(pasted.end(characters)))
    state = .ground
  }
}
