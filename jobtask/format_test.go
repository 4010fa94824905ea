package jobtask_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
	"github.com/asyncpatterns/asyncpatterns/jobtask"
	"github.com/asyncpatterns/asyncpatterns/selfinvoke"
)

// TestTasksShowNoKey: neither a task nor what is made of it does.
func TestTasksShowNoKey(t *testing.T) {
	const key = "hunter2hunter2hunter2"
	keys, err := selfinvoke.NewKeys([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	sealed := func(o *jobtask.Options) { o.Task = func(o *selfinvoke.Options) { o.Keys = keys } }
	jobs := memstore.New[string, string]()
	worker := jobtask.Worker("work", &queue{}, jobs, answer, func(o *jobtask.WorkerOptions) { sealed(&o.Options) })
	work := jobtask.New("work", &queue{}, jobs, answer, sealed)
	for _, v := range []any{*work, work, work.Dispatcher(), worker, struct{ t any }{work}} {
		data, _ := json.Marshal(v)
		said := string(data)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%t", "%x", "%X"} {
			said += fmt.Sprintf(verb, v)
		}
		if strings.Contains(said, "hunter2") || strings.Contains(strings.ToLower(said), fmt.Sprintf("%x", "hunter2")) || strings.Contains(said, strings.Trim(fmt.Sprint([]byte("hunter2")), "[]")) {
			t.Errorf("%T: %s", v, said)
		}
	}
}
