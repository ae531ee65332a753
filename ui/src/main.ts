import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { tauriShell } from './shell'

mount(App, { target: document.body, props: { shell: tauriShell } })
