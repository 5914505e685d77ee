import Console
import OpsModel

/// Asks a database on demand: for a plan, for what its tables need.
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

  private static func cannot(_ source: SafeText) -> Failure { .refused(code: "", message: "\(source) can not be asked for this") }
}
