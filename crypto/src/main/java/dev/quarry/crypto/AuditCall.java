package dev.quarry.crypto;

import java.time.Instant;

/// A call under way: what its entry in the audit log will say. Used by one thread.
final class AuditCall {
  private final Caller caller;
  private final KeyOperation operation;
  private String key;
  private String context = AuditCodec.text("");
  private String detail = "";

  /// @param key what the caller names the key by, empty if the call names none
  AuditCall(Caller caller, KeyOperation operation, String key) {
    this.caller = caller;
    this.operation = operation;
    this.key = key;
  }

  Caller caller() {
    return caller;
  }

  /// The key that the call turned out to be about.
  void found(CustomerKey found) {
    key = found.id().toString();
  }

  AuditCall context(EncryptionContext named) {
    context = AuditCodec.context(named);
    return this;
  }

  /// What else the entry says; several are joined by a space.
  AuditCall detail(String more) {
    detail = detail.isEmpty() ? more : detail + " " + more;
    return this;
  }

  AuditEntry entry(long sequence, Instant at, String result, long generation) {
    return new AuditEntry(
        sequence,
        at,
        AuditCodec.text(caller.principal()),
        operation.apiName(),
        AuditCodec.text(key),
        context,
        result,
        generation,
        AuditCodec.text(detail));
  }
}
