import Console
import Glibc
import OpsModel
import Tape

/// What the tape costs: processor time per poll, size, and how long it takes to open it anywhere. Prints one JSON object.
@main
struct TapeBench {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let polls = Int(arguments[2]), let more = Int(arguments[3]) else {
      print("usage: TapeBench FILE POLLS-THAT-ARE-MEASURED MOST-POLLS-TO-FILL-IT; two zeros open what is there")
      exit(64)
    }
    let path = arguments[1]
    let clock = BenchClock()
    if polls + more == 0 { return report(path, polls: 0, bare: 0, taped: 0) }
    let recorder = TapeRecorder(clock: clock) { print("{\"error\": \"\($0.text)\"}") }
    recorder.open(path, settings: TapeSettings(), owner: DataOwner(.development))
    var store = Store()
    store.beginTape()
    var load = Load()
    for source in [Load.queues, Load.fleet] {
      store.add(source)
      recorder.post(.source(SourceFacts(source)))
    }
    var bare = 0.0
    var taped = 0.0
    var done = 0
    while done < polls + more {
      if done >= polls, done % 50 == 0, size(path) > 240 << 20 { break }
      clock.advance(2)
      let observations = [load.queues(at: clock.now()), load.fleet(at: clock.now())]
      let start = processor
      for observation in observations { store.observed(observation) }
      store.tick(clock.now())
      let middle = processor
      for observation in observations { recorder.post(.observed(observation)) }
      recorder.post(.tick(store.takeTick(clock.now())))
      recorder.settle()
      if done < polls {
        bare += middle - start
        taped += processor - middle
      }
      done += 1
    }
    recorder.close(within: 60)
    report(path, polls: polls, bare: bare, taped: taped)
  }

  private static func report(_ path: String, polls: Int, bare: Double, taped: Double) {
    var opening: [Double] = []
    let span = (try? TapeReader(path: path).span()) ?? 0...0
    for step in 0..<40 {
      let at = span.lowerBound + (span.upperBound - span.lowerBound) * Double(step) / 39
      let start = now
      guard let reader = try? TapeReader(path: path), let moment = try? reader.moment(at) else { continue }
      opening.append((now - start) * 1000)
      if moment.sources.count != 2 { print("{\"error\": \"a source is missing\"}") }
    }
    opening.sort()
    let median = opening.isEmpty ? -1 : opening[opening.count / 2]
    print(
      "{\"polls\": \(polls), \"store_ms_per_poll\": \(bare / Double(max(1, polls)) * 1000), \"tape_ms_per_poll\": \(taped / Double(max(1, polls)) * 1000), "
        + "\"tape_share_of_core\": \(taped / Double(max(1, polls)) / 2), \"simulated_hours\": \((span.upperBound - span.lowerBound) / 3600), "
        + "\"size_bytes\": \(size(path)), \"open_ms_median\": \(median), \"open_ms_most\": \(opening.last ?? -1), \"opened\": \(opening.count)}")
  }

  private static func size(_ path: String) -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
  }

  /// Processor seconds of this process.
  private static var processor: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
