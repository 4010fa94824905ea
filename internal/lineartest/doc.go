// Package lineartest holds code to linear time: it compares how long two sizes of an
// input take. Its tests need the build tags unix and !race: the race detector distorts
// times.
package lineartest
