import { Channel, invoke } from '@tauri-apps/api/core'
import type { FileView } from './messages/FileView'
import type { FromWindow } from './messages/FromWindow'
import type { ToWindow } from './messages/ToWindow'

/** Who started the window program. */
export type Started = 'byAgent' | 'byHand'

/** Words of the system's file chooser. */
export interface ChooserWords {
  title: string
  key_files: string
  all_files: string
}

/** Words of the chooser for a site's wish. */
export interface WishWords {
  title: string
  files: string
}

/** Words of the chooser for a token's module. */
export interface ModuleWords {
  title: string
  modules: string
  all_files: string
}

/** What the page may ask of the program around it. */
export interface Shell {
  /** Listens to the agent; the answer says whether there is one. */
  connect(ear: (message: ToWindow) => void): Promise<Started>
  /** Says a message to the agent. */
  say(message: FromWindow): Promise<void>
  /** Brings the window up with a title. */
  raise(title: string): Promise<void>
  /** Brings the window up with a title, without taking the keyboard. */
  appear(title: string): Promise<void>
  /** The person has touched the window: it need not stay above others. */
  settle(): Promise<void>
  /** Takes the window off the screen. */
  hide(): Promise<void>
  /** Lets the person pick a key file; the agent hears of it, the page does not. */
  chooseKeyFile(request: number, words: ChooserWords): Promise<void>
  /** Lets the person pick what a site asks for; the agent hears of it, the page only whether something was picked. */
  chooseFile(request: number, file: FileView, words: WishWords): Promise<boolean>
  /** Lets the person pick a folder. */
  chooseFolder(title: string): Promise<string | null>
  /** Lets the person pick the module (library) of a token's maker. */
  chooseModule(words: ModuleWords): Promise<string | null>
}

/** The Tauri program around the page (src-tauri/src/commands.rs). */
export const tauriShell: Shell = {
  connect: (ear) => invoke('connect', { ear: new Channel<ToWindow>(ear) }),
  // Bytes and not an object: Tauri would make more copies of a password from an object.
  say: (message) => invoke('say', new TextEncoder().encode(JSON.stringify(message))),
  raise: (title) => invoke('raise', { title }),
  appear: (title) => invoke('appear', { title }),
  settle: () => invoke('settle'),
  hide: () => invoke('hide'),
  chooseKeyFile: (request, words) => invoke('choose_key_file', { request, words }),
  chooseFile: (request, file, words) => invoke('choose_file', { request, file, words }),
  chooseFolder: (title) => invoke('choose_folder', { title }),
  chooseModule: (words) => invoke('choose_module', { words }),
}
