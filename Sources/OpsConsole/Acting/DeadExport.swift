import Console
import Gate
import OpsModel

/// Writes dead letters as JSON lines to a file of the state folder. That it was done is written down: the lines hold arguments.
struct DeadExport: Sendable {
  let folder: String
  let gate: @Sendable () async -> Gate
  let clock: any OpsClock

  func run(_ request: DeadListRequest, _ store: any DeadLetterStore) async -> Notice {
    guard FilePaths.makeFolder(folder) else { return Notice(.warning, "not exported: \(SafeText(escaping: folder)) can not be made") }
    let now = clock.now()
    let stamp = Calendar.stamp(now.unix).text.filter { $0 != ":" && $0 != "-" }
    let name = String(request.source.text.map { $0.isLetter || $0.isNumber ? $0 : "-" }.prefix(40))
    guard let file = LineFile(new: "\(folder)/\(stamp)-\(name).jsonl") else {
      return Notice(.warning, "not exported: the file can not be made, or was written this second")
    }
    let path = SafeText(escaping: file.path)
    do throws(Failure) {
      let scopes = try await request.selection.scopes(of: store).map(\.key)
      _ = try await DeadLetterWalk(store: store, scopes: scopes).run { letters, _ in
        for letter in letters where request.selection.holds(letter, now: now.unix) { file.add(DeadListing.json(letter)) }
        return !Task.isCancelled
      }
    } catch {
      _ = file.finish()
      return Notice(.warning, "the export is not whole: \(error.what); \(file.count) lines are in \(path)")
    }
    let isWritten = file.finish()
    await gate().note("export", request.source, [("file", .text(path)), ("letters", .int(file.count)), ("what", .text(request.title))])
    return isWritten
      ? Notice(.ok, "\(Units.count(file.count, "letter")) written: \(path)")
      : Notice(.warning, "the disk did not take it: \(path) is not whole")
  }
}
