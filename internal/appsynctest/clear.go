package appsynctest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Clear deletes all items of the table.
func (a *API) Clear(tb testing.TB) {
	tb.Helper()
	db := a.DynamoDB()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &a.Table, ProjectionExpression: aws.String("id")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(tb.Context())
		if err != nil {
			tb.Fatalf("appsynctest: %v", err)
		}
		for _, item := range page.Items {
			key := map[string]types.AttributeValue{"id": item["id"]}
			if _, err := db.DeleteItem(tb.Context(), &dynamodb.DeleteItemInput{TableName: &a.Table, Key: key}); err != nil {
				tb.Fatalf("appsynctest: %v", err)
			}
		}
	}
}
