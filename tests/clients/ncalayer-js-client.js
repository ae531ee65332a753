// Drives the npm package ncalayer-js-client, unchanged, against the agent at argv[2].
// argv[3] is what the person in front of the window does: `sign`, `cancel` or `token`: signs with a token that NCALayer has no
// name for, so that only requests which take any store reach it.
// Prints one JSON object a line: {"call": name, "result": ...} or {"call": name, "error": text, "canceledByUser": ...}.
'use strict';

const crypto = require('crypto');
const { NCALayerClient } = require('ncalayer-js-client');

const [, , url, person, algorithm] = process.argv;
const text = 'Қол қойылатын мәтін — подписываемый текст';
const base64 = Buffer.from(text).toString('base64');
// The digest length must fit the key: 32 bytes for RSA, 64 for GOST 2015-512.
const digest = crypto.createHash(algorithm === 'rsa' ? 'sha256' : 'sha512').update(text).digest('base64');
const xml = '<login><timeTicket>1763751600000</timeTicket><sessionid>7f1c2d</sessionid></login>';

const client = new NCALayerClient(url);
const any = NCALayerClient.basicsSignerAny;
const stores = person === 'token' ? NCALayerClient.basicsStorageAll : NCALayerClient.basicsStoragePKCS12;

const calls = {
  getActiveTokens: () => client.getActiveTokens(),
  getKeyInfo: () => client.getKeyInfo('PKCS12'),
  attached: () => client.createCAdESFromBase64('PKCS12', base64, 'SIGNATURE', true),
  detached: () => client.createCAdESFromBase64('PKCS12', base64, 'SIGNATURE', false),
  hash: () => client.createCAdESFromBase64Hash('PKCS12', digest, 'SIGNATURE'),
  signXml: () => client.signXml('PKCS12', xml, 'SIGNATURE'),
  signXmls: () => client.signXmls('PKCS12', [xml, '<second/>'], 'SIGNATURE'),
  basicsSignCMS: () => client.basicsSignCMS(stores, base64, NCALayerClient.basicsCMSParamsDetachedNoTSP, any),
  basicsSignCMSArray: () => client.basicsSignCMS(stores, [base64, base64], NCALayerClient.basicsCMSParamsDetachedNoTSP, any),
  basicsSignXML: () => client.basicsSignXML(stores, xml, NCALayerClient.basicsXMLParams, any),
  changeLocale: () => client.changeLocale('kk'),
};

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

(async () => {
  print({ call: 'connect', result: await client.connect() });
  print({ call: 'content', result: base64, digest });
  const some = {
    cancel: ['getKeyInfo', 'signXml', 'basicsSignCMS', 'basicsSignXML'],
    token: ['getActiveTokens', 'basicsSignCMS', 'basicsSignCMSArray', 'basicsSignXML'],
  };
  for (const call of some[person] ?? Object.keys(calls)) {
    try {
      print({ call, result: await calls[call]() });
    } catch (error) {
      print({ call, error: error.message, canceledByUser: error.canceledByUser });
    }
  }
  client.wsConnection.close();
})().catch((error) => {
  print({ call: 'connect', error: error.message });
  process.exitCode = 1;
});
