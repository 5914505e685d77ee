/// What a coded value begins with.
///
/// Format 1: one tag byte, then what it says. Numbers are variable-length (7 bits a byte, the lowest first); signed ones zigzag. An
/// object is a row of (number of the name, value) pairs and an end; an array is a row of values and an end. Names stand in the
/// tape's table `names`, so that fields may come and go between versions: what is missing reads as nothing, what is unknown is skipped.
enum CodeTag: UInt8 {
  case null = 0
  case no, yes
  /// Zigzag.
  case integer
  /// Eight bytes, the lowest first.
  case double
  /// Length and UTF-8.
  case text
  /// Length and bytes.
  case bytes
  case array
  case object
  case end
}
