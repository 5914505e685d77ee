"""The scene `fleet:N`: one target with the series of N instances, half of them Node and half JVMs, in a real Prometheus.

A body has some ten million bytes, so it must be cheap to make: instances are in cohorts, all of a cohort have the same
values, and a join puts one value behind many prepared texts. The first instance of either kind is a cohort of its own
and the worst.
"""

import time

from rt_prometheus import Site, job, run_prometheus
from rt_push import Target

COHORTS = 40
MEGA = 1 << 20


def growing(per_second):
    """A counter; the cohort makes it faster."""
    return lambda cohort, seconds: per_second * (1 + cohort) * seconds


def wavy(least, step):
    """A gauge that moves a little."""
    return lambda cohort, seconds: (least + step * cohort) * (1 + 0.01 * (int(seconds) // 5 % 5))


def whole(value):
    return lambda cohort, seconds: int(value(cohort, seconds))


def histogram(name, labels, per_second):
    """Rows of a histogram whose observations all lie between the second and the fourth bound."""
    count = whole(growing(per_second))
    rows = [(f"{name}_bucket", f'le="{bound}",{labels}', whole(growing(per_second * part)))
            for bound, part in (("0.001", 0), ("0.01", 0.9), ("0.1", 0.99), ("1", 1), ("2", 1), ("5", 1))]
    return [*rows, (f"{name}_bucket", f'le="+Inf",{labels}', count),
            (f"{name}_sum", labels, growing(per_second * 0.006)), (f"{name}_count", labels, count)]


def plain(name, kind, value):
    return name, kind, [(name, "", value)]


def by_area(name, value):
    """A gauge for each area of memory; `value` is a function of its bounds, in megabytes."""
    return name, "gauge", [(name, f'area="{area}",id="{part}"', value(most, least)) for area, part, most, least in AREAS]


AREAS = [("heap", "G1 Eden Space", -1, 10), ("heap", "G1 Survivor Space", -1, 1), ("heap", "G1 Old Gen", 128, 30),
         ("nonheap", "Metaspace", -1, 40), ("nonheap", "CodeCache", 240, 8),
         ("nonheap", "Compressed Class Space", 1024, 5)]
GC = "nodejs_gc_duration_seconds"
PAUSE = 'action="end of minor GC",cause="G1 Evacuation Pause"'
BEGAN = time.time() - 600  # counters count from then

# Families as (name, type, rows), a row as (name, labels, value). `up` is what Prometheus would say of targets of their own.
BOTH = [
    plain("up", "gauge", lambda cohort, seconds: 1),
    plain("process_start_time_seconds", "gauge", lambda cohort, seconds: BEGAN - 60 * cohort),
]
NODE = [
    plain("nodejs_eventloop_lag_mean_seconds", "gauge", wavy(0.0105, 0.0001)),
    plain("nodejs_eventloop_lag_p99_seconds", "gauge", wavy(0.011, 0.002)),
    plain("nodejs_heap_size_used_bytes", "gauge", whole(wavy(20 * MEGA, MEGA))),
    plain("nodejs_heap_size_total_bytes", "gauge", lambda cohort, seconds: 80 * MEGA),
    plain("process_resident_memory_bytes", "gauge", whole(wavy(60 * MEGA, 2 * MEGA))),
    plain("process_cpu_seconds_total", "counter", growing(0.005)),
    (GC, "histogram", histogram(GC, 'kind="minor"', 0.5) + histogram(GC, 'kind="major"', 0.02)),
]
JVM = [
    by_area("jvm_memory_used_bytes", lambda most, least: whole(wavy(least * MEGA, 2 * MEGA))),
    by_area("jvm_memory_max_bytes", lambda most, least: lambda cohort, seconds: most if most < 0 else most * MEGA),
    ("jvm_gc_pause_seconds", "summary", [("jvm_gc_pause_seconds_count", PAUSE, whole(growing(0.2))),
                                         ("jvm_gc_pause_seconds_sum", PAUSE, growing(0.002))]),
    ("jvm_gc_pause_seconds_max", "gauge", [("jvm_gc_pause_seconds_max", PAUSE, wavy(0.01, 0.005))]),
    plain("jvm_threads_live_threads", "gauge", whole(wavy(25, 1))),
    plain("process_cpu_usage", "gauge", wavy(0.01, 0.01)),
]


class Fleet(Target):
    def __init__(self, count):
        names = [f"app-{number:05d}:9464" for number in range(count)]
        halves = names[0::2], names[1::2]
        self.worst = [half[0] for half in halves if half]
        self.parts = []  # bytes, or (texts before the value, cohort, value)
        self.series = 0
        for members, families in zip((names, *halves), (BOTH, NODE, JVM), strict=True):
            cohorts = [members[1 + number::COHORTS] for number in range(COHORTS)] + [members[:1]]
            for name, kind, rows in families:
                self.parts.append(f"# TYPE {name} {kind}\n".encode())
                for row in rows:
                    self.add(cohorts, *row)
        super().__init__()

    def add(self, cohorts, name, labels, value):
        comma = "," if labels else ""
        for cohort, members in enumerate(cohorts):
            if members:
                before = [f'{name}{{instance="{member}",job="fleet"{comma}{labels}}} '.encode() for member in members]
                self.parts.append((before, cohort, value))
                self.series += len(members)

    def body(self):
        seconds = time.time() - BEGAN
        return b"".join(part if isinstance(part, bytes) else rendered(*part, seconds) for part in self.parts)


def rendered(before, cohort, value, seconds):
    text = f"{value(cohort, seconds):.12g}\n".encode()
    return text.join(before) + text


def fleet(stage, name, number):
    site, target = Site(stage, guarded=False), Fleet(number or 100)
    port = run_prometheus(stage, site, lambda _: [job("fleet", target.port, honor_labels=True)], interval="5s")
    stage.facts.update(pushable_port=target.port, fleet=number or 100, fleet_series=target.series,
                       fleet_worst=target.worst)
    stage.until("a scrape of the fleet", lambda: site.value(port, "max(scrape_samples_scraped)") == target.series,
                seconds=120)  # its turn comes within ten seconds, and then there is much to take in
