package main

import (
	"net/http"
	"testing"
	"time"
)

// TestAddresses: no question goes in clear text over a network.
func TestAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"https://claude.example/query": true, "http://127.0.0.1:8080/query": true, "http://[::1]:8080": true,
		"http://claude.example/query": false, "http://10.0.0.1": false, "http://127.0.0.1.example": false, "//claude.example": false,
		"claude.example": false, "ftp://claude.example": false, "": false, "https://": false,
	} {
		if _, err := newClaude(address); (err == nil) != want {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestWait: an answer may ask for anything.
func TestWait(t *testing.T) {
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-1": 0, "1.5": 0, "0": 0, in(-time.Hour): 0,
		"30": 30 * time.Second, in(30 * time.Second): 30 * time.Second,
		"86400": longestWait, "9999999999": longestWait, "99999999999999999999": longestWait, in(24 * time.Hour): longestWait,
	} {
		if got := max(0, wait(header)); (got - want).Abs() > 10*time.Second {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
