package jobstore

import (
	"errors"
	"fmt"
	"time"
)

// textTime is how long the methods of an error may take.
const textTime = time.Second

// reading is the text of an error, or another error that says what is wrong with its methods.
type reading struct {
	text  string
	fault error
}

// read calls the methods of err: the trigger and the log do so again. One that panics, ends
// its goroutine or takes longer than limit, such as for a lock that the handler holds, is a
// fault. The goroutine of one that does not return stays behind.
func read(err error, limit time.Duration) reading {
	readings := make(chan reading, 1)
	go readAll(err, readings)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-readings:
		return r
	case <-timer.C:
		return faulty(err, "does not return")
	}
}

func readAll(err error, readings chan<- reading) {
	r := faulty(err, "calls runtime.Goexit")
	defer func() {
		if recover() != nil {
			r = faulty(err, "panics")
		}
		readings <- r
	}()
	text := err.Error()
	if !errors.Is(err, errProbe) { // which calls each Is and Unwrap
		errors.As(err, new(*probe))
	}
	r = reading{text: text}
}

func faulty(err error, does string) reading {
	fault := fmt.Errorf("an error of type %T with a method that %s", err, does)
	return reading{text: fault.Error(), fault: fault}
}

type probe struct{ error }

var errProbe = errors.New("not the error of anything")

// printable is the text of err, for a log.
func printable(err error, limit time.Duration) string { return read(err, limit).text }
