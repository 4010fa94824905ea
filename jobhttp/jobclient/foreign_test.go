package jobclient_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/asyncpatterns/asyncpatterns/jobhttp/jobclient"
)

// TestAnswersWithoutAJob are errors that say what is missing, and are not asked for again.
func TestAnswersWithoutAJob(t *testing.T) {
	for body, want := range map[string]string{
		``:                                "the answer has no body",
		`{}`:                              "the answer has no id of a job",
		`null`:                            "the answer has no id of a job",
		`{"message":"accepted"}`:          "the answer has no id of a job",
		`{"id":"","status":"pending"}`:    "the answer has no id of a job",
		`{"id":"1"}`:                      "the answer has no status of a job",
		`{"id":"1","message":"accepted"}`: "the answer has no status of a job",
		`[]`:                              "the answer is not JSON of the right type",
	} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			answer := func(contentType, body string) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) {
					requests++
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(http.StatusAccepted)
					_, _ = w.Write([]byte(body))
				}
			}
			plain := client(answer("application/json", body))
			polled := client(answer("application/json", body), func(o *jobclient.Options) { o.LongPoll = true })
			calls := map[string]func() (string, error){
				"create": func() (string, error) { job, err := plain.Create(t.Context(), "q"); return job.ID, err },
				"get":    func() (string, error) { job, err := plain.Get(t.Context(), "1"); return job.ID, err },
				"cancel": func() (string, error) { job, err := plain.Cancel(t.Context(), "1"); return job.ID, err },
				"poll":   func() (string, error) { job, err := polled.Wait(t.Context(), "1"); return job.ID, err },
			}
			if body != "" { // an event without data is none
				events := client(answer("text/event-stream", "data: "+body+"\n\n"))
				calls["watch"] = func() (string, error) { job, err := events.Wait(t.Context(), "1"); return job.ID, err }
				page := client(answer("application/json", `{"jobs":[`+body+`]}`))
				calls["list"] = func() (id string, err error) {
					for _, err = range page.List(t.Context()) {
					}
					return id, err
				}
			}
			for op, call := range calls {
				requests = 0
				if id, err := call(); err == nil || id != "" || !strings.Contains(err.Error(), want) || requests != 1 {
					t.Errorf("%s of %q: job %q after %d requests, %v, want %s", op, body, id, requests, err, want)
				}
			}
		})
	}
	for body, want := range map[string]string{`{}`: "no jobs", `null`: "no jobs", `{"jobs":null}`: "no jobs", ``: "no body"} {
		for _, err := range client(always("application/json", body)).List(t.Context()) {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("a list of %q: %v", body, err)
			}
		}
	}
}
