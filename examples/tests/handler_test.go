package tests

import (
	"context"
	"errors"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/memstore"
)

func TestABusyModelIsAskedAgainLater(t *testing.T) {
	jobs := memstore.New[string, string]()
	created, err := jobs.Create(t.Context(), "Sales?")
	if err != nil {
		t.Fatal(err)
	}
	err = jobstore.Run(t.Context(), jobs, created.ID, answer(func(context.Context, string) (string, error) {
		return "", errBusy
	}))
	var retry *jobstore.RetryError // what the trigger is told
	if !errors.As(err, &retry) {
		t.Errorf("Run: %v", err)
	}
	job, err := jobs.Get(t.Context(), created.ID)
	if err != nil || job.Status != jobstore.Pending || job.ProgressMessage != "calling the model" {
		t.Errorf("the job is %+v, %v", job, err)
	}
}
