import type { DocumentView } from '../src/messages/DocumentView'
import type { KeyPlace } from '../src/messages/KeyPlace'
import type { KeyProblem } from '../src/messages/KeyProblem'
import type { KeyView } from '../src/messages/KeyView'
import type { Language } from '../src/messages/Language'
import type { NoticeView } from '../src/messages/NoticeView'
import type { RequestView } from '../src/messages/RequestView'
import type { SettingsView } from '../src/messages/SettingsView'
import type { ToWindow } from '../src/messages/ToWindow'
import type { ReadersView } from '../src/messages/ReadersView'
import { pdf } from './pdf'

const person = { name: 'ТЕСТОВ ТЕСТ ТЕСТОВИЧ', iin: '123456789011', bin: null, organisation: null, role: null }
const MAY_2027 = Date.UTC(2027, 4, 8, 12) / 1000
const JULY_2026 = Date.UTC(2026, 6, 27, 12) / 1000

/** Nothing is the matter with readers. */
export const readers: ReadersView = { service: { kind: 'running' }, readers: 0, mute: false, unknownCard: false, troubles: [] }

/** A key file's place. */
export function file(fileName: string, folder: string): KeyPlace {
  return { kind: 'file', fileName, folder }
}

/** A usable key of a person. */
export const personKey: KeyView = {
  id: 'person',
  place: file('GOST512_d6d1e5f0a1b2c3d4.p12', 'Загрузки'),
  owner: person,
  purpose: 'both',
  notBefore: MAY_2027 - 365 * 86400,
  notAfter: MAY_2027,
  state: { kind: 'usable' },
  cautions: [],
  status: { kind: 'notChecked' },
  usedHere: true,
}

/** A usable key of an organisation. */
export const headKey: KeyView = {
  ...personKey,
  id: 'head',
  place: file('GOST512_0a3f21.p12', 'ECP'),
  owner: { ...person, bin: '123456789021', organisation: 'АО "ТЕСТ"', role: 'head' },
  usedHere: false,
}

/** A key that was never opened on this computer. */
export const unknownKey: KeyView = {
  id: 'unknown',
  place: file('AUTH_RSA256_5f1c.p12', 'FLASH'),
  owner: null,
  purpose: null,
  notBefore: null,
  notAfter: null,
  state: { kind: 'unknown' },
  cautions: [],
  status: { kind: 'notChecked' },
  usedHere: false,
}

/** A key that cannot be used. */
export function unusableKey(problem: KeyProblem, id = 'unusable'): KeyView {
  return {
    ...personKey,
    id,
    place: file('RSA256_842636.p12', 'Документы'),
    purpose: 'signing',
    notAfter: JULY_2026,
    state: { kind: 'unusable', problem },
    usedHere: false,
  }
}

/** A key whose certificate has ended. */
export const expiredKey = unusableKey({ kind: 'expired', at: JULY_2026 }, 'expired')

const revokedKey: KeyView = {
  ...personKey,
  state: { kind: 'unusable', problem: { kind: 'revoked', at: JULY_2026, reason: 'keyCompromise' } },
  status: { kind: 'revoked', at: JULY_2026, reason: 'keyCompromise' },
}

/** A key that commonUtils takes after a second yes. */
export const cautiousKey: KeyView = {
  ...personKey,
  id: 'cautious',
  notAfter: JULY_2026,
  cautions: [{ kind: 'expired', at: JULY_2026 }, { kind: 'unknownIssuer' }],
  status: { kind: 'unknown', why: 'noIssuer' },
  usedHere: false,
}

const longKey: KeyView = {
  ...headKey,
  id: 'long',
  place: file(
    'GOST512_d6d1e5f0a1b2c3d4e5f60718293a4b5c6d7e8f9001122334455667788.p12',
    'Ключи бухгалтерии и отдела кадров за прошлые годы',
  ),
  owner: {
    name: 'ТЕСТОВ-ТЕСТОВСКИЙ ТЕСТ-АЛИ ТЕСТОВИЧ',
    iin: '123456789011',
    bin: '123456789021',
    organisation:
      'Республиканское государственное предприятие на праве хозяйственного ведения "ТЕСТ" Комитета тестирования Министерства проверок',
    role: 'financialSigningRight',
  },
}

/** One document. */
export function document(name: DocumentView['name'], size: number, beginning = ''): DocumentView {
  return { name, fileName: null, signatures: 0, size, beginning, digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }
}

