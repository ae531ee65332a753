// Drives the HTTP interface for large documents by the npm package ncalayer-js-client, unchanged: the agent's socket is at
// argv[2], its port for large documents is argv[3]. Prints lines as ncalayer-js-client.js does.
//
// Node's fetch keeps no cookies and sends no Origin, as a browser does by itself: both are added around it.
'use strict';

const { NCALayerClient } = require('ncalayer-js-client');

const [, , url, port] = process.argv;
const origin = 'https://sigex.example';
const jar = new Map();
const plainFetch = globalThis.fetch;

globalThis.fetch = async (address, options = {}) => {
  const { pathname } = new URL(address);
  const headers = new Headers(options.headers);
  headers.set('Origin', origin);
  if (options.credentials === 'include' && jar.has(pathname)) headers.set('Cookie', jar.get(pathname));
  const response = await plainFetch(address, { ...options, headers });
  const allowed = response.headers.get('access-control-allow-origin');
  if (allowed !== origin) throw new TypeError(`not readable for ${origin}, but for ${allowed}`);
  if (options.credentials === 'include' && response.headers.get('access-control-allow-credentials') !== 'true') {
    throw new TypeError('not readable with credentials');
  }
  const cookie = response.headers.get('set-cookie');
  if (cookie) jar.set(/Path=([^;]+)/.exec(cookie)[1], cookie.split(';')[0]);
  return response;
};

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
// In Node the client's `btoa` gives back what it gets: bytes as characters.
const base64 = (text) => (typeof text !== 'string' || /^[A-Za-z0-9+/=]*$/.test(text) ? text : Buffer.from(text, 'latin1').toString('base64'));
const content = Buffer.from('Қол қойылатын құжат '.repeat(5000));
const { buffer } = new Uint8Array(content);

(async () => {
  const client = new NCALayerClient(url);
  client.kmdHttpApiUrl = `https://127.0.0.1:${port}/`;
  print({ call: 'connect', result: await client.connect() });
  print({ call: 'content', result: content.toString('base64') });
  // The client looks for the interface without being waited for.
  while (!client.isKmdHttpApiAvailable) await new Promise((resolve) => { setTimeout(resolve, 20); });
  const sign = (data, params) => client.basicsSignCMS(null, data, params, NCALayerClient.basicsSignerAny);
  const detached = NCALayerClient.basicsCMSParamsDetachedNoTSP;
  const attached = NCALayerClient.basicsCMSParamsAttached;
  const next = async (data) => {
    await client.startKmdMultisign(1, typeof data === 'string', false);
    return client.kmdMultisignNext(data);
  };
  const calls = {
    available: () => client.kmdMultisignAvailable(),
    bytes: () => sign(buffer, detached),
    text: () => sign(content.toString('base64'), detached),
    many: () => sign([new Blob([content]), new Blob([content], { type: 'application/pdf' })], detached),
    attached: () => sign(buffer, attached),
    multisign: () => next(buffer),
  };
  for (const [call, run] of Object.entries(calls)) {
    try {
      const result = await run();
      print({ call, result: Array.isArray(result) ? result.map(base64) : base64(result) });
    } catch (error) {
      print({ call, error: error.message, canceledByUser: error.canceledByUser });
    }
  }
  client.wsConnection.close();
})().catch((error) => {
  print({ call: 'connect', error: error.message });
  process.exitCode = 1;
});
