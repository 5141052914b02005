/// Keys: customer master keys (CMK), the data keys (DEK) they wrap, and the ciphers made from
/// those.
package dev.quarry.crypto;
