/// TLS for servers that read and write their sockets themselves: bytes in, bytes out.
///
/// A [dev.quarry.tls.TlsServer] is made once from what its owner has,
/// [dev.quarry.tls.CertificateTls] from a folder with certificates or [dev.quarry.tls.PskTls] from
/// a file with keys, and gives each connection a [dev.quarry.tls.TlsEngine]. TLS 1.2 and 1.3,
/// nothing older.
package dev.quarry.tls;
