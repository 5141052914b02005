/// Load for any NBD server, and how long its answers take.
///
/// The nouns: an [dev.quarry.load.NbdUri] names an export; a [dev.quarry.load.LoadPlan] says what
/// to ask of it; a [dev.quarry.load.NbdLoad] asks, on connections of its own client, and yields a
/// [dev.quarry.load.LoadResult]. The client speaks fixed newstyle and simple replies, batches what
/// it sends and receives, and makes no object for a request.
package dev.quarry.load;
