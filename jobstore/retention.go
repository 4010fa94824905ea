package jobstore

import (
	"math"
	"time"
)

// KeepForever is the retention of jobs that do not expire: of one job in
// [CreateOptions].Retention, and of all jobs in the Options of a store.
const KeepForever time.Duration = math.MaxInt64
