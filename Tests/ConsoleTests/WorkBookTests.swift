import OpsModel
import Testing

@testable import Console

@Suite("Which tasks are usual, by what workers were seen at")
struct WorkBookTests {
  let clock = FakeClock()

  /// A look at workers, each with its task and the seconds that it is at it.
  private func look(_ book: inout WorkBook, _ workers: [(name: String, task: SafeText?, onTask: Double)], source: SafeText = "orders") {
    let states = workers.map { worker in
      var state = WorkerState(
        id: ResourceID(source: source, kind: .worker, key: worker.name), name: SafeText(escaping: worker.name),
        activity: worker.task == nil ? .idle : .busy, queues: ["default"])
      state.currentTask = worker.task
      state.onTask = worker.task.map { _ in worker.onTask }
      return state
    }
    var observation = Observation(source: source, at: clock.now(), took: 0.01, facets: [.workers])
    observation.workers = states
    book.observed(observation)
    clock.advance(2)
  }

  private func quick(_ book: WorkBook) -> [SafeText] { book.quick(in: "default", of: "orders", limit: 5, at: clock.now()) }

  @Test("a task has ended when its worker is idle, or at another one, or at the same one anew")
  func ends() {
    var book = WorkBook()
    look(&book, [("a", "shop.mail(1)", 1), ("b", "shop.pay(1)", 1), ("c", "shop.print(1)", 1)])
    #expect(quick(book).isEmpty)
    look(&book, [("a", nil, 0), ("b", "shop.ship(2)", 0.5), ("c", "shop.print(2)", 0.1)])
    #expect(Set(quick(book)) == ["shop.mail", "shop.pay", "shop.print"])
  }

  @Test("a task that goes on has not ended")
  func goesOn() {
    var book = WorkBook()
    look(&book, [("a", "shop.mail(1)", 1)])
    look(&book, [("a", "shop.mail(1)", 3)])
    #expect(quick(book).isEmpty)
  }

  @Test("of a worker that is gone nobody knows whether its task came to its end")
  func gone() {
    var book = WorkBook()
    look(&book, [("a", "shop.mail(1)", 1), ("b", "shop.pay(1)", 1)])
    look(&book, [("b", "shop.pay(1)", 3)])
    look(&book, [("a", nil, 0), ("b", nil, 0)])
    #expect(quick(book) == ["shop.pay"])
  }

  @Test("a look at one source says nothing of the workers of another")
  func sources() {
    var book = WorkBook()
    look(&book, [("a", "shop.mail(1)", 1)])
    look(&book, [("a", nil, 0)], source: "other")
    #expect(quick(book).isEmpty)
    look(&book, [("a", nil, 0)])
    #expect(quick(book) == ["shop.mail"])
  }
}
