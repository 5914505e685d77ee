import CYaml

/// Looks for what must never reach the composer: anchors, aliases, tags, and nesting that would exhaust the stack.
///
/// libyaml itself splits the text into tokens. So a star in a block scalar, in quotes, in a comment or inside of plain text is text, and a
/// star where YAML has an alias is one, wherever that is. Nothing is composed meanwhile: an alias costs what its name costs.
enum AliasFinder {
  /// The first of these in a text. Lines and columns are those of libyaml, as in all other messages about the same text.
  enum Finding: Hashable {
    /// An anchor, an alias or a tag begins here.
    case aliasOrTag(YAMLNode.Mark)
    /// A value begins with `&`, `*` or `!` and is none of these, such as `*.log`.
    case needsQuotes(YAMLNode.Mark)
    /// More levels than were allowed begin here.
    case tooDeep(YAMLNode.Mark)
  }

  static func firstAliasOrTag(in text: String) -> YAMLNode.Mark? {
    if case .aliasOrTag(let mark) = find(in: text, limit: .max) { mark } else { nil }
  }

  /// - Parameter limit: levels of lists and mappings.
  /// - Returns: nil also for a text that is not YAML for another reason: the composer tells which.
  static func find(in text: String, limit: Int) -> Finding? {
    // libyaml keeps the address of its parser: it must not move.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else { return .tooDeep(.init(line: 1, column: 1)) }
    defer { yaml_parser_delete(parser) }
    var text = text
    return text.withUTF8 { bytes in
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      return walk(parser, limit)
    }
  }

  private static func walk(_ parser: UnsafeMutablePointer<yaml_parser_t>, _ limit: Int) -> Finding? {
    var depth = 0
    while true {
      var token = yaml_token_t()
      guard yaml_parser_scan(parser, &token) == 1 else { return broken(parser.pointee) }
      defer { yaml_token_delete(&token) }
      switch token.type {
      case YAML_ALIAS_TOKEN, YAML_ANCHOR_TOKEN, YAML_TAG_TOKEN: return .aliasOrTag(mark(token.start_mark))
      case YAML_BLOCK_SEQUENCE_START_TOKEN, YAML_BLOCK_MAPPING_START_TOKEN, YAML_FLOW_SEQUENCE_START_TOKEN, YAML_FLOW_MAPPING_START_TOKEN:
        depth += 1
        if depth > limit { return .tooDeep(mark(token.start_mark)) }
      case YAML_BLOCK_END_TOKEN, YAML_FLOW_SEQUENCE_END_TOKEN, YAML_FLOW_MAPPING_END_TOKEN: depth -= 1
      case YAML_STREAM_END_TOKEN, YAML_NO_TOKEN: return nil
      default: break
      }
    }
  }

  /// What could not be split into tokens. Where libyaml was at an anchor, an alias or a tag, the first character is what needs quotes.
  private static func broken(_ parser: yaml_parser_t) -> Finding? {
    guard parser.error == YAML_SCANNER_ERROR, let context = parser.context.map({ String(cString: $0) }) else { return nil }
    let isTaken = ["while scanning an anchor", "while scanning an alias", "while scanning a tag", "while parsing a tag"].contains(context)
    return isTaken ? .needsQuotes(mark(parser.context_mark)) : nil
  }

  private static func mark(_ mark: yaml_mark_t) -> YAMLNode.Mark { .init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}
