package jobevents_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/asyncpatterns/asyncpatterns/jobevents"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

// A job is created, and its subscribers hear of it.
func ExampleNew() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(len(body) > 0, r.URL.Path)
		_, _ = io.WriteString(w, `{"successful":[{"identifier":"1","index":0}],"failed":[]}`)
	}))
	defer api.Close()
	publisher, err := jobevents.New[string](api.URL+"/event", jobevents.APIKey("da2-key"))
	if err != nil {
		panic(err)
	} // lambda.Start(publisher)

	ctx, jobs := context.Background(), memstore.New[string, string](func(o *memstore.Options) { o.Stream = true })
	if _, err := jobs.Create(ctx, "Sales?"); err != nil {
		panic(err)
	}
	records, err := jobs.Changes(ctx, "", 1)
	if err != nil {
		panic(err)
	}
	response, err := publisher.Invoke(ctx, fmt.Appendf(nil, `{"Records": [%s]}`, records[0]))
	fmt.Println(string(response), err)
	// Output:
	// true /event
	// {"batchItemFailures":[]} <nil>
}

func ExamplePath() {
	fmt.Println(jobevents.Path("jobs", "order-7"))
	fmt.Println(jobevents.Path("jobs", "order#7"))
	// Output:
	// /jobs/order-7
	// /jobs/h-600157662aa87639c53664867894afa76c0ecc3d63f4e3a7
}
