package driver_test

import (
	"fmt"
	"time"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// What a second worker is told of a job that another one holds.
func ExampleState() {
	now := time.Now()
	st := driver.State{
		Exists: true, Status: jobstore.Processing, OnLeaseExpiry: jobstore.RunAgain, Attempt: 1, MaxAttempts: 1,
		Token: "the token of the first", ClaimableFrom: now.Add(time.Minute),
	}
	fmt.Println(st.RefuseClaim("the token of the second", now))

	now = now.Add(2 * time.Minute) // the lease has ended: the claim settles the job
	fmt.Println(st.RefuseClaim("the token of the second", now), st.Abandoned())
	// Output:
	// another worker holds the job
	// <nil> the only attempt did not finish
}
