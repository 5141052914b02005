/// Stores of named, write-once objects: a folder, an S3 bucket, memory.
///
/// The nouns: an [dev.quarry.objects.ObjectStore] holds objects; an object is a name and bytes that
/// never change; a store gives its names in pages. An [dev.quarry.objects.ObjectStoreException] is
/// the answer of a store that cannot do what was asked, one kind for each thing a caller would do
/// differently. Retrying, limits and the like are wrappers: stores in front of another.
///
/// Stores are safe for use by many threads at a time. They know nothing of volumes or snapshots.
/// Null never crosses this package.
package dev.quarry.objects;
