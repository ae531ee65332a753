//! The local listener: TLS, WebSocket, Host and Origin checks, local CA, browser trust.
