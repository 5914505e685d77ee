'use strict';
// The order service of the incident stack: `node inc_api.js PORT FOLDER`. `/orders` is quick, or holds the event loop for 300 to
// 800 ms while the file `blocked-loop` is in the folder. But for a soak the console's clock goes faster and it waits
// less for an answer: then 200 to 300 ms, or a loop that is only slow would look silent. `/metrics` is that of the demo.
const fs = require('fs');
const http = require('http');
const path = require('path');
const { Histogram, page } = require(path.join(__dirname, '..', '..', '..', 'demo', 'work', 'api_metrics.js'));

const [port, folder] = process.argv.slice(2);
const FLAG = path.join(folder, 'blocked-loop');
const IS_SOAK = process.env.OPSCONSOLE_SOAK === '1';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const requests = new Histogram('http_request_duration_seconds', 'Duration of HTTP requests in seconds.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);

const order = (id) => ({ id, lines: Array.from({ length: 20 }, (_, line) => ({ line, sku: `SKU-${(id * line) % 900}` })) });

/** For a time, not for an amount of work: alike on fast and slow machines. Without objects, or the collector would be blamed. */
function burn(milliseconds) {
  const end = performance.now() + milliseconds;
  let sum = 0;
  while (performance.now() < end) for (let step = 1; step < 10000; step++) sum += Math.sqrt(step);
  return sum;
}

function answer(route) {
  // Under the names of gauges that a service keeps itself: those of the client library begin anew at each scrape.
  if (route === '/metrics') return [200, METRICS_TYPE, page([requests]).replaceAll('nodejs_eventloop_lag', 'nodejs_event_loop_lag')];
  if (route !== '/orders') return [404, 'text/plain', 'no such page\n'];
  if (fs.existsSync(FLAG)) burn(IS_SOAK ? 300 + Math.random() * 500 : 200 + Math.random() * 100);
  return [200, 'application/json', JSON.stringify(order(Math.floor(Math.random() * 5000)))];
}

const server = http.createServer((request, response) => {
  const began = performance.now();
  const route = request.url.split('?')[0];
  const [code, type, body] = answer(route);
  response.writeHead(code, { 'Content-Type': type });
  response.end(body);
  if (route === '/metrics') return;
  requests.observe({ method: request.method, route: code === 404 ? '(none)' : route, code }, (performance.now() - began) / 1000);
});

server.listen(Number(port), '127.0.0.1');
