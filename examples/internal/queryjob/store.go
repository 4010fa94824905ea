package queryjob

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/asyncpatterns/asyncpatterns/examples/internal/setup"
	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
)

// Store returns the jobs in the DynamoDB table TABLE with the index INDEX. Without an index
// a sweep scans the table.
func Store() Jobs {
	return setup.Must(dynamostore.New[string, string](dynamodb.NewFromConfig(setup.Config()), setup.Env("TABLE"), func(o *dynamostore.Options) {
		o.Index = os.Getenv("INDEX")
	}))
}
