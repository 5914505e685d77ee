import OpsModel

/// What a process is by its program, its arguments and the title it gave itself: its language and a name that says which one it is.
///
/// Arguments may hold secrets: only the name of a script, a module, a jar or a class is ever taken from them.
struct ProcessKind: Equatable {
  let language: Language
  let name: SafeText

  /// - Parameters:
  ///   - program: the last part of the executable's path, or what is known in its place.
  ///   - arguments: the first ones at least; a title that the process gave itself stands in the first one.
  static func of(program: String, arguments: [String]) -> ProcessKind? {
    let first = arguments.first ?? ""
    let rest = Array(arguments.dropFirst())
    if let titled = titled(first, program) { return titled }
    switch program {
    case "java": return make(.jvm, java(rest))
    case "node", "nodejs", "bun", "deno":
      return make(.node, script(rest, valued: nodeValued, evaluated: ["-e", "--eval", "-p", "--print"]))
    case "dotnet": return make(.dotnet, rest.first { !$0.hasPrefix("-") && $0 != "exec" && $0 != "run" } ?? "dotnet")
    case "beam.smp": return make(.erlang, erlang(rest))
    case "uwsgi", "pyuwsgi": return make(.python, "uwsgi")
    case "php-fpm": return make(.php, "php-fpm")
    default: break
    }
    if program.hasPrefix("python") || program.hasPrefix("pypy") { return make(.python, python(rest)) }
    if program.hasPrefix("ruby") || program == "jruby" || program == "truffleruby" {
      return make(.ruby, script(rest, valued: ["-r", "-I"], evaluated: ["-e"]))
    }
    if program.hasPrefix("php-fpm") { return make(.php, "php-fpm") }
    return nil
  }

  private static let nodeValued: Set<String> = [
    "-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file",
  ]

  private static func make(_ language: Language, _ name: String) -> ProcessKind {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return ProcessKind(language: language, name: SafeText(escaping: last.isEmpty ? language.rawValue : last, limit: 60))
  }

  /// `gunicorn: worker [shop]`, `sidekiq 6.5.12 app [1 of 3 busy]`, `puma 6.4 (tcp://…) [app]`: titles in the place of arguments.
  private static func titled(_ title: String, _ program: String) -> ProcessKind? {
    let known: [(prefix: String, language: Language)] = [
      ("gunicorn: ", .python), ("[celeryd", .python), ("celeryd", .python), ("uvicorn", .python), ("sidekiq ", .ruby), ("puma", .ruby),
      ("unicorn", .ruby),
      ("resque", .ruby), ("php-fpm: ", .php),
    ]
    guard let found = known.first(where: { title.hasPrefix($0.prefix) }), title.contains(" ") else { return nil }
    let short = title.split(separator: "(").first.map(String.init) ?? title
    var plain = short.split(separator: "/").first.map(String.init) ?? short
    // How busy it is changes with every look.
    if plain.hasSuffix("busy]"), let bracket = plain.lastIndex(of: "[") { plain = String(plain[..<bracket]) }
    while plain.hasSuffix(" ") { plain.removeLast() }
    return ProcessKind(language: found.language, name: SafeText(escaping: String(plain.drop { $0 == "[" }), limit: 60))
  }

  private static func java(_ arguments: [String]) -> String {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-jar": return rest.first ?? "java"
      case "-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens", "--add-exports", "--add-reads":
        _ = rest.popFirst()
      case "-m", "--module": return rest.first ?? "java"
      default:
        if word.hasPrefix("-") || word.hasPrefix("@") { continue }
        // com.acme.Billing → Billing; a source file keeps its name.
        return word.hasSuffix(".java") ? word : word.split(separator: ".").last.map(String.init) ?? word
      }
    }
    return "java"
  }

  private static func script(_ arguments: [String], valued: Set<String>, evaluated: Set<String>) -> String {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if evaluated.contains(word) { return word }
      if valued.contains(word) {
        _ = rest.popFirst()
        continue
      }
      if !word.hasPrefix("-") { return word }
    }
    return ""
  }

  private static func python(_ arguments: [String]) -> String {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-m": return rest.first ?? "python"
      case "-c": return "-c"
      case "-W", "-X": _ = rest.popFirst()
      default: if !word.hasPrefix("-") { return word }
      }
    }
    return "python"
  }

  /// `-sname rabbit@host`: the part before the host.
  private static func erlang(_ arguments: [String]) -> String {
    for (index, word) in arguments.enumerated() where word == "-sname" || word == "-name" {
      if index + 1 < arguments.count { return arguments[index + 1].split(separator: "@").first.map(String.init) ?? "beam" }
    }
    return "beam"
  }
}
