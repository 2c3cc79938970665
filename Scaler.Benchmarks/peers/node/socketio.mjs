// socket.io with the Redis adapter: echoes messages; "chat" sends to the other clients of an account (a room); POST /broadcast
// sends to all clients.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';

const server = createServer();
const io = new Server(server, { serveClient: false });
if (process.env.REDIS) {
  const publisher = createClient({ url: process.env.REDIS });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
}

io.on('connection', socket => {
  const { account } = socket.handshake.query;
  socket.join(account);
  socket.on('echo', text => socket.emit('echo', text));
  socket.on('chat', text => socket.to(account).emit('chat', text));
});

// Runs in addition to socket.io's own listener, which handles only requests under its path.
server.on('request', (request, response) => {
  if (request.url.startsWith('/socket.io/')) return;
  let text = '';
  request.setEncoding('utf8');
  request.on('data', chunk => text += chunk);
  request.on('end', () => {
    if (request.url === '/broadcast') io.emit('echo', text);
    response.end('ok');
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
