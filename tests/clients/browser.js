// Runs inside a page that has loaded the npm package ncalayer-js-client, unchanged, and holds files in an <input>.
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
}

run().then(() => done(results), (error) => done({ ...results, error: String(error?.stack ?? error) }));
