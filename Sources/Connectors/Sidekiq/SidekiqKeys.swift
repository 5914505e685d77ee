/// Names of Sidekiq's keys (6.4 to 8; `sidekiq/api.rb`, `launcher.rb`). Older gems put a namespace before them.
struct SidekiqKeys: Sendable {
  let prefix: [UInt8]

  init(namespace: String) { prefix = namespace.isEmpty ? [] : Array("\(namespace):".utf8) }

  private func key(_ text: String) -> [UInt8] { prefix + Array(text.utf8) }

  var queues: [UInt8] { key("queues") }
  var processes: [UInt8] { key("processes") }
  /// Sorted sets of payloads, by time of death, of the next try, and of the due time.
  var dead: [UInt8] { key("dead") }
  var retry: [UInt8] { key("retry") }
  var schedule: [UInt8] { key("schedule") }
  var processed: [UInt8] { key("stat:processed") }
  var failed: [UInt8] { key("stat:failed") }

  /// Payloads; index -1 is next.
  func queue(_ name: [UInt8]) -> [UInt8] { key("queue:") + name }

  func process(_ identity: [UInt8]) -> [UInt8] { prefix + identity }

  /// What a process works on: `:workers` up to 6.4, `:work` from 7 on.
  func work(_ identity: [UInt8]) -> [[UInt8]] { [prefix + identity + Array(":work".utf8), prefix + identity + Array(":workers".utf8)] }

  func signals(_ identity: [UInt8]) -> [UInt8] { prefix + identity + Array("-signals".utf8) }

  /// The set that a scope of targets names.
  func set(_ scope: [UInt8]) -> [UInt8] { prefix + scope }
}
