import OpsModel

/// A value that a parameter could have now.
struct RunbookPick: Equatable {
  let value: String
  /// What it stands for, where the value alone tells nobody.
  var words: SafeText = ""
  /// What is known with it, by names of other parameters: nobody types a time of connection by hand.
  var more: [String: String] = [:]

  var shown: SafeText { words.isEmpty ? SafeText(escaping: value, limit: 40) : words.prefix(60) }
}
