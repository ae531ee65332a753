// Imported before anything else of the worker. The worker's script carries no content security policy of its own, so
// what could reach beyond it is taken away before a byte of the document is read.
for (const way of ['fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'WebTransport', 'EventSource', 'importScripts', 'Worker', 'BroadcastChannel', 'indexedDB', 'caches']) {
  Object.defineProperty(globalThis, way, { value: undefined, writable: false, configurable: false })
}

export {}
