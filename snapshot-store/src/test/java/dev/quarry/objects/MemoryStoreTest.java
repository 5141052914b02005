package dev.quarry.objects;

class MemoryStoreTest extends FolderStoreContract {

  @Override
  ObjectStore create() {
    return MemoryStore.create();
  }
}
