import Canvas

/// What a stretch of bytes from the terminal means.
enum TerminalEvent: Equatable {
  case key(Key)
  /// Text between the marks of a bracketed paste: never keys.
  case paste(String)
  /// The terminal's answer to a status request: all that was written before the request has arrived.
  case answer
}
