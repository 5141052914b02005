/// What comparisons of tiers look like: as text, JSON, CSV, and a page of HTML that needs nothing
/// but itself. Everything here makes text from values, and can be used by many threads.
package dev.quarry.report;
