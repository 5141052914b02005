/// A miniature of Quarry that breaks every rule of the house, so that a test can see each rule
/// fail.
package miniature;