/** A picture that a page sent. */
const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAAHgAAAAoEAIAAADqGHUxAAABiklEQVR42u3csUpDMRTG8VZ0cHRzd3fwRQRxcCi4CUXBSQTBSXBxEgTBrZuDCH2RDu4+g6ODi8NZAiXlJvckOTn8f0OnchMuX3O/Nvd2Otmf384uJ4ALW60nAGgi0HCFQMMVAg1XCDRcIdBwhUDDle06wxzvHT4cPX28Xjxen8Teczp/u3v+XP583a9uWp8W9GpaYmNlSHyH2Dm7+j0/aHl60BvlyqEVZfH3/rK7+JZXOXKbk4R+qK3QErvS02XNxmYKK3SdKNcfCz3KDLQUgFY1gPqBmFErtFZXzhuXWGNdZoe2c+mnVSPExgpcSQ60tQu9tfmgreTKYadshCgeEFQOuEKg4QqBhivdB1ru0Ws9C1iRHGgCBMuSA839yrCs+8rBBwyhzEBbKB4W5gBrMgMt62KrSPGwFmJGVY5WkSLKiFHo0DW3ndnixmZqXwolaiVKiByTKGMI5V85dLs1XRmpivyNQWj99s7Ycy7EF+MVDzRQU/cbK0CIQMMVAg1XCDRcIdBwhUDDlX982az1Yl/ftQAAAABJRU5ErkJggg=='

/** A log-in, the commonest request. */
export const logIn: RequestView = {
  request: 1,
  verb: 'logIn',
  site: { caller: 'site', host: 'idp.egov.kz', ownerPart: 'egov.kz', origin: 'https://idp.egov.kz', firstVisit: false },
  documents: [document({ kind: 'logInRequest' }, 128)],
  file: null,
  logo: null,
  form: 'xml',
  timeStamp: false,
  warnings: [],
  testCertificates: false,
  keys: [personKey, headKey, expiredKey],
  selected: 'person',
  searching: false,
  tokensOnly: false,
  readers,
  language: 'ru',
}

/** Many documents to sign. */
export function batch(count: number): RequestView {
  const kinds: DocumentView['name'][] = [
    { kind: 'xml', root: 'declaration' },
    { kind: 'pdf' },
    { kind: 'text' },
    { kind: 'file', format: 'PNG' },
  ]
  return {
    ...logIn,
    request: 2,
    verb: 'sign',
    site: { ...logIn.site, host: 'cabinet.salyk.kz', ownerPart: 'salyk.kz', origin: 'https://cabinet.salyk.kz:8443' },
    documents: Array.from({ length: count }, (_, at) =>
      document(kinds[at % 4] ?? { kind: 'bytes' }, 870 * (at + 1) ** 2, at % 4 === 2 ? 'Прошу выдать справку о доходах' : ''),
    ),
    form: 'cmsAttached',
  }
}

const settings: SettingsView = {
  language: 'ru',
  keyFolders: ['/home/test/Ключи', '/media/test/FLASH/ЭЦП организации'],
  usualFolders: true,
  tokenModules: ['/opt/test/libtest-pkcs11.so'],
  usualTokenModules: true,
  rememberKeys: true,
  network: { way: 'system', proxy: '', proxyUser: '', hasProxyPassword: false },
  trustTestCa: false,
  testCertificates: false,
  requireCertainStatus: false,
  streaming: false,
  modules: {
    commonUtils: true,
    basics: true,
    accessory: true,
    nurSign: true,
    esfSigner: true,
    knp: true,
    cmsSignUtil: true,
    uchet: true,
    applet: false,
  },
}

const notice: NoticeView = {
  site: { caller: 'site', host: 'v3bl.goszakup.gov.kz', ownerPart: 'goszakup.gov.kz', origin: 'https://v3bl.goszakup.gov.kz', firstVisit: false },
  module: 'kz.ecc.K2SignBundle',
  switchedOff: false,
  language: 'ru',
}

const xml = '<login>\n  <timeTicket>1795290000000</timeTicket>\n  <sessionid>a1b2c3</sessionid>\n</login>'

