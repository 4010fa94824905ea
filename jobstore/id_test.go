package jobstore_test

import (
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
)

func TestNewID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v7 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		last := ""
		for range 1000 {
			id := jobstore.NewID()
			if !v7.MatchString(id) || id <= last {
				t.Fatalf("made %q after %q, want a later version 7 UUID", id, last)
			}
			last = id
			time.Sleep(time.Millisecond) // virtual
		}
	})
}
