// Runs inside a page that has loaded the npm package ncalayer-js-client, unchanged, and holds a file in an <input>.
// arguments: the agent's port, its port for large documents, and the function that takes the results by name.
const [port, largePort, done] = arguments;
const results = {};
const root = `https://127.0.0.1:${largePort}/`;

const base64 = async (blob) => {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};

// What the page is told of a request: its status, or that the browser let it read nothing.
const status = (path, options) => fetch(root + path, { mode: 'cors', ...options }).then((it) => it.status, () => 'unreadable');

async function run() {
  const [file] = document.querySelector('#files').files;
  const start = JSON.stringify({ numberOfDocuments: 2, base64: false, encapsulateContent: false });
  const begin = await fetch(root, { method: 'POST', mode: 'cors', credentials: 'include', body: start });
  results.begin = begin.status;
  const id = await begin.text();
  // A media type of its own: the browser asks first whether it may.
  const pdf = new Blob([file], { type: 'application/pdf' });
  results.withoutCookie = await status(id, { method: 'POST', body: pdf });
  results.headerOfItsOwn = await status('', { headers: { 'X-Of-Its-Own': '1' } });
  const signed = await fetch(root + id, { method: 'POST', mode: 'cors', credentials: 'include', body: pdf });
  results.signed = signed.status;
  results.blob = await base64(await signed.blob());
  results.cookies = document.cookie;
  results.given = await status(id, { method: 'DELETE', credentials: 'include' });
  results.over = await status(id, { method: 'POST', credentials: 'include', body: pdf });

  const client = new NCALayerClient(`wss://127.0.0.1:${port}`);
  client.kmdHttpApiUrl = root;
  results.connect = await client.connect();
  // The client looks for the interface without being waited for.
  while (!client.isKmdHttpApiAvailable) await new Promise((resolve) => { setTimeout(resolve, 20); });
  const detached = NCALayerClient.basicsCMSParamsDetachedNoTSP;
  const any = NCALayerClient.basicsSignerAny;
  results.client = await client.basicsSignCMS(['PKCS12'], file, detached, any);
  results.several = await client.basicsSignCMS(['PKCS12'], [pdf, file], detached, any);
}

run().then(() => done(results), (error) => done({ ...results, error: String(error?.stack ?? error) }));
