import { vi } from 'vitest'

// What jsdom does not do: lay out, draw, and tell whether a window has the focus.
Element.prototype.scrollIntoView = () => {}
HTMLCanvasElement.prototype.getContext = () => null
vi.spyOn(document, 'hasFocus').mockReturnValue(true)
