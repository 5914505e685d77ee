import Foundation
import OpsModel
import Testing

@testable import Connectors

@Suite("A machine by its files")
struct HostFilesTests {
  /// A made-up machine below a folder.
  final class Machine {
    let root: String

    init() throws {
      root = NSTemporaryDirectory() + "opsc-host-" + UUID().uuidString
      put("/proc/stat", "cpu 100 0 100 800 0 0 0 0\ncpu0 50 0 50 400\ncpu1 50 0 50 400\nbtime 1700000000\n")
      put("/proc/sys/kernel/hostname", "bastion\n")
      put("/proc/sys/kernel/osrelease", "6.1.0\n")
      put("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n")
      put("/proc/vmstat", "oom_kill 2\n")
      put("/proc/uptime", "5000.00 1\n")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func put(_ path: String, _ text: String) {
      let url = URL(fileURLWithPath: root + path)
      try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try? Data(text.utf8).write(to: url)
    }

    /// - Parameter ticks: of processor time.
    func process(
      _ pid: Int, _ name: String, _ arguments: [String], ticks: Int, parent: Int = 1, started: Int = 100, group: String = "0::/",
      inner: Int? = nil
    ) {
      put("/proc/\(pid)/stat", Self.stat(pid, name, ticks, parent: parent, started: started))
      put("/proc/\(pid)/cmdline", arguments.map { $0 + "\0" }.joined())
      put(
        "/proc/\(pid)/status",
        "Name:\t\(name)\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t\(pid)\(inner.map { "\t\($0)" } ?? "")\nSigCgt:\t0000000000000200\n")
      put("/proc/\(pid)/cgroup", group + "\n")
    }

    static func stat(_ pid: Int, _ name: String, _ ticks: Int, parent: Int = 1, started: Int = 100, threads: Int = 3) -> String {
      "\(pid) (\(name)) S \(parent) \(pid) \(pid) 0 -1 4194304 0 0 0 0 \(ticks) 0 0 0 20 0 \(threads) 0 \(started) 1000000 50 18446744073709551615 0 0\n"
    }

    func thread(_ pid: Int, _ thread: Int, _ name: String, ticks: Int, waited: Int) {
      put("/proc/\(pid)/task/\(thread)/stat", Self.stat(thread, name, ticks))
      put("/proc/\(pid)/task/\(thread)/schedstat", "1000 \(waited) 5\n")
    }
  }

  @Test("two looks give cores, memory and load; a program that is no runtime is left out; secrets in arguments are not taken")
  func looks() throws {
    let machine = try Machine()
    machine.process(20, "node", ["node", "/srv/app/api.js", "--token=CANARY"], ticks: 100)
    machine.process(21, "nginx", ["nginx: worker process"], ticks: 5)
    machine.process(22, "python3", ["python3", "-m", "celery", "-A", "shop"], ticks: 10)
    var reader = HostReader(source: "here", prefix: machine.root)
    _ = try reader.poll(at: 0)
    machine.process(20, "node", ["node", "/srv/app/api.js", "--token=CANARY"], ticks: 150)
    machine.put("/proc/stat", "cpu 150 0 150 900 0 0 0 0\ncpu0 1\ncpu1 1\nbtime 1700000000\n")
    let found = try reader.poll(at: 2)
    #expect(found.runtimes.map(\.name.text) == ["api.js", "celery"] && found.runtimes.map(\.language) == [.node, .python])
    #expect(found.runtimes[0].signals[.cpu] == 0.25 && found.runtimes[0].startedAt == 1_700_000_001)
    #expect(found.host.cores == 2 && found.host.cpu == 0.5 && found.host.available == 250 * 1024 && found.host.swapUsed == 60 * 1024)
    #expect(!"\(found)".contains("CANARY"))
  }

  @Test("a name with brackets and spaces does not shift the fields")
  func names() throws {
    let text = Array(Machine.stat(7, "a) S 9 (b", 42).utf8)
    let stat = try #require(text.withUnsafeBufferPointer { ProcStat($0) })
    #expect(stat.name.elementsEqual("a) S 9 (b".utf8) && stat.cpu == 0.42 && stat.threads == 3 && stat.started == 100)
    for cut in 0..<text.count { _ = Array(text.prefix(cut)).withUnsafeBufferPointer { ProcStat($0) } }
  }

