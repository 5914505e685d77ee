import Console
import Gate
import OpsModel

/// Writes dead letters as JSON lines to a file of the state folder. That it was done is written down: the lines hold arguments.
struct DeadExport: Sendable {
  let folder: String
  let owner: DataOwner
  let gate: @Sendable () async -> Gate
  let clock: any OpsClock

  func run(_ request: DeadListRequest, _ store: any DeadLetterStore) async -> Notice {
    if let problem = FilePaths.folderProblem(folder) { return Self.notExported(folder, problem) }
    let now = clock.now()
    let stamp = Calendar.stamp(now.unix).text.filter { $0 != ":" && $0 != "-" }
    let name = String(request.source.text.map { $0.isLetter || $0.isNumber ? $0 : "-" }.prefix(40))
    let place = "\(folder)/\(stamp)-\(name).jsonl"
    let file: LineFile
    do throws(WriteFailure) { file = try LineFile(new: place) } catch { return Self.notExported(place, error) }
    let path = SafeText(escaping: file.path)
    var lost: Failure?
    do throws(Failure) {
      let scopes = try await request.selection.scopes(of: store).map(\.key)
      _ = try await DeadLetterWalk(store: store, scopes: scopes).run { letters, _ in
        for letter in letters where request.selection.holds(letter, now: now.unix) {
          file.add(DeadListing.line(letter, of: request.source, in: owner))
        }
        return !Task.isCancelled && file.failure == nil
      }
    } catch { lost = error }
    do throws(WriteFailure) { try file.finish() } catch { return Self.notExported(place, error) }
    if let lost { return Notice(.warning, "the export is not whole: \(lost.what); \(file.count) lines are in \(path)") }
    await gate().note("export", request.source, [("file", .text(path)), ("letters", .int(file.count)), ("what", .text(request.title))])
    return Notice(.ok, "\(Units.count(file.count, "letter")) written: \(path)")
  }

  private static func notExported(_ path: String, _ why: WriteFailure) -> Notice {
    Notice(.warning, "not exported: \(SafeText(escaping: path)) cannot be written: \(why.reason)")
  }
}
