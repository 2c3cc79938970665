// Sends three orders to the sample application samples/Trimmed and prints the answer. Two orders are not valid, so the server
// raises error events for them and answers only the third.
//
//   node order.mjs http://localhost:5000/stream/ websocket

import { Socket } from "engine.io-client";

const url = new URL(process.argv[2] ?? "http://localhost:5000/stream/");
const socket = new Socket(url.origin, {
  path: url.pathname,
  query: { account: "acme" },
  transports: [process.argv[3] ?? "websocket"],
});

const order = (argument) => socket.send(JSON.stringify({ event: "order", args: [argument] }));

socket.on("open", () => {
  order({ id: "a-1", amount: "many" });
  order({ id: "a-2", amount: 0 });
  order({ id: "a-3", amount: 2 });
});
socket.on("message", (message) => {
  console.log(message);
  socket.close();
});
socket.on("close", (reason, detail) => {
  if (reason !== "forced close") {
    console.error(`closed: ${reason} ${detail?.message ?? detail ?? ""}`);
    process.exitCode = 1;
  }
});
