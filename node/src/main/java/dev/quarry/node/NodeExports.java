package dev.quarry.node;

import dev.quarry.nbd.Attachment;
import dev.quarry.nbd.Client;
import dev.quarry.nbd.ExportException;
import dev.quarry.nbd.ExportInfo;
import dev.quarry.nbd.Exports;
import java.util.List;
import java.util.Optional;

/// What a node serves over NBD: its volumes, and the snapshots in its store.
record NodeExports(CatalogueExports volumes, NbdSnapshots snapshots) implements Exports {

  @Override
  public List<ExportInfo> list() {
    return volumes.list();
  }

  @Override
  public Optional<ExportInfo> find(String name) throws ExportException {
    return behind(name).find(name);
  }

  @Override
  public List<String> contexts(String name) {
    return behind(name).contexts(name);
  }

  @Override
  public Attachment attach(String name, Client client) throws ExportException {
    return behind(name).attach(name, client);
  }

  private Exports behind(String name) {
    return NbdSnapshots.names(name) ? snapshots : volumes;
  }
}
