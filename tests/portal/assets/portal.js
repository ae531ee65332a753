// What the pages do: ask the portal what to sign, let the agent sign it, hand the signature back.

import { Agent, AgentError, localAccess } from './agent.js';

const settings = JSON.parse(document.getElementById('settings').textContent);
const texts = JSON.parse(document.getElementById('texts').textContent);
const csrf = document.querySelector('meta[name=csrf]').content;
const agent = new Agent(settings.agent);

const EMAIL_PROTECTION = '1.3.6.1.5.5.7.3.4';
// Keys of today have no clientAuth, so the portal asks for any usage and checks it when the signature comes.
const anyKey = { extKeyUsageOids: [], iin: '', bin: '', serialNumber: '', chain: settings.chain };
const ownKey = { ...anyKey, extKeyUsageOids: [EMAIL_PROTECTION], iin: settings.iin, bin: settings.bin };

const text = (key) => texts[key] ?? key;
const byId = (id) => document.getElementById(id);

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function post(path, body = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Refused('js.portal-silent');
  }
  const reply = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(`refusal.${reply.error ?? 'bad-request'}`);
  return reply;
}

// ---------------------------------------------------------------- the panel that says what is going on

const panel = byId('status');

function say(state, key, detail = '') {
  if (!panel) return;
  panel.hidden = false;
  panel.dataset.state = state;
  panel.querySelector('.status-text').textContent = text(key);
  panel.querySelector('.status-detail').textContent = detail;
  panel.querySelector('.status-cancel').hidden = state !== 'waiting';
  panel.querySelector('.status-help').hidden = key !== 'js.agent-absent' && key !== 'js.local-access-denied';
  if (state === 'failed') panel.querySelector('.status-text').focus();
}

async function sayFailure(error) {
  if (error instanceof Refused) return say('failed', error.code);
  if (!(error instanceof AgentError)) {
    console.error(error);
    return say('failed', 'js.unexpected');
  }
  if (error.code === 'agent-absent' && (await localAccess()) === 'denied') {
    return say('failed', 'js.local-access-denied');
  }
  return say(error.code === 'cancelled' ? 'idle' : 'failed', `js.${error.code}`, error.detail);
}

let busy = false;

/** Runs one conversation at a time; the buttons rest meanwhile. */
async function converse(work) {
  if (busy) return;
  busy = true;
  const buttons = [...document.querySelectorAll('[data-action]')];
  buttons.forEach((button) => button.setAttribute('aria-disabled', 'true'));
  try {
    await work();
  } catch (error) {
    await sayFailure(error);
  } finally {
    busy = false;
    buttons.forEach((button) => button.removeAttribute('aria-disabled'));
  }
}

/** Lets the agent sign; `sign` gets what to sign and calls one of the agent's methods. */
async function signed(challenge, sign) {
  const mustAllow = (await localAccess()) === 'prompt';
  say('connecting', mustAllow ? 'js.local-access-prompt' : 'js.connecting');
  await agent.changeLocale(settings.language);
  say('waiting', 'js.waiting');
  const signature = await sign(challenge.data);
  say('checking', 'js.checking');
  return { id: challenge.id, signature };
}

function go(reply) {
  say('done', 'js.done');
  window.location.assign(reply.next);
}

// ---------------------------------------------------------------- log-in

async function logIn(form) {
  const challenge = await post('/api/challenge', { purpose: 'login', form });
  const proof = await signed(challenge, (data) =>
    form === 'xml'
      ? agent.signXml('AUTHENTICATION', data)
      : agent.sign('cms', data, anyKey, settings.language),
  );
  go(await post('/api/login', proof));
}

// ---------------------------------------------------------------- registration

function chosenKind() {
  return document.querySelector('input[name=kind]:checked')?.value ?? 'individual';
}

/** Shows the words at a field that has to be filled first. */
function need(field, key) {
  const hint = byId(`${field.id}-error`);
  const wrong = field.type === 'checkbox' ? !field.checked : !field.checkValidity();
  field.setAttribute('aria-invalid', String(wrong));
  hint.textContent = wrong ? text(key) : '';
  hint.hidden = !wrong;
  return wrong;
}

async function chooseCertificate() {
  const wrong = [
    [byId('email'), 'refusal.bad-email'],
    [byId('agreement'), 'refusal.agreement-needed'],
  ].filter(([field, key]) => need(field, key));
  if (wrong.length > 0) {
    wrong[0][0].focus();
    return;
  }
  showPreview(null);
  const kind = chosenKind();
  const challenge = await post('/api/challenge', { purpose: 'registration', form: 'xml' });
  const proof = await signed(challenge, (data) => agent.signXml('AUTHENTICATION', data));
  const { person, validity } = await post('/api/registration/certificate', { kind, ...proof });
  panel.hidden = true;
  showPreview(person, validity);
}

function showPreview(person, validity = []) {
  const preview = byId('preview');
  preview.hidden = person === null;
  byId('choose-certificate').classList.toggle('secondary', person !== null);
  if (person === null) return;
  const fields = {
    name: person.name,
    iin: person.iin,
    organisation: person.organisation ?? '',
    bin: person.bin ?? '',
    validity: validity.join(' – '),
    issuer: person.issuer,
  };
  for (const [name, value] of Object.entries(fields)) {
    const cell = preview.querySelector(`[data-field=${name}]`);
    cell.textContent = value;
    cell.closest('div').hidden = value === '';
  }
  preview.querySelector('h2').focus();
}

async function register() {
  say('checking', 'js.registering');
  go(await post('/api/registration', { email: byId('email').value, agreement: byId('agreement').checked }));
}

// ---------------------------------------------------------------- the cabinet

async function signDocument(form) {
  const field = byId('document-text');
  if (field.value.trim() === '') {
    say('failed', 'refusal.bad-document');
    field.focus();
    return;
  }
  const challenge = await post('/api/documents', { form, text: field.value });
  const proof = await signed(challenge, (data) =>
    form === 'cms'
      ? agent.signDetached('SIGNATURE', data)
      : agent.sign('xml', data, ownKey, settings.language),
  );
  const reply = await post('/api/documents/signature', proof);
  say('done', 'js.document-taken', `№ ${reply.number}`);
  window.location.assign(reply.next);
  window.location.reload();
}

const actions = {
  'login-xml': () => logIn('xml'),
  'login-cms': () => logIn('cms'),
  'choose-certificate': chooseCertificate,
  register,
  'sign-cms': () => signDocument('cms'),
  'sign-xml': () => signDocument('xml'),
  logout: async () => go(await post('/api/logout')),
};

for (const button of document.querySelectorAll('[data-action]')) {
  button.addEventListener('click', () => converse(actions[button.dataset.action]));
}
for (const button of document.querySelectorAll('[data-end-session]')) {
  button.addEventListener('click', () =>
    converse(async () => go(await post('/api/sessions/end', { session: button.dataset.endSession }))),
  );
}
byId('registration')?.addEventListener('submit', (event) => {
  event.preventDefault();
  converse(chooseCertificate);
});
for (const field of document.querySelectorAll('input[name=kind]')) {
  field.addEventListener('change', () => showPreview(null));
}
panel?.querySelector('.status-cancel').addEventListener('click', () => agent.close());
document.documentElement.dataset.ready = 'yes';
