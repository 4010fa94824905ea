package queryjob

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// Table returns the jobs in the DynamoDB table that TABLE names.
func Table() Jobs {
	return setup.Must(dynamostore.New[string, string](dynamodb.NewFromConfig(setup.Config()), setup.Env("TABLE")))
}
