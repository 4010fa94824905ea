//go:build !race

package webhook_test

import "testing"

// TestVerifyAllocations runs without the race detector, which makes pools drop items.
func TestVerifyAllocations(t *testing.T) {
	for name, v := range verifiers(t) {
		header := ids()
		if err := v.Sign(header, now, largeBody); err != nil {
			t.Fatal(err)
		}
		got := testing.AllocsPerRun(100, func() {
			if _, err := v.Verify(header, largeBody); err != nil {
				t.Fatal(err)
			}
		})
		if got > 4 {
			t.Errorf("%s: %v allocations, want at most 4", name, got)
		}
	}
}
