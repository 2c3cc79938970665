// socket.io with the Redis adapter: echo, POST /broadcast to everybody, POST /accounts/<account> to a room.
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
  if (socket.handshake.query.account) socket.join(socket.handshake.query.account);
  socket.on('echo', text => socket.emit('echo', text));
});

// Before socket.io's own listener, which answers what is under its path only.
server.on('request', (request, response) => {
  if (request.url.startsWith('/socket.io/')) return;
  let text = '';
  request.setEncoding('utf8');
  request.on('data', chunk => text += chunk);
  request.on('end', () => {
    if (request.url === '/broadcast') io.emit('echo', text);
    else if (request.url.startsWith('/accounts/')) io.to(request.url.slice('/accounts/'.length)).emit('echo', text);
    response.end('ok');
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
