'use strict';
// The metrics of api.js, named and written as the usual client library for Node does with its defaults. That library can not be
// installed here, and a console has to read what is seen in the field: lags that begin anew after every scrape, collections by kind.
const fs = require('fs');
const v8 = require('v8');
const { constants, monitorEventLoopDelay, PerformanceObserver } = require('perf_hooks');

const GC_KINDS = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

const labelled = (name, labels) => {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return pairs.length ? `${name}{${pairs.join(',')}}` : name;
};
// Not a number is written this way there, and means: nothing seen since the last scrape.
const number = (value) => (Number.isNaN(value) ? 'Nan' : String(value));

class Histogram {
  constructor(name, help, bounds) {
    Object.assign(this, { name, help, bounds, series: new Map() });
  }

  observe(labels, seconds) {
    const key = JSON.stringify(labels);
    let one = this.series.get(key);
    if (!one) this.series.set(key, (one = { labels, counts: this.bounds.map(() => 0), sum: 0, count: 0 }));
    this.bounds.forEach((bound, at) => { if (seconds <= bound) one.counts[at] += 1; });
    one.sum += seconds;
    one.count += 1;
  }

  text() {
    const lines = [`# HELP ${this.name} ${this.help}`, `# TYPE ${this.name} histogram`];
    for (const { labels, counts, sum, count } of this.series.values()) {
      const bucket = (le, value) => lines.push(`${labelled(`${this.name}_bucket`, { le, ...labels })} ${value}`);
      this.bounds.forEach((bound, at) => bucket(bound, counts[at]));
      bucket('+Inf', count);
      lines.push(`${labelled(`${this.name}_sum`, labels)} ${sum}`, `${labelled(`${this.name}_count`, labels)} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

const collections = new Histogram('nodejs_gc_duration_seconds',
  'Garbage collection duration by kind, one of major, minor, incremental or weakcb.', [0.001, 0.01, 0.1, 1, 2, 5]);
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) collections.observe({ kind: GC_KINDS[entry.detail.kind] }, entry.duration / 1000);
}).observe({ entryTypes: ['gc'] });

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();
let lag = 0;

const family = (type, name, help, values) =>
  [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...values.map(([labels, value]) => `${labelled(name, labels)} ${number(value)}`), '']
    .join('\n');
const gauge = (name, help, value) => family('gauge', name, help, [[{}, value]]);
const counter = (name, help, value) => family('counter', name, help, [[{}, value]]);

function counted(names) {
  const totals = new Map();
  for (const name of names) totals.set(name, (totals.get(name) || 0) + 1);
  return [...totals].map(([type, value]) => [{ type }, value]);
}

/** A line of /proc/self/status, in bytes. */
function kilobytes(status, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)[1]) * 1024;
}

function processFamilies() {
  const cpu = process.cpuUsage();
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  const limits = fs.readFileSync('/proc/self/limits', 'utf8');
  return [
    counter('process_cpu_user_seconds_total', 'Total user CPU time spent in seconds.', cpu.user / 1e6),
    counter('process_cpu_system_seconds_total', 'Total system CPU time spent in seconds.', cpu.system / 1e6),
    counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', (cpu.user + cpu.system) / 1e6),
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.',
      Math.round(Date.now() / 1000 - process.uptime())),
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', kilobytes(status, 'VmRSS')),
    gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', kilobytes(status, 'VmSize')),
    gauge('process_heap_bytes', 'Process heap size in bytes.', kilobytes(status, 'VmData')),
    // The listing itself holds one of them open.
    gauge('process_open_fds', 'Number of open file descriptors.', fs.readdirSync('/proc/self/fd').length - 1),
    gauge('process_max_fds', 'Maximum number of open file descriptors.', Number(/^Max open files\s+(\d+)/m.exec(limits)[1])),
  ];
}

function lagFamilies() {
  // As there: the value of this scrape is what the loop was late by after the scrape before.
  const asked = process.hrtime.bigint();
  setImmediate(() => { lag = Number(process.hrtime.bigint() - asked) / 1e9; });
  const of = (what, help, nanoseconds) => gauge(`nodejs_eventloop_lag_${what}_seconds`, help, nanoseconds / 1e9);
  const families = [
    gauge('nodejs_eventloop_lag_seconds', 'Lag of event loop in seconds.', lag),
    of('min', 'The minimum recorded event loop delay.', delays.min),
    of('max', 'The maximum recorded event loop delay.', delays.max),
    of('mean', 'The mean of the recorded event loop delays.', delays.mean),
    of('stddev', 'The standard deviation of the recorded event loop delays.', delays.stddev),
    ...[50, 90, 99].map((rank) => of(`p${rank}`, `The ${rank}th percentile of the recorded event loop delays.`, delays.percentile(rank))),
  ];
  delays.reset();
  return families;
}

function engineFamilies() {
  const memory = process.memoryUsage();
  const spaces = v8.getHeapSpaceStatistics();
  const space = (what, key) => family('gauge', `nodejs_heap_space_size_${what}_bytes`,
    `Process heap space size ${what} from Node.js in bytes.`,
    spaces.map((one) => [{ space: one.space_name.split('_space')[0] }, one[key]]));
  const resources = process.getActiveResourcesInfo();
  const handles = process._getActiveHandles();
  const requests = process._getActiveRequests();
  const [major, minor, patch] = process.versions.node.split('.');
  return [
    family('gauge', 'nodejs_active_resources',
      'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.', counted(resources)),
    gauge('nodejs_active_resources_total', 'Total number of active resources.', resources.length),
    family('gauge', 'nodejs_active_handles',
      'Number of active libuv handles grouped by handle type. Every handle type is C++ class name.',
      counted(handles.map((one) => one.constructor.name))),
    gauge('nodejs_active_handles_total', 'Total number of active handles.', handles.length),
    gauge('nodejs_active_requests_total', 'Total number of active requests.', requests.length),
    gauge('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', memory.heapTotal),
    gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', memory.heapUsed),
    gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', memory.external),
    space('total', 'space_size'), space('used', 'space_used_size'), space('available', 'space_available_size'),
    family('gauge', 'nodejs_version_info', 'Node.js version info.', [[{ version: process.version, major, minor, patch }, 1]]),
    collections.text(),
  ];
}

/** All of it, as one page; `histograms` are the program's own. */
const page = (histograms) =>
  [...processFamilies(), ...lagFamilies(), ...engineFamilies(), ...histograms.map((one) => one.text())].join('\n');

module.exports = { Histogram, page };
