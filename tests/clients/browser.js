// Runs inside a page that has loaded the npm packages ncalayer-js-client and @seithq/ncalayer, unchanged, and holds files in
// an <input>.
// arguments: the agent's port, and the function that takes the results by name.
const [port, done] = arguments;
const results = {};

async function run() {
  const client = new NCALayerClient(`wss://127.0.0.1:${port}`);
  results.connect = await client.connect();
  const [text, binary] = document.querySelector('#files').files;
  const stores = ['PKCS12'];
  const any = NCALayerClient.basicsSignerAny;
  const detached = NCALayerClient.basicsCMSParamsDetachedNoTSP;
  const attached = { ...detached, encapsulate: true };
  const blob = new Blob([await text.arrayBuffer()], { type: 'application/pdf' });

  results.multisignAvailable = client.multisignAvailable;
  results.blob = await client.basicsSignCMS(stores, blob, detached, any);
  results.file = await client.basicsSignCMS(stores, binary, detached, any);
  results.buffer = await client.basicsSignCMS(stores, await text.arrayBuffer(), attached, any);
  results.multisign = await client.basicsSignCMS(stores, [text, binary, blob], detached, any);
  const digest = await crypto.subtle.digest('SHA-512', await text.arrayBuffer());
  results.hash = await client.basicsSignCMS(stores, digest, { ...detached, digested: true }, any);
  results.xml = await client.basicsSignXML(stores, ['<a/>', '<b>құжат</b>'], NCALayerClient.basicsXMLParams, any);
  results.keyInfo = await client.getKeyInfo('PKCS12');
  const canvas = new OffscreenCanvas(120, 40);
  canvas.getContext('2d').fillRect(0, 0, 60, 40);
  await client.setLogoForBasicsSign(await canvas.convertToBlob({ type: 'image/png' }));
  results.logo = await client.basicsSignCMS(stores, blob, detached, any);
  await runLegacy();
}

async function runLegacy() {
  const client = new SeithqClient(new WebSocket(`wss://127.0.0.1:${port}`));
  while (client.version !== '1.4') await new Promise((resolve) => setTimeout(resolve, 10));
  const call = (method, ...args) =>
    new Promise((resolve) => {
      client[method](...args, (reply) => resolve([reply.getErrorCode(), reply.getResult()]));
    });
  const key = ['PKCS12', 'key.p12', 'alias', 'a password from the page'];
  const [code, xml] = await call('signXml', ...key, '<order number="1"/>');
  const [verified] = await call('verifyXml', xml);
  results.legacy = { code, xml, verified };
  client.close();
}

run().then(() => done(results), (error) => done({ ...results, error: String(error?.stack ?? error) }));
