import Canvas
import Console
import OpsModel
import Panels
import StrictYAML

/// Reads `keys.yaml`: a mapping from command to a key or a list of keys.
enum KeymapFile {
  /// Commands that can meet in one place: those of each panel with those of every screen.
  static var groups: [[Command]] {
    let global = GlobalCommands.all(panels: PanelCatalogue.all.filter(\.isTop).map(\.manifest))
    return PanelCatalogue.all.map { $0.commands + ($0.isTable ? TableCommands.all : []) + global }
  }

  /// The keymap and everything that is wrong with the file; what is wrong leaves the usual keys.
  static func read(_ text: String, file: String) -> (keymap: Keymap, problems: [FileProblem]) {
    var reader = FieldReader(file: file)
    let node: YAMLNode?
    do throws(YAMLProblems) {
      node = try YAMLReader.read(text)
    } catch {
      let list = error.list.map { FileProblem(file: file, mark: $0.mark, message: SafeText(escaping: $0.message)) }
      return (.standard, list)
    }
    guard let node else { return (.standard, []) }
    let known = Set(groups.flatMap { $0 }.map(\.id.description)).sorted()
    var changed: [CommandID: [Key]] = [:]
    var marks: [CommandID: YAMLNode.Mark] = [:]
    for (name, value) in reader.fields(node, of: "the keymap", known: known).sorted(by: { $0.key < $1.key }) {
      let id = CommandID(name)
      marks[id] = value.mark
      changed[id] = keys(value, &reader)
    }
    let keymap = Keymap(changed: changed)
    let conflicts = keymap.conflicts(in: groups)
    for conflict in conflicts {
      let words: SafeText =
        "the key \(safe(conflict.key.description)) stands for \(safe(conflict.first.description)) and for \(safe(conflict.second.description))"
      reader.report(marks[conflict.second] ?? marks[conflict.first], words)
    }
    return (reader.problems.isEmpty ? keymap : .standard, reader.problems.inOrder)
  }

  private static func keys(_ node: YAMLNode, _ reader: inout FieldReader) -> [Key] {
    let items: [YAMLNode] = if case .list(let list, _) = node { list } else { [node] }
    return items.compactMap { item in
      guard let text = reader.text(item, "a key") else { return nil }
      if let key = Key(parsing: text) { return key }
      reader.report(item.mark, "no key is called '\(SafeText(escaping: text, limit: 40))'; write q, ?, Enter, PgDn, F5 or Ctrl-R")
      return nil
    }
  }

  private static func safe(_ text: String) -> SafeText { SafeText(escaping: text) }
}
