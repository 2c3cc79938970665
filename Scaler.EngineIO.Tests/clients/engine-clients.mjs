// Runs every version of the official client over every transport against a server that echoes messages, and closes a
// session at the text "close". Prints one JSON line per row: {"row": "6 polling text", "error": null}.
// Usage: node engine-clients.mjs <url> [<length of large messages>]
import { createRequire } from "node:module";

const url = new URL(process.argv[2]);
const large = Number(process.argv[3] ?? 1_000_000);
const require = createRequire(import.meta.url);
const versions = [1, 2, 3, 4, 5, 6];
const modes = { polling: ["polling"], websocket: ["websocket"], upgraded: ["polling", "websocket"] };
const rowTimeout = 30_000;

// The first and the last valid character of each Unicode plane, and the boundaries of the UTF-8 lengths.
const planes = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff];
for (let plane = 1; plane <= 16; plane++) {
  planes.push(plane * 0x10000, plane * 0x10000 + 0xfffd);
}

class Client {
  #messages = [];
  #events = [];
  #wake = () => {};

  constructor(version, mode, label) {
    this.version = version;
    const client = require(`engine.io-client-${version}`);
    const open = client.Socket ? (address, options) => new client.Socket(address, options) : client;
    this.socket = open(url.origin, {
      transports: modes[mode],
      path: url.pathname,
      query: { account: "acme", label },
      // The proxies of the tests have self-signed certificates.
      rejectUnauthorized: false,
    });
    this.socket.binaryType = "arraybuffer";
    this.socket.on("message", (data) => this.#push(this.#messages, data));
    for (const name of ["open", "upgrade", "close"]) {
      this.socket.on(name, (reason) => this.#push(this.#events, name === "close" ? `close: ${reason}` : name));
    }

    this.socket.on("error", (error) => this.#push(this.#events, `error: ${error.message} ${error.description ?? ""}`));
  }

  #push(queue, item) {
    queue.push(item);
    this.#wake();
  }

  async #next(queue, what) {
    const deadline = Date.now() + rowTimeout;
    while (queue.length === 0) {
      const end = this.#events.find((event) => event.startsWith("close") || event.startsWith("error"));
      if (end && queue !== this.#events) {
        throw new Error(`${end} while waiting for ${what}`);
      }

      if (Date.now() >= deadline) {
        throw new Error(`timed out waiting for ${what}`);
      }

      await new Promise((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }

    return queue.shift();
  }

  receive(what) {
    return this.#next(this.#messages, what);
  }

  async expect(event) {
    const actual = await this.#next(this.#events, event);
    if (actual !== event) {
      throw new Error(`expected ${event}, received ${actual}`);
    }
  }

  async echo(name, data) {
    this.socket.send(data);
    const answer = await this.receive(name);
    // Some clients deliver an empty text message as undefined.
    const same = typeof data === "string" ? (answer ?? "") === data : Buffer.from(answer).equals(Buffer.from(data));
    if (!same) {
      throw new Error(`${name}: sent ${String(data).slice(0, 80)}, received ${String(answer).slice(0, 80)}`);
    }
  }
}

function binary(length) {
  return Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff).buffer;
}

const rows = {
  async text(client) {
    await client.echo("text", "hello");
    await client.echo("empty text", "");
    await client.echo("every plane", String.fromCodePoint(...planes));
    // Omits U+001E, because protocol 4 uses it as the packet separator in polling payloads.
    await client.echo("line ends", "\n\r\\n\\\\n\u2028\u2029\u0000");
  },
  async binary(client) {
    await client.echo("binary", binary(5));
    // Versions 1 and 2 cannot encode an empty ArrayBuffer.
    if (client.version > 2) {
      await client.echo("empty binary", binary(0));
    }
  },
  async large(client) {
    await client.echo("large text", "x€".repeat(large / 4));
    await client.echo("large binary", binary(large));
  },
  async sequence(client) {
    for (let index = 0; index < 10_000; index++) {
      client.socket.send(`message ${index}`);
    }

    for (let index = 0; index < 10_000; index++) {
      const answer = await client.receive(`message ${index}`);
      if (answer !== `message ${index}`) {
        throw new Error(`message ${index}: received ${answer} instead`);
      }
    }
  },
};

function report(row, error) {
  console.log(JSON.stringify({ row, error: error ? String(error.message ?? error) : null }));
}

async function connect(version, mode, label) {
  const client = new Client(version, mode, label);
  await client.expect("open");
  if (mode === "upgraded") {
    await client.expect("upgrade");
  }

  const transport = client.socket.transport.name;
  if (transport !== (mode === "polling" ? "polling" : "websocket")) {
    throw new Error(`unexpected transport: ${transport}`);
  }

  return client;
}

async function run(version, mode) {
  const name = `${version} ${mode}`;
  const all = [...Object.keys(rows), "closed-by-client", "closed-by-server"];
  try {
    const client = await connect(version, mode, `${name} closed-by-client`);
    for (const row of Object.keys(rows)) {
      await rows[row](client).then(() => report(`${name} ${row}`), (error) => report(`${name} ${row}`, error));
      all.shift();
    }

    client.socket.close();
    await client.expect("close: forced close");
    report(`${name} ${all.shift()}`);
    const other = await connect(version, mode, `${name} closed-by-server`);
    other.socket.send("close");
    await other.expect("close: transport close");
    report(`${name} ${all.shift()}`);
  } catch (error) {
    for (const row of all) {
      report(`${name} ${row}`, error);
    }
  }
}

await Promise.all(versions.flatMap((version) => Object.keys(modes).map((mode) => run(version, mode))));
// A client of version 1 leaves its last request open.
process.exit(0);
