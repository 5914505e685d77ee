import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A service for rt_jvm.py: a pool of four threads of which three are at work, an idle pool, and a heap that was collected.
 * Prints `ready`. On the line `deadlock` two threads lock each other out, and it prints `deadlocked`.
 */
final class Billing {
  private static final ReentrantLock GATEWAY = new ReentrantLock();
  private static final Condition ANSWERED = GATEWAY.newCondition();
  private static final byte[][] KEPT = new byte[200][];

  public static void main(String[] words) throws Exception {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newFixedThreadPool(
        4, task -> new Thread(task, "billing-pool-" + number.incrementAndGet()));
    pool.prestartAllCoreThreads();
    for (int i = 0; i < 3; i++) {
      pool.execute(Billing::chargeCard);
    }
    // Its threads would end after a minute without work.
    ForkJoinPool idle = new ForkJoinPool(
        2, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, false, 2, 2, 1, null, 1, TimeUnit.HOURS);
    CountDownLatch both = new CountDownLatch(2);
    for (int i = 0; i < 2; i++) {
      idle.submit(() -> arrive(both));
    }
    both.await();

    allocate(200);
    System.gc();
    allocate(100);
    System.gc();
    allocate(3); // so that the youngest generation is not empty
    Thread.sleep(150); // its size gets into the perf data twenty times a second
    System.out.println("ready");

    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = input.readLine()) != null; ) {
      if (line.equals("deadlock")) {
        deadlock();
      }
    }
    System.exit(0); // whoever has started this is gone
  }

  /** Waits as an idle thread of the pool does; only the frames above tell the difference. */
  private static void chargeCard() {
    GATEWAY.lock();
    try {
      ANSWERED.awaitUninterruptibly();
    } finally {
      GATEWAY.unlock();
    }
  }

  private static void arrive(CountDownLatch all) {
    all.countDown();
    try {
      all.await();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  private static void allocate(int megabytes) {
    for (int i = 0; i < megabytes * 64; i++) {
      KEPT[i % KEPT.length] = new byte[16 * 1024];
    }
  }

  private static void deadlock() throws InterruptedException {
    Object first = new Object();
    Object second = new Object();
    CountDownLatch both = new CountDownLatch(2);
    Thread a = new Thread(() -> lockBoth(first, second, both), "deadlock-a");
    Thread b = new Thread(() -> lockBoth(second, first, both), "deadlock-b");
    a.start();
    b.start();
    while (a.getState() != Thread.State.BLOCKED || b.getState() != Thread.State.BLOCKED) {
      Thread.sleep(5);
    }
    System.out.println("deadlocked");
  }

  private static void lockBoth(Object one, Object other, CountDownLatch both) {
    synchronized (one) {
      arrive(both);
      synchronized (other) {
        System.out.println("never");
      }
    }
  }
}
