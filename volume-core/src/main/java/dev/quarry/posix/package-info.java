/// The Linux system calls that Java has no equal for, by the foreign-function API.
///
/// Nothing here keeps state or checks bounds: a call takes file descriptors and addresses and
/// answers as the kernel does, with a count or the negative of an error number. Callers own both.
package dev.quarry.posix;
