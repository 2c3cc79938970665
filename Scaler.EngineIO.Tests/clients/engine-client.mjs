// Connects the official client to an Engine.IO echo server and checks the echoes.
// Usage: node engine-client.mjs <3|4|5|6> <polling|websocket|upgraded> <port>
import { createRequire } from "node:module";

const [version, mode, port] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const client = require(`engine.io-client-${version}`);
const transports = { polling: ["polling"], websocket: ["websocket"], upgraded: ["polling", "websocket"] }[mode];
const open = client.Socket ? (url, options) => new client.Socket(url, options) : client;
const socket = open(`http://localhost:${port}`, { transports, path: "/engine.io" });
socket.binaryType = "arraybuffer";

const received = [];
let wake = () => {};
let upgraded = false;
socket.on("message", (data) => {
  received.push(data);
  wake();
});
socket.on("upgrade", () => {
  upgraded = true;
  wake();
});
socket.on("error", (error) => fail(`error: ${error.message} ${error.description ?? ""}`));
socket.on("close", (reason) => fail(`closed: ${reason}`));
const deadline = setTimeout(() => fail(`timed out with ${received.length} unread messages`), 60_000);

function fail(message) {
  console.error(message);
  process.exit(1);
}

async function until(condition) {
  while (!condition()) {
    await new Promise((resolve) => (wake = resolve));
  }
}

async function next() {
  await until(() => received.length > 0);
  return received.shift();
}

async function echo(name, data) {
  socket.send(data);
  const answer = await next();
  // Some clients deliver an empty text message as undefined.
  const same = typeof data === "string" ? (answer ?? "") === data : Buffer.from(answer).equals(Buffer.from(data));
  if (!same) {
    fail(`${name}: sent ${String(data).slice(0, 80)}, received ${String(answer).slice(0, 80)}`);
  }
}

function binary(length) {
  const data = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    data[index] = (index * 31) & 0xff;
  }
  return data.buffer;
}

await new Promise((resolve) => socket.on("open", resolve));
await echo("text", "hello");
await echo("empty text", "");
await echo("binary", binary(5));
// The first and the last valid character of each Unicode plane, and the boundaries of the UTF-8 lengths.
const planes = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff];
for (let plane = 1; plane <= 16; plane++) {
  planes.push(plane * 0x10000, plane * 0x10000 + 0xfffd);
}
await echo("every plane", String.fromCodePoint(...planes));
// Omits U+001E, because protocol 4 uses it as the packet separator in polling payloads.
await echo("line ends", "\n\r\\n\\\\n\u2028\u2029\u0000");
await echo("1 MB of text", "x€".repeat(250_000));
await echo("1 MB of binary", binary(1_000_000));
for (let index = 0; index < 10_000; index++) {
  socket.send(`message ${index}`);
}
for (let index = 0; index < 10_000; index++) {
  const answer = await next();
  if (answer !== `message ${index}`) {
    fail(`message ${index}: received ${answer} instead`);
  }
}
if (mode === "upgraded") {
  await until(() => upgraded);
}
const transport = socket.transport.name;
if (transport !== (mode === "polling" ? "polling" : "websocket")) {
  fail(`unexpected transport at the end: ${transport}`);
}
clearTimeout(deadline);
socket.removeAllListeners("close");
console.log(`ok over ${transport}`);
// The process exits when the client has closed its connection, because no timer or handle is left.
socket.close();
