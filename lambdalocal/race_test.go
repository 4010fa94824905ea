//go:build race

package lambdalocal_test

const raceDetector = true
