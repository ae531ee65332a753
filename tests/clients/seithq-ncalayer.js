// Drives the npm package @seithq/ncalayer, unchanged, against the agent at argv[2]. It knows only the legacy applet.
// With a third argument it goes on after getKeys: XML and a CMS are signed, and the XML verified.
// Prints one JSON object a line: {"call": name, "result": ...}.
'use strict';

const WebSocket = require('ws');
const { default: Client } = require('@seithq/ncalayer');

const store = ['PKCS12', 'key.p12'];
const key = [...store, 'alias', 'a password from the page'];
const socket = new WebSocket(process.argv[2]);
const client = new Client(socket);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** One call; prints and gives what came back. */
function call(method, ...args) {
  return new Promise((resolve) => {
    client[method](...args, (reply) => {
      const result = { ok: reply.isOk(), errorCode: reply.getErrorCode(), value: reply.getResult() };
      print({ call: method, result });
      resolve(result);
    });
  });
}

async function run() {
  print({ call: 'version', result: client.version });
  await call('getKeys', ...store, 'a password from the page', 'SIGN');
  if (process.argv[3] === 'sign') {
    const { value: xml } = await call('signXml', ...key, '<order number="1"/>');
    await call('createCMSSignature', ...key, Buffer.from('content').toString('base64'), true);
    await call('verifyXml', xml);
  }
  client.close();
}

// The greeting reaches the client's first callback by itself; the requests go out after it.
const greeted = setInterval(() => {
  if (client.version !== '1.4') return;
  clearInterval(greeted);
  run();
}, 10);
