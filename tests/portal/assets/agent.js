// Speaks with the signing agent on this computer in NCALayer's protocol: one socket, one request at a time.

// Until the socket opens the browser may be asking the person whether this site may reach the agent.
const OPENING_SECONDS = 60;
const GREETING_SECONDS = 5;
const HEARTBEAT = '--heartbeat--';
const HEARTBEAT_SECONDS = 5;
// While a person looks for the key the agent still answers heartbeats; this many lost ones mean that it is gone.
const LOST_HEARTBEATS = 4;

/** Something that went wrong; `code` is `agent-absent`, `agent-lost`, `agent-busy`, `agent-refused` or `cancelled`. */
export class AgentError extends Error {
  constructor(code, detail = '') {
    super(detail ? `${code}: ${detail}` : code);
    this.code = code;
    this.detail = detail;
  }
}

export class Agent {
  #port;
  #socket = null;
  #queue = Promise.resolve();
  #answer = null;

  constructor(port) {
    this.#port = port;
  }

  /** Signs an XML document with a key for log-in (`AUTHENTICATION`) or for documents (`SIGNATURE`). */
  async signXml(purpose, xml) {
    return this.#commonUtils('signXml', ['PKCS12', purpose, xml, '', '']);
  }

  /** Signs bytes (base64) as a CMS without the content inside. Returns base64. */
  async signDetached(purpose, data) {
    return this.#commonUtils('createCAdESFromBase64', ['PKCS12', purpose, data, false]);
  }

  /** Signs by the `basics` module. `signer` says whose key may be chosen. Returns XML text, or a CMS as PEM. */
  async sign(format, data, signer, locale) {
    const signingParams =
      format === 'cms' ? { decode: true, encapsulate: true, digested: false } : { decode: false };
    const reply = await this.#request({
      module: 'kz.gov.pki.knca.basics',
      method: 'sign',
      args: { allowedStorages: null, format, data, signingParams, signerParams: signer, locale },
    });
    if (reply.status !== true) throw new AgentError('agent-refused', reply.message ?? reply.code);
    const result = reply.body?.result;
    if (result === undefined) throw new AgentError('cancelled');
    return Array.isArray(result) ? result[0] : result;
  }

  /** Tells the agent the language of its window. An agent that does not know it keeps its own. */
  async changeLocale(language) {
    await this.#request({ module: 'kz.gov.pki.knca.commonUtils', method: 'changeLocale', args: [language] });
  }

  /** Ends the conversation; a request that is under way ends as cancelled, and so does its window. */
  close() {
    this.#settle(new AgentError('cancelled'));
    this.#socket?.close();
    this.#socket = null;
  }

  async #commonUtils(method, args) {
    const reply = await this.#request({ module: 'kz.gov.pki.knca.commonUtils', method, args });
    if (reply.code === '200') return reply.responseObject;
    if (reply.message === 'action.canceled') throw new AgentError('cancelled');
    throw new AgentError(reply.message?.includes('busy') ? 'agent-busy' : 'agent-refused', reply.message);
  }

  #request(request) {
    const turn = this.#queue.then(() => this.#send(request));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #send(request) {
    const socket = await this.#connect();
    const reply = await new Promise((resolve, reject) => {
      let unanswered = 0;
      const heart = setInterval(() => {
        if (unanswered >= LOST_HEARTBEATS) this.#settle(new AgentError('agent-lost'));
        else if (socket.readyState === WebSocket.OPEN) socket.send(HEARTBEAT);
        unanswered += 1;
      }, HEARTBEAT_SECONDS * 1000);
      this.#answer = {
        alive: () => (unanswered = 0),
        done: (outcome) => {
          clearInterval(heart);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      socket.send(JSON.stringify(request));
    });
    if (reply.errorCode === 'MODULE_NOT_FOUND') throw new AgentError('agent-refused', 'MODULE_NOT_FOUND');
    return reply;
  }

  /** Gives the open socket, or opens one and waits until the agent has greeted. */
  #connect() {
    if (this.#socket?.readyState === WebSocket.OPEN) return Promise.resolve(this.#socket);
    return new Promise((resolve, reject) => {
      let greeted = false;
      let socket;
      try {
        socket = new WebSocket(`wss://127.0.0.1:${this.#port}/`);
      } catch {
        reject(new AgentError('agent-absent'));
        return;
      }
      let late = setTimeout(() => socket.close(), OPENING_SECONDS * 1000);
      socket.onopen = () => {
        clearTimeout(late);
        late = setTimeout(() => socket.close(), GREETING_SECONDS * 1000);
      };
      socket.onmessage = (event) => {
        if (event.data === HEARTBEAT) {
          this.#answer?.alive();
          return;
        }
        let message;
        try {
          message = JSON.parse(event.data);
        } catch {
          this.#settle(new AgentError('agent-refused'));
          return;
        }
        if (!greeted && message?.result?.version) {
          greeted = true;
          clearTimeout(late);
          this.#socket = socket;
          resolve(socket);
        } else {
          this.#settle(message);
        }
      };
      socket.onclose = () => {
        clearTimeout(late);
        if (!greeted) reject(new AgentError('agent-absent'));
        this.#settle(new AgentError('agent-lost'));
        if (this.#socket === socket) this.#socket = null;
      };
    });
  }

  #settle(outcome) {
    const answer = this.#answer;
    this.#answer = null;
    answer?.done(outcome);
  }
}

/** What the browser says about pages that speak with programs on this computer: `granted`, `prompt`, `denied` or `unknown`. */
export async function localAccess() {
  for (const name of ['loopback-network', 'local-network-access']) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // This browser knows no such permission.
    }
  }
  return 'unknown';
}
