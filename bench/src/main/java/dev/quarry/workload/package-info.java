/// What is asked of a volume: described by hand, or recorded.
///
/// The nouns: a [dev.quarry.workload.Workload] is a run of [dev.quarry.workload.Phase]s; in each,
/// some [dev.quarry.workload.Job]s run side by side at their [dev.quarry.workload.Pace]. It is
/// written as [dev.quarry.workload.WorkloadText]. A [dev.quarry.workload.Trace] is a file of
/// requests that somebody's machine has made. Both yield [dev.quarry.workload.Requests], which are
/// walked one by one and never held in memory. Times are nanoseconds, sizes bytes. A walk is used
/// by one thread.
package dev.quarry.workload;
