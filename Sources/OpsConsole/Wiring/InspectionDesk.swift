import Console
import OpsModel

/// Asks on demand: a database for a plan and for what its tables need, a server for all it knows of one process.
struct InspectionDesk: Sendable {
  let collector: Collector
  let mailbox: Mailbox

  func explain(_ request: PlanRequest) {
    let connector = collector.connector(of: request.source) as? any StatementInspector
    Task.detached {
      guard let connector else { return mailbox.post(.plan(request, .failure(Self.cannot(request.source)))) }
      do throws(Failure) {
        mailbox.post(.plan(request, .success(try await connector.plan(of: request))))
      } catch {
        mailbox.post(.plan(request, .failure(error)))
      }
    }
  }

  func examine(_ source: SafeText) {
    let connector = collector.connector(of: source) as? any TableExaminer
    Task.detached {
      guard let connector else { return mailbox.post(.findings(source, .failure(Self.cannot(source)))) }
      do throws(Failure) {
        mailbox.post(.findings(source, .success(try await connector.examineTables())))
      } catch {
        mailbox.post(.findings(source, .failure(error)))
      }
    }
  }

  func detail(_ process: ResourceID) {
    let connector = collector.connector(of: process.source) as? any ProcessDetailReader
    Task.detached {
      guard let connector else { return mailbox.post(.detail(process, .failure(Self.cannot(process.source)))) }
      do throws(Failure) {
        mailbox.post(.detail(process, .success(try await connector.detail(of: process))))
      } catch {
        mailbox.post(.detail(process, .failure(error)))
      }
    }
  }

  /// A source that can not tell is not asked, and that is no failure.
  func hygiene(_ source: SafeText) {
    guard let connector = collector.connector(of: source) as? any HygieneReader else { return }
    Task.detached {
      do throws(Failure) {
        mailbox.post(.hygiene(source, .success(try await connector.hygiene())))
      } catch {
        mailbox.post(.hygiene(source, .failure(error)))
      }
    }
  }

  private static func cannot(_ source: SafeText) -> Failure { .declined(.notAsked(source)) }
}
