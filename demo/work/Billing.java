import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The billing of the shop on a JVM: a pool of threads that write invoices, in a heap that is rather small for what is kept of them.
 * Half of the heap lives and is always renewed, in small objects: it collects more than once a second, old regions too.
 */
public final class Billing {
    private static final int THREADS = 4;
    /** Of about a hundred lines each and a hundred bytes a line: 50 MB. */
    private static final int KEPT = 5_000;
    private static final int BATCH = 40;

    private final AtomicReferenceArray<Invoice> kept = new AtomicReferenceArray<>(KEPT);
    private final Ledger ledger = new Ledger();

    private record Line(String sku, Integer quantity, Long cents) {}

    private record Invoice(long order, List<Line> lines) {
        long total() {
            return lines.stream().mapToLong(line -> line.quantity() * line.cents()).sum();
        }
    }

    /** One at a time may post, and now and then it takes long: threads that wait for a lock. */
    private static final class Ledger {
        private long balance;

        synchronized void post(long amount) throws InterruptedException {
            balance += amount;
            if (ThreadLocalRandom.current().nextInt(8) == 0) {
                Thread.sleep(120);
            }
        }
    }

    private static Invoice writeInvoice(ThreadLocalRandom random) {
        int count = 50 + random.nextInt(100);
        List<Line> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(new Line("SKU-" + random.nextInt(900), 1 + random.nextInt(4), 499L + random.nextInt(24_000)));
        }
        return new Invoice(random.nextLong(1_000_000), lines);
    }

    private void work() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try {
            while (true) {
                long total = 0;
                for (int i = 0; i < BATCH; i++) {
                    Invoice invoice = writeInvoice(random);
                    total += invoice.total();
                    kept.set(random.nextInt(KEPT), invoice);
                }
                ledger.post(total);
                Thread.sleep(100 + random.nextInt(100));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] arguments) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(
            THREADS, task -> new Thread(task, "billing-pool-" + number.incrementAndGet()));
        Billing billing = new Billing();
        for (int i = 0; i < THREADS; i++) {
            pool.execute(billing::work);
        }
        System.out.println("billing: " + THREADS + " threads at work");
    }
}
