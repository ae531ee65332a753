// The window in an ordinary browser, for looking at: dev.html?state=logIn&language=kk&text=200
// Further: password=… types it, press=… presses the button whose words begin so.
import '../src/styles/tokens.css'
import '../src/styles/base.css'
import { mount, tick } from 'svelte'
import App from '../src/App.svelte'
import type { Language } from '../src/messages/Language'
import type { ToWindow } from '../src/messages/ToWindow'
import type { Shell } from '../src/shell'
import { previews, speaking, states } from './fixtures'
import { tokenStates } from './tokens'

const wishes = new URLSearchParams(location.search)
const state = wishes.get('state') ?? 'logIn'
const language = (wishes.get('language') ?? 'ru') as Language
document.documentElement.style.fontSize = `${wishes.get('text') ?? '100'}%`

let hear: (message: ToWindow) => void = () => {}
const shell: Shell = {
  connect: async (ear) => {
    hear = ear
    return state === 'start' ? 'byHand' : 'byAgent'
  },
  say: async (message) => {
    console.log('says', message)
    const preview = previews[state] ?? previews['previewText']
    if (message.type === 'view' && preview) hear(preview)
  },
  raise: async (title) => {
    document.title = title
  },
  appear: async (title) => {
    document.title = title
  },
  settle: async () => {},
  hide: async () => console.log('hides'),
  chooseKeyFile: async () => {},
  chooseFile: async () => false,
  chooseFolder: async () => '/home/test/Ещё одна папка',
  chooseModule: async () => '/opt/test/libtest-pkcs11.so',
}

mount(App, { target: document.body, props: { shell } })
await tick()
const preview = previews[state]
const wanted = preview ? states['logIn'] : (states[state] ?? tokenStates[state])
for (const message of speaking(wanted ?? [], language)) {
  hear(message)
  await tick()
}
if (preview) {
  await tick()
  document.querySelector<HTMLElement>('[data-screen=request] li button')?.click()
}
if (state === 'start' && language !== 'kk') {
  await tick()
  document.querySelector<HTMLElement>(`button[lang=${language}]`)?.click()
}
if (wishes.has('password')) {
  const field = document.querySelector<HTMLInputElement>('#password')
  if (field) {
    field.value = wishes.get('password') ?? ''
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
}
// The words of a button, to see what it opens.
if (wishes.has('press')) {
  const wanted = wishes.get('press') ?? ''
  await tick()
  ;[...document.querySelectorAll('button')].find((button) => (button.textContent ?? '').trim().startsWith(wanted))?.click()
}