  @Test("a pid that came again is another process, and a shell that became a server is found")
  func again() throws {
    let machine = try Machine()
    machine.process(20, "node", ["node", "a.js"], ticks: 100)
    machine.process(30, "sh", ["sh", "run.sh"], ticks: 1)
    var reader = HostReader(source: "here", prefix: machine.root)
    let first = try reader.poll(at: 0).runtimes
    machine.process(20, "node", ["node", "b.js"], ticks: 10, started: 900)
    machine.process(30, "java", ["java", "-jar", "/opt/app.jar"], ticks: 1)
    var later: [RuntimeState] = []
    for at in 1...6 { later = try reader.poll(at: Double(at) * 2).runtimes }
    #expect(first.map(\.name.text) == ["a.js"] && later.map(\.name.text) == ["b.js", "app.jar"] && first[0].id != later[0].id)
  }

  @Test("threads by role: collections by the names of their threads, and the one that waits most for a core")
  func threads() throws {
    let machine = try Machine()
    func look(_ step: Int) {
      machine.process(40, "java", ["java", "com.acme.Billing"], ticks: 100 * step)
      machine.thread(40, 40, "java", ticks: 0, waited: 0)
      machine.thread(40, 41, "GC Thread#0", ticks: 20 * step, waited: 0)
      machine.thread(40, 42, "GC Thread#1", ticks: 20 * step, waited: 0)
      machine.thread(40, 43, "pool-1-thread-9", ticks: 10 * step, waited: 600_000_000 * step)
    }
    var reader = HostReader(source: "here", prefix: machine.root)
    look(1)
    _ = try reader.poll(at: 0)
    look(2)
    let state = try #require(try reader.poll(at: 2).runtimes.first)
    #expect(state.name == "Billing" && abs((state.signals[.gcCPU] ?? 0) - 0.2) < 1e-9 && abs((state.signals[.runDelay] ?? 0) - 0.3) < 1e-9)
    #expect(state.threads.first.map { "\($0.name) \($0.count)" } == "GC Thread 2")
  }

