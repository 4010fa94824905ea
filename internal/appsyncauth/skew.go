package appsyncauth

import (
	"sync/atomic"
	"time"
)

// clockSkew is how far the local clock is behind AWS's.
type clockSkew struct{ behind atomic.Int64 }

// tolerated is a difference that AWS tolerates: signatures are valid for five minutes. The
// AWS SDK corrects its clock from four minutes on.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
const tolerated = 4 * time.Minute

func (s *clockSkew) now() time.Time { return time.Now().Add(time.Duration(s.behind.Load())) }

// correct is true when the clock was wrong, and is right by the server's time from now on.
func (s *clockSkew) correct(server time.Time) bool {
	if off := server.Sub(s.now()); off.Abs() <= tolerated {
		return false
	}
	s.behind.Store(int64(time.Until(server)))
	return true
}
