// A tour of a running cluster: clients of several accounts, on every transport, talk to each other through one endpoint.
//
//   node tour.mjs http://localhost:8080/stream/
//
// Each client sends its messages to the other connections of its account. The tour ends with 0 only if every message came
// to each of them exactly once, in the order of its sender, and nothing came to anybody else.

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

// Accounts of this run only, so that two tours of one cluster do not hear each other.
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
    if (!client.closing) failures.push(`client ${number} (${kind.name}) was closed: ${reason} ${detail?.message ?? detail ?? ""}`);
  });
  const opened = new Promise((resolve, reject) => {
    socket.once("error", (error) => reject(new Error(`client ${number} (${kind.name}): ${error.message} ${error.description?.message ?? error.context?.responseText ?? ""}`)));
    // An upgraded client begins to send while it is still being upgraded for some, and after for others.
    if (kind.name === "upgraded" && number % 2 === 0) socket.once("upgrade", resolve);
    else socket.once("open", resolve);
  });
  return opened.then(() => client);
}

function receive(client, data) {
  const { event, args } = JSON.parse(data);
  const [account, sender, sequence] = args[0].split(" ");
  client.received++;
  if (event !== "chat" || account !== client.account) failures.push(`client ${client.number} received what is not its own: ${data}`);
  const expected = (client.last.get(sender) ?? 0) + 1;
  if (Number(sequence) !== expected) failures.push(`client ${client.number} received ${sequence} of ${sender}, expected ${expected}`);
  client.last.set(sender, Number(sequence));
}

function send(client) {
  client.sent++;
  client.socket.send(JSON.stringify({ event: "chat", args: [`${client.account} ${client.number} ${client.sent}`] }));
}

async function until(condition, what) {
  const end = Date.now() + DEADLINE;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not in ${DEADLINE / 1000} s: ${what}`);
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
  await until(() => clients.every((client) => client.received >= others * MESSAGES), "every message at every receiver").catch((error) => failures.push(error.message));
  // What comes twice may come late: a message more from everybody, and only then the count is final.
  clients.forEach(send);
  await until(() => clients.every((client) => client.received >= others * (MESSAGES + 1)), "the last messages").catch((error) => failures.push(error.message));

  for (const { name } of KINDS) {
    const of = clients.filter((client) => client.kind === name);
    const sum = (key) => of.reduce((total, client) => total + client[key], 0);
    console.log(`${name.padEnd(10)} ${String(of.length).padStart(3)} clients  sent ${String(sum("sent")).padStart(5)}  received ${String(sum("received")).padStart(6)} of ${of.length * others * (MESSAGES + 1)}`);
  }
  for (const client of clients) {
    if (client.received !== others * (MESSAGES + 1)) failures.push(`client ${client.number} received ${client.received} messages, expected ${others * (MESSAGES + 1)}`);
    client.closing = true;
    client.socket.close();
  }
} catch (error) {
  failures.push(error.message);
}

failures.slice(0, 20).forEach((failure) => console.error(failure));
console.log(failures.length === 0 ? "every message came exactly once, in order" : `${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
