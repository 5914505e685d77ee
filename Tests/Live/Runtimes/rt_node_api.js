// A service that tells its metrics as prom-client 15 does by default, without needing the package. Prints `ready PORT`.
//   /metrics      /block?ms=N   holds the event loop for so long, ten seconds at most
'use strict';

const fs = require('fs');
const http = require('http');
const { monitorEventLoopDelay, PerformanceObserver, constants } = require('perf_hooks');
const v8 = require('v8');

const BOUNDS = [0.001, 0.01, 0.1, 1, 2, 5];
const KINDS = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};
const STARTED = Math.round(Date.now() / 1000 - process.uptime());

const delay = monitorEventLoopDelay(); // of 10 ms, which idle loops are measured to be late
delay.enable();
let lag = 0; // of the scrape before: it is measured after the answer has gone

const collections = new Map();
new PerformanceObserver((list) => {
  const entry = list.getEntries()[0]; // as prom-client has it, which misses the others
  const kind = KINDS[entry.detail.kind];
  const found = collections.get(kind) || { counts: BOUNDS.map(() => 0), count: 0, sum: 0 };
  const seconds = entry.duration / 1000;
  BOUNDS.forEach((bound, place) => { if (seconds <= bound) found.counts[place]++; });
  found.count++;
  found.sum += seconds;
  collections.set(kind, found);
}).observe({ entryTypes: ['gc'] });

// Work for the collector, some megabytes a second.
let kept = [];
setInterval(() => {
  kept = kept.slice(-20);
  kept.push(Array.from({ length: 5000 }, (_, number) => ({ number })));
}, 100).unref();

// NaN and the like as Prometheus spells them.
function spelled(value) {
  return Number.isNaN(value) ? 'Nan' : value === Infinity ? '+Inf' : String(value);
}

// `samples`: a number, or pairs of labels and numbers.
function family(name, help, type, samples) {
  const pairs = typeof samples === 'number' ? [['', samples]] : samples;
  const rows = pairs.map(([labels, value]) => `${name}${labels && `{${labels}}`} ${spelled(value)}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${rows.join('')}\n`;
}

const gauge = (name, help, samples) => family(name, help, 'gauge', samples);
const counter = (name, help, samples) => family(name, help, 'counter', samples);

function histogram(name, help) {
  const rows = [];
  for (const [kind, { counts, count, sum }] of collections) {
    [...BOUNDS, '+Inf'].forEach((bound, place) =>
      rows.push(`${name}_bucket{le="${bound}",kind="${kind}"} ${place < counts.length ? counts[place] : count}\n`));
    rows.push(`${name}_sum{kind="${kind}"} ${sum}\n${name}_count{kind="${kind}"} ${count}\n`);
  }
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${rows.join('')}\n`;
}

function ofProcess() {
  const { user, system } = process.cpuUsage();
  const memory = Object.fromEntries([...fs.readFileSync('/proc/self/status', 'utf8').matchAll(/^(Vm\w+):\s+(\d+) kB$/gm)]
    .map(([, name, value]) => [name, value * 1024]));
  const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'));
  return [
    counter('process_cpu_user_seconds_total', 'Total user CPU time spent in seconds.', user / 1e6),
    counter('process_cpu_system_seconds_total', 'Total system CPU time spent in seconds.', system / 1e6),
    counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', (user + system) / 1e6),
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', STARTED),
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', memory.VmRSS),
    gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.', memory.VmSize),
    gauge('process_heap_bytes', 'Process heap size in bytes.', memory.VmData),
    gauge('process_open_fds', 'Number of open file descriptors.', fs.readdirSync('/proc/self/fd').length - 1),
    gauge('process_max_fds', 'Maximum number of open file descriptors.', limit ? Number(limit[1]) : NaN),
  ];
}

function ofEventLoop() {
  const began = process.hrtime.bigint();
  setImmediate(() => { lag = Number(process.hrtime.bigint() - began) / 1e9; });
  const told = [
    ['', 'Lag of event loop in seconds.', lag * 1e9],
    ['min_', 'The minimum recorded event loop delay.', delay.min],
    ['max_', 'The maximum recorded event loop delay.', delay.max],
    ['mean_', 'The mean of the recorded event loop delays.', delay.mean],
    ['stddev_', 'The standard deviation of the recorded event loop delays.', delay.stddev],
    ['p50_', 'The 50th percentile of the recorded event loop delays.', delay.percentile(50)],
    ['p90_', 'The 90th percentile of the recorded event loop delays.', delay.percentile(90)],
    ['p99_', 'The 99th percentile of the recorded event loop delays.', delay.percentile(99)],
  ].map(([part, help, value]) => gauge(`nodejs_eventloop_lag_${part}seconds`, help, value / 1e9));
  delay.reset();
  return told;
}

function ofNode() {
  const types = {};
  for (const type of process.getActiveResourcesInfo()) types[type] = (types[type] || 0) + 1;
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  const spaces = (name, help, of) => gauge(`nodejs_heap_space_size_${name}_bytes`, help, v8.getHeapSpaceStatistics()
    .map((space) => [`space="${space.space_name.replace('_space', '')}"`, of(space)]));
  const [major, minor, patch] = process.version.slice(1).split('.');
  return [
    gauge('nodejs_active_resources',
      'Number of active resources that are currently keeping the event loop alive, grouped by async resource type.',
      Object.entries(types).map(([type, count]) => [`type="${type}"`, count])),
    gauge('nodejs_active_resources_total', 'Total number of active resources.', process.getActiveResourcesInfo().length),
    gauge('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', heapTotal),
    gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', heapUsed),
    gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', external),
    spaces('total', 'Process heap space size total from Node.js in bytes.', (space) => space.space_size),
    spaces('used', 'Process heap space size used from Node.js in bytes.', (space) => space.space_used_size),
    spaces('available', 'Process heap space size available from Node.js in bytes.', (space) => space.space_available_size),
    gauge('nodejs_version_info', 'Node.js version info.',
      [[`version="${process.version}",major="${major}",minor="${minor}",patch="${patch}"`, 1]]),
    histogram('nodejs_gc_duration_seconds',
      'Garbage collection duration by kind, one of major, minor, incremental or weakcb.'),
  ];
}

function block(milliseconds) {
  const end = Date.now() + Math.min(milliseconds, 10000);
  while (Date.now() < end);
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://scene');
  if (url.pathname === '/block') {
    block(Number(url.searchParams.get('ms')) || 0);
    response.end('done\n');
  } else if (url.pathname === '/metrics') {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end([...ofProcess(), ...ofEventLoop(), ...ofNode()].join(''));
  } else {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
