package jobhttp

import "net/http"

// share is who takes up a watcher: the caller, or with a read token the caller who created
// the job. The tokens have a share of their own, so that those who hold them do not keep
// that caller out. Without a name there is no bound, but that of a job's tokens.
type share struct {
	caller  string
	byToken bool
}

func (s share) named() bool { return s.caller != "" }

func shareOf(r *http.Request, caller, creator string) share {
	if tokenAllows(r) {
		return share{creator, true}
	}
	return share{caller: caller}
}
