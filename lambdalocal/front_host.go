package lambdalocal

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/internal/loopback"
)

// serves reports whether the fronts answer a request, by its host. A request that came
// through no server, as in a test, comes from this program.
func (l *Local) serves(r *http.Request) bool {
	name := loopback.Name(r.Host)
	return loopback.IsHost(r.Host) ||
		slices.ContainsFunc(l.options.Hosts, func(host string) bool { return loopback.Name(host) == name }) ||
		r.Context().Value(http.ServerContextKey) == nil
}

func refuseHost(w http.ResponseWriter, r *http.Request) {
	message := fmt.Sprintf("lambdalocal: the host %q is neither loopback nor in Options.Hosts", loopback.Name(r.Host))
	http.Error(w, message, http.StatusForbidden)
}
