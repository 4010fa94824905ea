package jobhttp

import (
	_ "embed"
	"net/http"
	"strings"
	"time"
)

//go:embed watch.js
var watchJS string

// WatchJS serves the browser's client, a JavaScript module without dependencies that
// exports watchJob:
//
//	http.HandleFunc("GET /watch.js", jobhttp.WatchJS)
//
//	import { watchJob } from '/watch.js';
//	const job = await watchJob('/jobs/' + id, { onChange: show, onError: say });
//
// It reads the stream of events with fetch, and so sends headers, connects again after a
// pause, and ends with the job. The file says what each option is. A site with a build of
// its own can copy it, with watch.d.ts for TypeScript.
func WatchJS(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("ETag", `"`+versionOf([]byte(watchJS))+`"`)
	http.ServeContent(w, r, "watch.js", time.Time{}, strings.NewReader(watchJS))
}