/** What the agent says to bring each state of the window about. */
export const states: Record<string, ToWindow[]> = {
  logIn: [{ type: 'request', ...logIn }],
  firstVisit: [
    {
      type: 'request',
      ...logIn,
      site: { ...logIn.site, host: 'localhost', ownerPart: 'localhost', origin: 'https://localhost:8443', firstVisit: true },
      keys: [unknownKey, { ...unknownKey, id: 'u2', place: file('GOST512_77ab.p12', 'keystore-fixtures') }],
      selected: null,
    },
  ],
  sign: [
    {
      type: 'request',
      ...batch(1),
      documents: [document({ kind: 'pdf' }, 482_133)],
      form: 'cmsDetached',
      keys: [headKey, personKey, unusableKey({ kind: 'logInOnly' })],
      selected: null,
    },
  ],
  batch: [{ type: 'request', ...batch(12) }],
  thousands: [{ type: 'request', ...batch(3000) }],
  long: [
    {
      type: 'request',
      ...logIn,
      site: {
        ...logIn.site,
        host: 'very-long-subdomain-of-a-state-portal.services.cabinet.example-ministry.gov.kz',
        ownerPart: 'example-ministry.gov.kz',
        origin: 'https://very-long-subdomain-of-a-state-portal.services.cabinet.example-ministry.gov.kz:13443',
        firstVisit: true,
      },
      keys: [longKey, unusableKey({ kind: 'missingRight' })],
      selected: 'long',
    },
  ],
  show: [{ type: 'request', ...logIn, verb: 'showCertificate', documents: [], form: null }],
  unprotected: [
    {
      type: 'request',
      ...batch(1),
      site: { caller: 'unprotectedSite', host: 'portal.test.kz', ownerPart: 'test.kz', origin: 'http://portal.test.kz', firstVisit: false },
      documents: [document({ kind: 'digest' }, 32)],
      form: 'cmsDetached',
      warnings: ['digestOnly', 'anyIssuer', 'expiredAllowed', 'revokedAllowed'],
    },
  ],
  withoutAddress: [
    { type: 'request', ...logIn, site: { caller: 'pageWithoutAddress', host: '', ownerPart: '', origin: 'null', firstVisit: true } },
  ],
  program: [{ type: 'request', ...logIn, site: { caller: 'program', host: '', ownerPart: '', origin: '', firstVisit: false } }],
  noKeys: [{ type: 'request', ...logIn, keys: [], selected: null }],
  searching: [{ type: 'request', ...logIn, keys: [], selected: null, searching: true }],
  noneFits: [
    {
      type: 'request',
      ...logIn,
      keys: [
        expiredKey,
        unusableKey({ kind: 'signingOnly' }, 'a'),
        { ...unknownKey, state: { kind: 'unusable', problem: { kind: 'noCertificate' } } },
      ],
      selected: null,
    },
  ],
  wrongPassword: [
    { type: 'request', ...logIn },
    { type: 'refused', request: 1, key: 'person', problem: { kind: 'wrongPassword' } },
  ],
  tooManyTries: [
    { type: 'request', ...logIn },
    { type: 'refused', request: 1, key: 'person', problem: { kind: 'tooManyTries', waitSeconds: 30 } },
  ],
  signing: [
    { type: 'request', ...batch(12) },
    { type: 'progress', request: 2, step: 'signing', done: 2, total: 12 },
  ],
  withdrawn: [
    { type: 'request', ...logIn },
    { type: 'withdrawn', request: 1 },
  ],
  failed: [
    { type: 'request', ...logIn },
    { type: 'failed', request: 1, document: null },
  ],
  failedDocument: [
    { type: 'request', ...batch(12) },
    { type: 'failed', request: 2, document: 6 },
  ],
  logo: [{ type: 'request', ...logIn, logo: LOGO }],
  tenThousand: [{ type: 'request', ...batch(10_000) }],
  hostile: [
    {
      type: 'request',
      ...logIn,
      keys: [
        {
          ...headKey,
          owner: { ...person, name: 'ТЕСТОВ \u202eВОТСЕТ', organisation: '<img src=x onerror=alert(1)> \u200bАО', bin: null, role: null },
        },
      ],
      selected: 'head',
    },
  ],
  checking: [{ type: 'request', ...logIn, keys: [{ ...personKey, status: { kind: 'checking' } }, headKey, expiredKey] }],
  good: [
    {
      type: 'request',
      ...logIn,
      keys: [{ ...personKey, status: { kind: 'good' } }, { ...headKey, status: { kind: 'checking' } }, expiredKey],
    },
  ],
  statusUnknown: [
    { type: 'request', ...logIn },
    { type: 'key', request: 1, key: { ...personKey, status: { kind: 'unknown', why: 'noAnswer' } } },
  ],
  revoked: [
    { type: 'request', ...logIn, keys: [{ ...personKey, status: { kind: 'checking' } }, headKey] },
    { type: 'key', request: 1, key: revokedKey },
  ],
  revokedAllowed: [
    {
      type: 'request',
      ...batch(1),
      keys: [{ ...personKey, status: { kind: 'revoked', at: JULY_2026, reason: 'superseded' } }],
      warnings: ['revokedAllowed'],
    },
  ],
  cautious: [{ type: 'request', ...batch(1), keys: [cautiousKey, unusableKey({ kind: 'unknownIssuer' })], selected: 'cautious' }],
  useAnyway: [
    { type: 'request', ...batch(1), keys: [cautiousKey], selected: 'cautious' },
    { type: 'question', request: 2, question: { kind: 'useAnyway', cautions: [{ kind: 'expired', at: JULY_2026 }] } },
  ],
  useAnywayBoth: [
    { type: 'request', ...batch(1), keys: [cautiousKey], selected: 'cautious' },
    { type: 'question', request: 2, question: { kind: 'useAnyway', cautions: cautiousKey.cautions } },
  ],
  certaintyWanted: [
    { type: 'request', ...batch(1) },
    { type: 'question', request: 2, question: { kind: 'statusUnknown', why: 'noAnswer' } },
  ],
  timeStamp: [{ type: 'request', ...batch(1), timeStamp: true }],
  stamping: [
    { type: 'request', ...batch(12), timeStamp: true },
    { type: 'progress', request: 2, step: 'stamping', done: 4, total: 12 },
  ],
  noTimeStamp: [
    { type: 'request', ...batch(1), timeStamp: true },
    { type: 'question', request: 2, question: { kind: 'noTimeStamp', why: 'noAnswer' } },
  ],
  addTimeStamp: [
    { type: 'request', ...batch(1), verb: 'addTimeStamp', documents: [document({ kind: 'cms' }, 3120)], form: null, keys: [], selected: null, timeStamp: true },
  ],
  readFile: [
    {
      type: 'request',
      ...logIn,
      verb: 'readFile',
      documents: [],
      form: null,
      file: { path: '/home/test/Құжаттар/Шарттар 2026/Договор поставки № 17 от 22.11.2026 (подписать).pdf', kind: 'any' },
      keys: [],
      selected: null,
    },
  ],
  chooseFile: [
    { type: 'request', ...logIn, verb: 'chooseFile', documents: [], form: null, file: { path: '', kind: 'any' }, keys: [], selected: null },
  ],
  chooseFolder: [
    { type: 'request', ...logIn, verb: 'chooseFile', documents: [], form: null, file: { path: '', kind: 'folder' }, keys: [], selected: null },
  ],
  signFile: [
    {
      type: 'request',
      ...batch(1),
      documents: [{ ...document({ kind: 'pdf' }, 482_133), fileName: 'Договор № 17.pdf', signatures: 2 }],
    },
  ],
  testCertificates: [{ type: 'request', ...logIn, testCertificates: true }],
  notice: [{ type: 'notice', ...notice }],
  noticeSwitchedOff: [{ type: 'notice', ...notice, module: 'NURSign', switchedOff: true }],
  noticeNameless: [
    { type: 'notice', ...notice, site: { caller: 'program', host: '', ownerPart: '', origin: '', firstVisit: true }, module: '' },
  ],
  settings: [{ type: 'settings', ...settings }],
  settingsProxy: [
    {
      type: 'settings',
      ...settings,
      network: { way: 'proxy', proxy: 'http://proxy.example:3128', proxyUser: 'test', hasProxyPassword: true },
      trustTestCa: true,
      testCertificates: true,
    },
  ],
}

/** Previews of the first document, by kind. */
export const previews: Record<string, ToWindow & { type: 'preview' }> = {
  previewXml: {
    type: 'preview',
    request: 1,
    document: 0,
    preview: { kind: 'xml', pretty: xml, raw: xml.replace(/\n */g, ''), truncated: false },
  },
  previewText: {
    type: 'preview',
    request: 1,
    document: 0,
    preview: { kind: 'text', text: 'Сумма: 100\u202e000 1\u202c тенге\r\nПодпись\u200b: нет\n', truncated: true },
  },
  previewPdf: {
    type: 'preview',
    request: 1,
    document: 0,
    preview: { kind: 'pdf', base64: btoa(pdf([['Agreement No. 17', 'between two parties'], ['Signatures']])) },
  },
  previewOpaque: { type: 'preview', request: 1, document: 0, preview: { kind: 'opaque' } },
}

/** The same messages in another language. */
export function speaking(messages: ToWindow[], language: Language): ToWindow[] {
  return messages.map((message) =>
    'language' in message ? { ...message, language } : message,
  )
}