  @Test("control groups of version 2: throttling, memory without what can be given back, the tightest limit above, kills")
  func unified() throws {
    let machine = try Machine()
    machine.put("/proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
    machine.process(20, "node", ["node", "a.js"], ticks: 1, group: "0::/shop.slice/api.service")
    func look(_ periods: Int, _ throttled: Int, _ kills: Int) {
      let folder = "/sys/fs/cgroup/shop.slice/api.service"
      machine.put(folder + "/cpu.stat", "usage_usec \(periods * 50_000)\nnr_periods \(periods)\nnr_throttled \(throttled)\n")
      machine.put(folder + "/cpu.max", "max 100000\n")
      machine.put("/sys/fs/cgroup/shop.slice/cpu.max", "50000 100000\n")
      machine.put(folder + "/memory.current", "1000\n")
      machine.put(folder + "/memory.stat", "anon 1\ninactive_file 100\n")
      machine.put(folder + "/memory.max", "max\n")
      machine.put("/sys/fs/cgroup/shop.slice/memory.max", "1000\n")
      machine.put("/sys/fs/cgroup/shop.slice/memory.current", "950\n")
      machine.put("/sys/fs/cgroup/shop.slice/memory.stat", "inactive_file 50\n")
      machine.put(folder + "/memory.events", "low 0\noom_kill \(kills)\n")
    }
    look(10, 1, 3)
    var reader = HostReader(source: "here", prefix: machine.root)
    _ = try reader.poll(at: 0)
    look(50, 31, 4)
    let found = try reader.poll(at: 4)
    let group = try #require(found.host.groups.first)
    #expect(group.path == "/shop.slice/api.service" && group.throttled == 0.75 && group.cpu == 0.5 && group.cpuLimit == 0.5)
    #expect(group.memory == 900 && group.memoryLimit == 1000 && group.newOOMKills == 1 && group.version == 2)
    #expect(found.runtimes[0].signals[.throttled] == 0.75 && found.runtimes[0].signals[.groupMemory] == 900)
    #expect(HostNotices.of(found.host, []).contains { $0.severity == .critical })
  }

  @Test(
    "control groups of version 1, and a host that has both, with groups of version 2 that have no controller",
    arguments: ["", "0::/user.slice\n"])
  func first(_ hybrid: String) throws {
    let machine = try Machine()
    machine.put(
      "/proc/self/mountinfo",
      "31 20 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n32 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
        + (hybrid.isEmpty ? "" : "33 20 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"))
    // Every group of version 2 has this file, with and without a controller.
    if !hybrid.isEmpty { machine.put("/sys/fs/cgroup/unified/user.slice/cpu.stat", "usage_usec 77\nuser_usec 1\n") }
    machine.process(20, "node", ["node", "a.js"], ticks: 1, group: hybrid + "4:cpu,cpuacct:/box\n5:memory:/box")
    func look(_ periods: Int, _ throttled: Int) {
      machine.put("/sys/fs/cgroup/cpu/box/cpu.stat", "nr_periods \(periods)\nnr_throttled \(throttled)\nthrottled_time 8000000\n")
      machine.put("/sys/fs/cgroup/cpu/box/cpuacct.usage", "\(periods * 20_000_000)\n")
      machine.put("/sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "20000\n")
      machine.put("/sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n")
      machine.put("/sys/fs/cgroup/memory/box/memory.usage_in_bytes", "5000\n")
      machine.put("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n")
      machine.put("/sys/fs/cgroup/memory/box/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    }
    look(0, 0)
    var reader = HostReader(source: "here", prefix: machine.root)
    _ = try reader.poll(at: 0)
    look(40, 39)
    let group = try #require(try reader.poll(at: 4).host.groups.first)
    #expect(group.version == 1 && group.throttled == 39.0 / 40 && group.cpuLimit == 0.2 && group.cpu == 0.2)
    #expect(group.memory == 5000 && group.memoryLimit == nil && group.oomKills == 1)
  }

  @Test("pressure is a share of time between two looks, and a kernel without it says so")
  func pressure() throws {
    let machine = try Machine()
    func look(_ total: Int) {
      machine.put(
        "/proc/pressure/memory",
        "some avg10=12.50 avg60=1.00 avg300=0.00 total=\(total)\nfull avg10=2.00 avg60=0.00 avg300=0.00 total=\(total / 2)\n")
    }
    var reader = HostReader(source: "here", prefix: machine.root)
    look(0)
    _ = try reader.poll(at: 0)
    look(1_000_000)
    let pressure = try reader.poll(at: 4).host.pressure
    #expect(pressure.count == 1 && pressure[0].some == 0.25 && pressure[0].full == 0.125 && pressure[0].some10 == 0.125)
  }

  @Test("connections that wait are the receive queue of a listening socket; what listens stands first in the file")
  func listening() {
    let text = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000014 00:00000000 00000000     0        0 777 1 0000000000000000 100 0 0 10 0
         1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 778 1 0000000000000000 100 0 0 10 0
         2: 0100007F:1F90 0100007F:AAAA 01 00000000:00000009 00:00000000 00000000     0        0 779 1 0000000000000000 20 4 30 10 -1

      """
    let rows = Array(text.utf8).withUnsafeBufferPointer { ListenTable.rows($0) }
    #expect(rows.map(\.address) == ["127.0.0.1:8080", "*:80"] && rows.map(\.backlog) == [20, 0] && rows.map(\.inode) == [777, 778])
  }

  @Test("what may not be read is left out, and a machine without /proc is a failure")
  func absent() throws {
    var reader = HostReader(source: "here", prefix: "/nowhere")
    #expect(throws: Failure.self) { try reader.poll(at: 0) }
    let machine = try Machine()
    machine.put("/proc/20/stat", "20 (node")
    machine.put("/proc/21/stat", "")
    var other = HostReader(source: "here", prefix: machine.root)
    #expect(try other.poll(at: 0).runtimes.isEmpty)
  }

  @Test(
    "programs by their arguments",
    arguments: [
      (["java", "-Xmx64m", "-cp", "a:b", "com.acme.Main", "x"], "java", "Main"),
      (["/usr/bin/java", "-jar", "/opt/app.jar"], "java", "app.jar"),
      (["node", "-r", "trace", "server.js"], "node", "server.js"), (["python3", "/srv/web.py"], "python3.11", "web.py"),
      (["gunicorn: worker [shop]"], "python3.11", "gunicorn: worker [shop]"),
      (["sidekiq 7.1 app [2 of 5 busy]"], "ruby3.1", "sidekiq 7.1 app"),
      (["beam.smp", "-sname", "rabbit@host"], "beam.smp", "rabbit"), (["java", "Billing.java"], "java", "Billing.java"),
    ])
  func programs(_ arguments: [String], _ program: String, _ name: String) {
    #expect(ProcessKind.of(program: program, arguments: arguments)?.name.text == name)
  }
}
