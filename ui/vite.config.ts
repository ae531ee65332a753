import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  build: {
    // The oldest engine that people have: WebKitGTK of Debian 12, WKWebView of macOS 13, WebView2 updates itself.
    target: ['es2022', 'safari16'],
    // The content security policy of the window allows no inline scripts and no data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  test: {
    environment: 'jsdom',
    // axe is slow on a busy machine.
    testTimeout: 60_000,
    // The contrast of the colours is tested from the style sheet itself.
    css: { include: /tokens/ },
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
  },
})
