// A small service for rt_node.py: `plain`, `handler FILE` (SIGUSR1 writes a line there) or `cluster` (two workers).
// Prints `ready {"port": …, "workers": […]}`.
'use strict';

const cluster = require('cluster');
const fs = require('fs');
const http = require('http');

const [mode, file] = process.argv.slice(2);

function stuckHandler() {
  for (;;);
}

function onRequest(request, response) {
  if (request.url === '/loop') {
    fs.writeSync(1, 'looping\n'); // at once: nothing that waits for the event loop would ever come
    stuckHandler();
  }
  response.end(`${process.pid}\n`);
}

function serve(whenReady) {
  const server = http.createServer(onRequest);
  server.listen(0, '127.0.0.1', () => whenReady(server.address().port));
}

function lead() {
  const workers = [];
  for (let number = 0; number < 2; number++) {
    cluster.fork().on('listening', function listening(address) {
      workers.push(this.process.pid);
      if (workers.length === 2) ready(address.port, workers);
    });
  }
}

function ready(port, workers = []) {
  console.log(`ready ${JSON.stringify({ port, workers })}`);
}

if (mode === 'handler') process.on('SIGUSR1', () => fs.appendFileSync(file, 'SIGUSR1\n'));
if (mode === 'cluster' && cluster.isPrimary) lead();
else serve((port) => cluster.isPrimary && ready(port));
