// Drives the npm package @seithq/ncalayer, unchanged, against the agent at argv[2]. It knows only the legacy applet.
// Prints one JSON object a line: {"call": name, "result": ...}.
'use strict';

const WebSocket = require('ws');
const { default: Client } = require('@seithq/ncalayer');

const socket = new WebSocket(process.argv[2]);
const client = new Client(socket);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// The greeting reaches the client's first callback by itself; the request goes out after it.
const greeted = setInterval(() => {
  if (client.version !== '1.4') return;
  clearInterval(greeted);
  print({ call: 'version', result: client.version });
  client.getKeys('PKCS12', 'key.p12', 'a password from the page', 'SIGN', (reply) => {
    print({ call: 'getKeys', result: { ok: reply.isOk(), errorCode: reply.getErrorCode() } });
    client.close();
  });
}, 10);
