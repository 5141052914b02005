/// An NBD server for block devices.
package dev.quarry.nbd;
