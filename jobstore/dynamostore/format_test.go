package dynamostore_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// TestStoresShowNothingOfTheirClient, whose options hold credentials.
func TestStoresShowNothingOfTheirClient(t *testing.T) {
	client := dynamodb.New(dynamodb.Options{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("hunter2", "hunter2", "")})
	store, err := dynamostore.New[string, string](client, "jobs")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{store, *store} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
			if got := fmt.Sprintf(verb, v); got != "dynamostore.Store(jobs)" {
				t.Errorf("%s shows %s", verb, got)
			}
		}
	}
}
