// A tour of a running cluster: clients of several accounts, on all transports, exchange messages through one endpoint.
//
//   node tour.mjs http://localhost:8080/stream/
//
// Each client sends its messages to the other connections of its account. The exit code is 0 only if each of those connections
// received every message exactly once, in the order of its sender, and no connection of another account received it.

import { Socket } from "engine.io-client";

const url = new URL(process.argv[2] ?? "http://localhost:8080/stream/");
const ACCOUNTS = 5;
const CLIENTS = 30;
const MESSAGES = 20;
const DEADLINE = 60_000;
const KINDS = [
  { name: "polling", transports: ["polling"] },
  { name: "websocket", transports: ["websocket"] },
  { name: "upgraded", transports: ["polling", "websocket"] },
];

// Account names are unique to this run, so that concurrent tours of a cluster do not receive each other's messages.
const run = Math.random().toString(36).slice(2, 8);
const failures = [];

function connect(number) {
  const kind = KINDS[Math.floor(number / ACCOUNTS) % KINDS.length];
  const account = `tour-${run}-${number % ACCOUNTS}`;
  const socket = new Socket(url.origin, {
    path: url.pathname,
    query: { account },
    transports: kind.transports,
  });
  const client = { number, kind: kind.name, account, socket, sent: 0, received: 0, last: new Map(), closing: false };

  socket.on("message", (data) => receive(client, data));
  socket.on("close", (reason, detail) => {
    if (!client.closing) {
      failures.push(`client ${number} (${kind.name}) was closed: ${reason} ${detail?.message ?? detail ?? ""}`);
    }
  });
  const opened = new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      const detail = error.description?.message ?? error.context?.responseText ?? "";
      reject(new Error(`client ${number} (${kind.name}): ${error.message} ${detail}`));
    });
    // Half of the upgraded clients start sending after the upgrade, the other half while it is in progress.
    if (kind.name === "upgraded" && number % 2 === 0) socket.once("upgrade", resolve);
    else socket.once("open", resolve);
  });
  return opened.then(() => client);
}

function receive(client, data) {
  const { event, args } = JSON.parse(data);
  const [account, sender, sequence] = args[0].split(" ");
  client.received++;
  if (event !== "chat" || account !== client.account) {
    failures.push(`client ${client.number} received a message that is not for its account: ${data}`);
  }
  const expected = (client.last.get(sender) ?? 0) + 1;
  if (Number(sequence) !== expected) {
    failures.push(`client ${client.number} received message ${sequence} of client ${sender}, expected message ${expected}`);
  }
  client.last.set(sender, Number(sequence));
}

function send(client) {
  client.sent++;
  client.socket.send(JSON.stringify({ event: "chat", args: [`${client.account} ${client.number} ${client.sent}`] }));
}

async function waitFor(condition, description) {
  const end = Date.now() + DEADLINE;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`timeout after ${DEADLINE / 1000} s: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

try {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, number) => connect(number)));
  console.log(`${clients.length} clients of ${ACCOUNTS} accounts are connected to ${url}`);

  for (let message = 0; message < MESSAGES; message++) {
    clients.forEach(send);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  const others = CLIENTS / ACCOUNTS - 1;
  const allReceived = async (count, description) => {
    const condition = () => clients.every((client) => client.received >= others * count);
    await waitFor(condition, description).catch((error) => failures.push(error.message));
  };
  await allReceived(MESSAGES, "not all clients received all messages");
  // A duplicate may arrive late. Each client sends one more message, and only after those is the count final.
  clients.forEach(send);
  await allReceived(MESSAGES + 1, "not all clients received the final messages");

  const expected = others * (MESSAGES + 1);
  for (const { name } of KINDS) {
    const group = clients.filter((client) => client.kind === name);
    const sum = (key) => group.reduce((total, client) => total + client[key], 0);
    const size = String(group.length).padStart(3);
    const sent = String(sum("sent")).padStart(5);
    const received = String(sum("received")).padStart(6);
    console.log(`${name.padEnd(10)} ${size} clients  sent ${sent}  received ${received} of ${group.length * expected}`);
  }
  for (const client of clients) {
    if (client.received !== expected) {
      failures.push(`client ${client.number} received ${client.received} messages, expected ${expected}`);
    }
    client.closing = true;
    client.socket.close();
  }
} catch (error) {
  failures.push(error.message);
}

failures.slice(0, 20).forEach((failure) => console.error(failure));
console.log(failures.length === 0 ? "every message came exactly once, in order" : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
