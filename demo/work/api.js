'use strict';
// The order service of the shop on Node: `node api.js PORT`. Orders are quick, but a report is built on the event loop, so that every
// few seconds nothing else is answered for a moment: the mistake that a look at a Node process is mostly for. It visits itself.
const http = require('http');
const { Histogram, page } = require('./api_metrics.js');

const PORT = Number(process.argv[2]);
const ORDERS_EVERY = 400;
const REPORT_EVERY = 5000;
const ROWS = 4000;
const CACHED = 300;

const requests = new Histogram('http_request_duration_seconds', 'Duration of HTTP requests in seconds.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
const cache = new Map();

function readOrder(id) {
  const order = { id, lines: Array.from({ length: 40 }, (_, line) => ({ line, sku: `SKU-${(id * line) % 900}`, quantity: 1 + (line % 4) })) };
  cache.set(id, order);
  // The oldest goes first; the cache is what gives the collector something to keep.
  if (cache.size > CACHED) cache.delete(cache.keys().next().value);
  return order;
}

function sortRows(rows) {
  return rows.map((row) => ({ ...row, rank: Math.random() })).sort((one, other) => one.rank - other.rank || one.sku.localeCompare(other.sku));
}

/** Holds the loop for a time, not for an amount of work: alike on fast and slow machines. */
function buildReport() {
  let rows = Array.from({ length: ROWS }, (_, id) => ({ id, sku: `SKU-${id % 900}`, cents: 499 + ((id * 7) % 24000) }));
  const end = Date.now() + 150 + Math.random() * 250;
  do rows = sortRows(rows); while (Date.now() < end);
  return { rows: rows.length, cents: rows.reduce((sum, row) => sum + row.cents, 0) };
}

function answer(path) {
  if (path === '/report') return [200, 'application/json', JSON.stringify(buildReport())];
  if (path === '/metrics') return [200, 'text/plain; version=0.0.4; charset=utf-8', page([requests])];
  if (path !== '/orders') return [404, 'text/plain', 'no such page\n'];
  // The warehouse is away now and then.
  if (Math.random() < 0.02) return [503, 'text/plain', 'the warehouse does not answer\n'];
  return [200, 'application/json', JSON.stringify(readOrder(Math.floor(Math.random() * 5000)))];
}

const server = http.createServer((request, response) => {
  const began = process.hrtime.bigint();
  const path = request.url.split('?')[0];
  const [code, type, body] = answer(path);
  response.writeHead(code, { 'Content-Type': type });
  response.end(body);
  if (path === '/metrics') return;
  // Any other path shares one label, or whoever asks for many would make as many series.
  const route = code === 404 ? '(none)' : path;
  requests.observe({ method: request.method, route, code }, Number(process.hrtime.bigint() - began) / 1e9);
});

const agent = new http.Agent({ keepAlive: true });

/** One request of our own; how it goes shows in the metrics, so here it does not matter. */
function visit(path) {
  http.get({ host: '127.0.0.1', port: PORT, path, agent }, (response) => response.resume()).on('error', () => {});
}

server.listen(PORT, '127.0.0.1', () => {
  console.log(`api: listening on ${PORT}`);
  setInterval(visit, ORDERS_EVERY, '/orders');
  setInterval(visit, REPORT_EVERY, '/report');
});
