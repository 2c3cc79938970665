// engine.io, set up as in its README: echoes messages; POST /broadcast sends a message to all clients.
import { createServer } from 'node:http';
import { Server } from 'engine.io';

const interval = Number(process.env.PING_INTERVAL ?? 25_000);
const engine = new Server({ pingInterval: interval, pingTimeout: 20_000 });
const sockets = new Set();

engine.on('connection', socket => {
  sockets.add(socket);
  socket.on('message', message => socket.send(message));
  socket.on('close', () => sockets.delete(socket));
});

const server = createServer((request, response) => {
  if (request.url.startsWith('/engine.io/')) {
    engine.handleRequest(request, response);
  } else if (request.url === '/broadcast') {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', chunk => text += chunk);
    request.on('end', () => {
      for (const socket of sockets) socket.send(text);
      response.end();
    });
  } else {
    response.end('ok');
  }
});
server.on('upgrade', (request, socket, head) => engine.handleUpgrade(request, socket, head));
server.listen(Number(process.env.PORT), '127.0.0.1');
