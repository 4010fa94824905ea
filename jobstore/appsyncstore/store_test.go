package appsyncstore_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/asyncpatterns/asyncpatterns/internal/appsynctest"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/appsyncstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

func iam(api *appsynctest.API) appsyncstore.Authorizer {
	return appsyncstore.IAM(aws.Config{Region: api.Region, Credentials: api.Processor()})
}

func newStore(t *testing.T, api *appsynctest.API, opts ...func(*appsyncstore.Options)) *appsyncstore.Store[string, string] {
	t.Helper()
	store, err := appsyncstore.New[string, string](api.URL, "QueryJob", iam(api), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// recordSize allows jobs as large as a record.
func recordSize(o *appsyncstore.Options) { o.MaxEventBytes = driver.MaxItemBytes }

func TestStore(t *testing.T) {
	api := appsynctest.Start(t)
	jobstoretest.Run(t, func(t *testing.T, c jobstoretest.Config) jobstore.JobStore[string, string] {
		if c.History {
			return nil // it keeps none
		}
		api.Clear(t)
		store := newStore(t, api, recordSize, configured(c), func(o *appsyncstore.Options) { o.Fields.Caller = "owner" })
		store.Hurry()
		return store
	}, func(o *jobstoretest.Options) {
		o.Rounds = 8
		o.Lacks = []string{"9 waiting/counts the attempts that did not count"} // the model has no field for it
	})
}
