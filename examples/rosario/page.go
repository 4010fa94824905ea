package main

import (
	_ "embed"
	"net/http"
)

//go:embed page.html
var html []byte

// page serves the question form; see page.html for what it calls.
func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(html)
}
