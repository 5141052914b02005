package dev.quarry.node;

import dev.quarry.snapshot.SnapshotInfo;
import java.util.List;
import java.util.Optional;

/// The control API's part about copying snapshots in and out.
final class TransferApi {
  private final NodeSnapshots snapshots;
  private final SnapshotExports exports;
  private final VolumeEncryption encryption;

  /// @param encryption decides about the keys of imports
  TransferApi(NodeSnapshots snapshots, SnapshotExports exports, VolumeEncryption encryption) {
    this.snapshots = snapshots;
    this.exports = exports;
    this.encryption = encryption;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/imports", this::importFrom),
        new Route("POST", "/v1/exports", this::export),
        new Route(
            "GET",
            "/v1/exports/{export}",
            request -> ApiReply.ok(exports.find(request.variable("export")).json())),
        new Route(
            "DELETE",
            "/v1/exports/{export}",
            request -> ApiReply.ok(exports.cancel(request.variable("export")).json())));
  }

  /// Answers with the snapshot, which is pending.
  private ApiReply importFrom(ApiRequest request) {
    Parameters parameters =
        Parameters.of(
            request.body(),
            List.of("path", "socket", "sizeBytes", "description", "tags", "encrypted", "kmsKeyId"));
    Optional<String> key =
        encryption
            .chooseForImport(parameters.truth("encrypted"), parameters.text("kmsKeyId"))
            .map(VolumeEncryption.Choice::keyArn);
    SnapshotInfo begun =
        snapshots.importFrom(
            SnapshotPort.of(parameters),
            parameters.number("sizeBytes"),
            key,
            parameters.text("description").orElse(""),
            parameters.texts("tags"));
    return ApiReply.created(SnapshotJson.snapshot(begun, snapshots.progress(begun.id())));
  }

  private ApiReply export(ApiRequest request) {
    Parameters parameters = Parameters.of(request.body(), List.of("snapshotId", "path", "socket"));
    return ApiReply.created(
        exports.begin(parameters.requiredText("snapshotId"), SnapshotPort.of(parameters)).json());
  }
}
