package appsynctest

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Clear deletes all items of the table.
func (a *API) Clear(tb testing.TB) {
	tb.Helper()
	db := a.DynamoDB()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &a.Table, ProjectionExpression: aws.String(strings.Join(a.key, ","))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(tb.Context())
		if err != nil {
			tb.Fatalf("appsynctest: %v", err)
		}
		for _, item := range page.Items {
			if _, err := db.DeleteItem(tb.Context(), &dynamodb.DeleteItemInput{TableName: &a.Table, Key: item}); err != nil {
				tb.Fatalf("appsynctest: %v", err)
			}
		}
	}
}
